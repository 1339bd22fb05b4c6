package usecases;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

import io.kosmos.tracing.OpenSpan;
import io.kosmos.tracing.Spans;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.junit.jupiter.api.Test;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Spans from code.
 */
class SpansTests {

	@Test
	void shouldRunWorkThatReturnsActsOrThrows() throws Exception {
		new TracedApplication().run((app) -> {
			Spans spans = app.spans();
			String text = spans.in("supplier", () -> "text");
			assertThat(text).isEqualTo("text");
			int[] ran = new int[1];
			Runnable runnable = () -> ran[0]++;
			spans.in("runnable", runnable::run);
			assertThat(ran[0]).isOne();
			Callable<Integer> callable = () -> 5;
			assertThat(catchThrowable(() -> spans.in("callable", callable::call))).isNull();
			IOException failure = new IOException("disk");
			assertThat(catchThrowable(() -> spans.in("failing", () -> {
				throw failure;
			}))).isSameAs(failure);
			assertThat(app.ended()).extracting(SpanData::getName)
				.containsExactly("supplier", "runnable", "callable", "failing");
			assertThat(app.named("supplier")).hasStatus(StatusData.ok()).hasKind(SpanKind.INTERNAL).hasNoParent();
			assertThat(app.named("failing")).hasStatus(StatusData.create(StatusCode.ERROR, "disk"))
				.hasAttributes(Attributes.of(stringKey("error.type"), "java.io.IOException"))
				.hasException(failure);
		});
	}

	@Test
	void shouldBuildASpanWithEverything() {
		new TracedApplication().run((app) -> {
			app.spans()
				.in("caller",
						() -> app.spans()
							.span("chat kosmos-mini")
							.kind(SpanKind.CLIENT)
							.newRoot()
							.attribute(stringKey("model"), "kosmos-mini")
							.attribute(longKey("tokens"), 5L)
							.attribute(stringKey("absent"), null)
							.in(() -> "answer"));
			SpanData chat = app.named("chat kosmos-mini");
			assertThat(chat).hasKind(SpanKind.CLIENT)
				.hasNoParent()
				.hasTotalRecordedLinks(1)
				.hasAttributes(Attributes.of(stringKey("model"), "kosmos-mini", longKey("tokens"), 5L));
		});
	}

	@Test
	void shouldOpenAndCloseByHand() {
		new TracedApplication().run((app) -> {
			String traceId;
			try (OpenSpan span = app.spans().open("block")) {
				traceId = span.traceId();
				assertThat(Span.current().getSpanContext().getSpanId()).isEqualTo(span.spanId());
				span.attribute("text", "x")
					.attribute("count", 2)
					.attribute("share", 0.5)
					.attribute("done", true)
					.attribute(AttributeKey.stringArrayKey("list"), List.of("a"))
					.attribute("absent", null)
					.event("started")
					.event("chunk", Attributes.of(longKey("index"), 1L));
				span.close();
			}
			assertThat(Context.current()).isSameAs(Context.root());
			assertThat(app.only()).hasName("block")
				.hasTraceId(traceId)
				.hasStatus(StatusData.ok())
				.hasAttributes(Attributes.builder()
					.put("text", "x")
					.put("count", 2L)
					.put("share", 0.5)
					.put("done", true)
					.put("list", new String[] { "a" })
					.build())
				.hasEventsSatisfyingExactly((event) -> event.hasName("started"),
						(event) -> event.hasName("chunk").hasAttributes(Attributes.of(longKey("index"), 1L)));
		});
	}

	@Test
	void shouldKeepAnErrorThatWasRecordedByHand() {
		new TracedApplication().run((app) -> {
			try (OpenSpan span = app.spans().open("block")) {
				span.error(new IllegalStateException("bad"));
			}
			assertThat(app.only()).hasStatus(StatusData.create(StatusCode.ERROR, "bad"));
			app.spans().in("inside", () -> app.spans().current().error(new IllegalStateException("also bad")));
			assertThat(app.named("inside")).hasStatus(StatusData.create(StatusCode.ERROR, "also bad"));
			app.spans().in("by OpenTelemetry", () -> Span.current().setStatus(StatusCode.ERROR, "bad again"));
			assertThat(app.named("by OpenTelemetry")).hasStatus(StatusData.create(StatusCode.ERROR, "bad again"));
		});
	}

	@Test
	void shouldReachTheCurrentSpanFromAnywhere() {
		new TracedApplication().run((app) -> {
			app.spans().in("outer", () -> {
				app.spans()
					.current()
					.attribute("route", "knowledge")
					.attribute(doubleKey("confidence"), 0.9)
					.attribute(booleanKey("cached"), false)
					.event("decided");
				assertThat(app.spans().current().traceId()).isEqualTo(Span.current().getSpanContext().getTraceId());
			});
			assertThat(app.only())
				.hasAttributes(Attributes.of(stringKey("route"), "knowledge", doubleKey("confidence"), 0.9,
						booleanKey("cached"), false))
				.hasTotalRecordedEvents(1);
		});
	}

	@Test
	void shouldDoNothingOutsideAnyTrace() {
		new TracedApplication().run((app) -> {
			app.spans().current().attribute("x", 1).event("y").error(new IllegalStateException());
			assertThat(app.spans().current().traceId()).isEqualTo("0".repeat(32));
			assertThat(app.spans().current().spanId()).isEqualTo("0".repeat(16));
			assertThat(app.ended()).isEmpty();
		});
	}

	@Test
	void shouldMakeANewSpanEachTimeABuilderIsUsed() {
		new TracedApplication().run((app) -> {
			Spans.Builder builder = app.spans().span("again");
			builder.in(() -> {
			});
			builder.open().close();
			assertThat(app.ended()).hasSize(2);
		});
	}

	@Test
	void shouldLeaveTheParentOpenWhenASpanBelowAnUnsampledOneIsClosed() {
		new TracedApplication().with("kosmos.tracing.sampling.probability=0").run((app) -> {
			try (OpenSpan outer = app.spans().open("outer")) {
				try (OpenSpan inner = app.spans().open("inner")) {
					assertThat(inner.traceId()).isEqualTo(outer.traceId());
				}
				assertThat(Span.current().getSpanContext().getSpanId()).isEqualTo(outer.spanId());
			}
			assertThat(Context.current()).isSameAs(Context.root());
		});
	}

	@Test
	void shouldWorkInTheContextThatIsGivenAlsoBelowAnUnsampledSpan() {
		new TracedApplication().run((app) -> {
			SpanContext unsampled = SpanContext.create("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
					TraceFlags.getDefault(), TraceState.getDefault());
			ContextKey<String> key = ContextKey.named("other");
			Context parent = Context.root().with(Span.wrap(unsampled)).with(key, "carried");
			app.spans().span("work").parent(parent).in(() -> {
				assertThat(Context.current().get(key)).isEqualTo("carried");
				app.spans().in("below", () -> {
				});
			});
			try (OpenSpan span = app.spans().span("work").parent(parent).open()) {
				assertThat(span.traceId()).isEqualTo(unsampled.getTraceId());
				assertThat(Context.current().get(key)).isEqualTo("carried");
				app.spans().in("below", () -> {
				});
			}
			assertThat(app.ended()).isEmpty();
			assertThat(Context.current()).isSameAs(Context.root());
		});
	}

}
