package usecases;

import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.kosmos.tracing.AddressedCarrier;
import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.MessageSpans;
import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.OpenSpan;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.RequestIds;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;

/**
 * Messages that no library traces.
 */
class MessageSpansTests {

	@Test
	void shouldCarryTheTraceInTheMessage() {
		new TracedApplication().run((app) -> {
			MessageSpans messages = app.bean(MessageSpans.class);
			Map<String, String> headers = new HashMap<>();
			app.spans()
				.in("order",
						() -> messages.send("mqtt", "plant/alarms", headers)
							.attribute(MessagingAttributes.MESSAGE_BODY_SIZE, 12L)
							.in(() -> {
							}));
			messages.process("mqtt", "plant/alarms", headers).in(() -> app.spans().in("work", () -> {
			}));
			SpanData send = app.named("send plant/alarms");
			assertThat(send).hasParent(app.named("order"))
				.hasKind(SpanKind.PRODUCER)
				.hasStatus(StatusData.ok())
				.hasAttributes(Attributes.builder()
					.put("messaging.system", "mqtt")
					.put("messaging.destination.name", "plant/alarms")
					.put("messaging.operation.name", "send")
					.put("messaging.operation.type", "send")
					.put("messaging.message.body.size", 12)
					.build());
			SpanData process = app.named("process plant/alarms");
			assertThat(process).hasParent(send)
				.hasKind(SpanKind.CONSUMER)
				.hasStatus(StatusData.ok())
				.hasTotalRecordedLinks(0)
				.hasAttributes(Attributes.builder()
					.put("messaging.system", "mqtt")
					.put("messaging.destination.name", "plant/alarms")
					.put("messaging.operation.name", "process")
					.put("messaging.operation.type", "process")
					.build());
			assertThat(app.named("work")).hasParent(process);
		});
	}

	@Test
	void shouldLinkInsteadOfContinuing() {
		new TracedApplication().run((app) -> {
			MessageSpans messages = app.bean(MessageSpans.class);
			Map<String, String> row = new HashMap<>();
			app.spans().in("order", () -> messages.inject(row));
			messages.process("outbox", "orders", row).newRoot().in(() -> {
			});
			SpanData order = app.named("order");
			assertThat(app.named("process orders")).hasNoParent()
				.hasLinksSatisfying((links) -> assertThat(links).singleElement()
					.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(order.getSpanId())));
			assertThat(app.named("process orders").getTraceId()).isNotEqualTo(order.getTraceId());
		});
	}

	@Test
	void shouldPutTheContextOfTheSpanIntoTheMessageHoweverItIsStarted() {
		new TracedApplication().run((app) -> {
			MessageSpans messages = app.bean(MessageSpans.class);
			Map<String, String> opened = new HashMap<>();
			try (OpenSpan span = messages.send("mqtt", "a", opened).open()) {
				assertThat(opened.get("traceparent")).contains(span.traceId()).contains(span.spanId());
			}
			Map<String, String> started = new HashMap<>();
			DetachedSpan span = messages.send("mqtt", "b", started).start();
			assertThat(started.get("traceparent")).contains(span.spanId());
			span.fail(new IllegalStateException("refused"));
			assertThat(app.named("send b")).hasStatus(StatusData.create(StatusCode.ERROR, "refused"));
			assertThat(app.named("send b").getAttributes().asMap()).containsEntry(AttributeKey.stringKey("error.type"),
					"java.lang.IllegalStateException");
		});
	}

	@Test
	void shouldLinkEachMessageOfABatch() {
		new TracedApplication().with("kosmos.tracing.limits.links=3").run((app) -> {
			MessageSpans messages = app.bean(MessageSpans.class);
			List<@Nullable Map<String, String>> batch = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				Map<String, String> headers = new HashMap<>();
				messages.send("sqs", "orders", headers).in(() -> {
				});
				batch.add(headers);
			}
			batch.add(null);
			batch.add(Map.of());
			messages.processBatch("sqs", "orders", batch).in(() -> {
			});
			SpanData process = app.named("process orders");
			assertThat(process).hasNoParent()
				.hasKind(SpanKind.CONSUMER)
				.hasTotalRecordedLinks(5)
				.hasAttribute(MessagingAttributes.BATCH_MESSAGE_COUNT, 7L);
			assertThat(process.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactlyElementsOf(app.ended()
					.stream()
					.filter((span) -> span.getName().equals("send orders"))
					.limit(3)
					.map(SpanData::getSpanId)
					.toList());
		});
	}

	@Test
	void shouldLinkWhatACallForMessagesBrings() {
		new TracedApplication().run((app) -> {
			MessageSpans messages = app.bean(MessageSpans.class);
			Map<String, String> headers = new HashMap<>();
			messages.send("sqs", "orders", headers).in(() -> {
			});
			try (OpenSpan span = messages.receive("sqs", "orders").open()) {
				span.link(messages.extract(headers)).link(messages.extract(Map.of()));
			}
			SpanData receive = app.named("receive orders");
			assertThat(receive).hasKind(SpanKind.CLIENT).hasNoParent().hasTotalRecordedLinks(1);
			assertThat(receive.getLinks().get(0).getSpanContext().getSpanId())
				.isEqualTo(app.named("send orders").getSpanId());
		});
	}

	@Test
	void shouldReplaceTheContextOfAMessageThatIsSentOn() {
		new TracedApplication().run((app) -> {
			MessageSpans messages = app.bean(MessageSpans.class);
			Map<String, Object> meta = new HashMap<>(
					Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate",
							"other=1", "progressToken", 7));
			app.spans().in("forward", () -> messages.inject(meta));
			assertThat(meta.get("traceparent").toString()).contains(app.named("forward").getTraceId());
			assertThat(meta).doesNotContainKey("tracestate").containsEntry("progressToken", 7);
		});
	}

	@Test
	void shouldReadValuesAsBrokersGiveThem() {
		new TracedApplication().run((app) -> {
			MessageSpans messages = app.bean(MessageSpans.class);
			String traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
			List.of(Map.of("traceparent", traceparent), Map.of("Traceparent", traceparent),
					Map.of("traceparent", traceparent.getBytes(StandardCharsets.UTF_8)),
					Map.of("traceparent", List.of(traceparent)), Map.of("traceparent", new StringBuilder(traceparent)))
				.forEach((
						carrier) -> assertThat(Span.fromContext(messages.extract(carrier)).getSpanContext().getSpanId())
							.as(carrier.toString())
							.isEqualTo("b7ad6b7169203331"));
		});
	}

	@Test
	void shouldGoOnWithoutATraceWhenTheMessageTakesOrHoldsNone() {
		new TracedApplication().run((app) -> {
			MessageSpans messages = app.bean(MessageSpans.class);
			List<@Nullable Map<String, ?>> useless = new ArrayList<>();
			useless.add(null);
			useless.add(Map.of());
			useless.add(Map.of("traceparent", "nonsense\r\nforged"));
			useless.add(Map.of("traceparent", List.of()));
			useless.add(Map.of("traceparent", new Hostile()));
			useless.add(new HostileMap());
			for (Map<String, ?> carrier : useless) {
				assertThat(Span.fromContext(messages.extract(carrier)).getSpanContext().isValid()).isFalse();
				assertThat(messages.process("mqtt", "a", carrier).<String, RuntimeException>in(() -> "done"))
					.isEqualTo("done");
			}
			assertThat(app.ended()).hasSize(useless.size())
				.allSatisfy((span) -> assertThat(span).hasNoParent().hasTotalRecordedLinks(0));
			assertThat(messages.send("mqtt", "a", null).<String, RuntimeException>in(() -> "sent")).isEqualTo("sent");
			assertThat(messages.send("mqtt", "a", Map.of()).<String, RuntimeException>in(() -> "sent"))
				.isEqualTo("sent");
			assertThat(messages.processBatch("mqtt", "a", useless).<String, RuntimeException>in(() -> "done"))
				.isEqualTo("done");
			messages.inject(null);
			app.spans().in("unmodifiable", () -> messages.inject(Map.of()));
		});
	}

	@Test
	void shouldChangeNothingOutsideAnyTrace() {
		new TracedApplication().run((app) -> {
			Map<String, String> headers = new HashMap<>(Map.of("traceparent", "kept"));
			app.bean(MessageSpans.class).inject(headers);
			assertThat(headers).containsOnly(Map.entry("traceparent", "kept"));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos.tracing.enabled=false", "management.opentelemetry.enabled=false" })
	void shouldOnlyRunTheWorkWhenOff(String off) {
		new TracedApplication().with(off).run((app) -> {
			MessageSpans messages = app.bean(MessageSpans.class);
			Map<String, String> headers = new HashMap<>();
			assertThat(messages.send("mqtt", "a", headers).<String, RuntimeException>in(() -> "sent"))
				.isEqualTo("sent");
			assertThat(headers).isEmpty();
			assertThat(messages.process("mqtt", "a", headers).<String, RuntimeException>in(() -> "done"))
				.isEqualTo("done");
			assertThat(app.ended()).isEmpty();
		});
	}

	@Test
	void shouldCarryAnUnsampledTrace() {
		new TracedApplication().with("kosmos.tracing.sampling.probability=0").run((app) -> {
			MessageSpans messages = app.bean(MessageSpans.class);
			Map<String, String> headers = new HashMap<>();
			app.spans().in("order", () -> messages.send("mqtt", "a", headers).in(() -> {
			}));
			assertThat(headers.get("traceparent")).matches(".*-0[02]");
			messages.process("mqtt", "a", headers)
				.in(() -> assertThat(Span.current().getSpanContext().getTraceId())
					.isEqualTo(headers.get("traceparent").substring(3, 35)));
			assertThat(app.ended()).isEmpty();
		});
	}

	@Test
	void shouldTakeAllowedBaggageOnlyToAnAllowedHost() {
		new TracedApplication()
			.with("kosmos.tracing.baggage.keys=kosmos.tenant.id", "kosmos.tracing.baggage.hosts=broker.internal")
			.run((app) -> {
				MessageSpans messages = app.bean(MessageSpans.class);
				RequestContext request = app.bean(RequestContext.class);
				Carrier allowed = new Carrier(new HashMap<>(), "broker.internal");
				Carrier foreign = new Carrier(new HashMap<>(), "broker.example.com");
				Map<String, String> unknown = new HashMap<>();
				request.tenant("acme").in(() -> app.spans().in("order", () -> {
					messages.inject(Context.current(), allowed,
							(carrier, key, value) -> carrier.fields.put(key, value));
					messages.inject(Context.current(), foreign,
							(carrier, key, value) -> carrier.fields.put(key, value));
					messages.inject(unknown);
				}));
				assertThat(allowed.fields).containsEntry("baggage", "kosmos.tenant.id=acme");
				assertThat(foreign.fields).containsKey("traceparent").doesNotContainKey("baggage");
				assertThat(unknown).containsKey("traceparent").doesNotContainKey("baggage");
				messages.process("mqtt", "a", allowed.fields)
					.in(() -> assertThat(RequestIds.current().tenant()).isEqualTo("acme"));
				assertThat(app.named("process a").getAttributes().asMap()).containsEntry(KosmosAttributes.TENANT_ID,
						"acme");
			});
	}

	private record Carrier(Map<String, String> fields, String host) implements AddressedCarrier {

	}

	private static final class Hostile {

		@Override
		public String toString() {
			throw new IllegalStateException("hostile");
		}

	}

	private static final class HostileMap extends AbstractMap<String, String> {

		@Override
		public Set<Entry<String, String>> entrySet() {
			throw new IllegalStateException("hostile");
		}

	}

}
