package usecases;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.OpenSpan;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.RequestIds;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.ConnectableFlux;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@ExtendWith(OutputCaptureExtension.class)
class RequestContextTests {

	@AfterEach
	void nothingIsLeftBehind() {
		assertThat(RequestIds.current()).isEqualTo(RequestIds.NONE);
	}

	@Test
	void idsAreOnEverySpanInside() {
		new TracedApplication().run((application) -> {
			RequestContext context = application.bean(RequestContext.class);
			try (Scope scope = context.tenant("acme").user("u1").conversation("c9").request("r1").open()) {
				application.spans().in("outer", () -> application.spans().in("inner", () -> {
				}));
				application.bean(Tracer.class).spanBuilder("library").startSpan().end();
				Observation.createNotStarted("observed", application.bean(ObservationRegistry.class)).observe(() -> {
				});
			}
			application.spans().in("after", () -> {
			});
			for (String name : List.of("outer", "inner", "library", "observed")) {
				assertThat(ids(application.named(name))).as(name)
					.isEqualTo(Map.of("kosmos.tenant.id", "acme", "kosmos.user.id", "u1", "kosmos.conversation.id",
							"c9", "gen_ai.conversation.id", "c9", "kosmos.request.id", "r1"));
			}
			assertThat(ids(application.named("after"))).isEmpty();
		});
	}

	@Test
	void aRootOfItsOwnHasTheIdsOfTheRequest() {
		new TracedApplication().run((application) -> {
			application.bean(RequestContext.class).tenant("acme").in(() -> application.spans().in("request", () -> {
				application.spans().span("apart").newRoot().in(() -> {
				});
			}));
			SpanData apart = application.named("apart");
			assertThat(tenant(apart)).isEqualTo("acme");
			assertThat(apart.getParentSpanContext().isValid()).isFalse();
			assertThat(apart.getTraceId()).isNotEqualTo(application.named("request").getTraceId());
			assertThat(apart.getLinks()).hasSize(1);
		});
	}

	@Test
	void idsSetInsideAnObservationAreOnTheObservationsInside() {
		new TracedApplication().run((application) -> {
			RequestContext context = application.bean(RequestContext.class);
			ObservationRegistry registry = application.bean(ObservationRegistry.class);
			Observation.createNotStarted("request", registry).observe(() -> {
				context.tenant("acme").in(() -> {
					Observation.createNotStarted("inside", registry).observe(() -> {
						assertThat(context.current().tenant()).isEqualTo("acme");
						application.spans().in("below", () -> {
						});
						Observation.createNotStarted("deep", registry).observe(() -> {
						});
					});
					Observation.createNotStarted("call", () -> new SenderContext<>((carrier, key, value) -> {
					}, Kind.CLIENT), registry).observe(() -> {
						assertThat(context.current().tenant()).isEqualTo("acme");
						context.tenant("other").in(() -> Observation.createNotStarted("other", registry).observe(() -> {
						}));
					});
				});
				Observation.createNotStarted("outside", registry).observe(() -> {
				});
			});
			assertThat(application.ended().stream().filter((span) -> tenant(span) == null))
				.extracting(SpanData::getName)
				.containsExactly("outside", "request");
			assertThat(application.ended().stream().filter((span) -> "acme".equals(tenant(span))))
				.extracting(SpanData::getName)
				.containsExactly("below", "deep", "inside", "call");
			assertThat(tenant(application.named("other"))).isEqualTo("other");
			assertThat(application.named("deep").getParentSpanId()).isEqualTo(application.named("inside").getSpanId());
			assertThat(application.named("other").getParentSpanId()).isEqualTo(application.named("call").getSpanId());
			assertThat(application.named("outside").getParentSpanId())
				.isEqualTo(application.named("request").getSpanId());
		});
	}

	@Test
	void whatIsNotSetStaysAsItIsOutside() {
		new TracedApplication().run((application) -> {
			RequestContext context = application.bean(RequestContext.class);
			context.tenant("acme").user("u1").in(() -> {
				context.user("u2")
					.tenant(null)
					.tenant(" ")
					.in(() -> assertThat(context.current()).isEqualTo(new RequestIds("acme", "u2", null, null)));
				assertThat(context.current()).isEqualTo(new RequestIds("acme", "u1", null, null));
			});
		});
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "\t" })
	void blankSetsNothingAndIsNoRefusal(String value) {
		new TracedApplication(Meters.class).run((application) -> {
			RequestContext context = application.bean(RequestContext.class);
			context.tenant(value)
				.user(value)
				.conversation(value)
				.request(value)
				.in(() -> assertThat(context.current()).isEqualTo(RequestIds.NONE));
			assertThat(refused(application)).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\nb", "a\rb", "a\u0000b", "a\u0085b", "a\u2028b", "a\u2029b", "a\u202eb", "a\ud800",
			"a\u001b[31mb", "a\tb" })
	void aValueThatWouldBreakItsLineIsRefused(String value, CapturedOutput output) {
		refuses(value, output);
	}

	@Test
	void aValueThatIsTooLongIsRefused(CapturedOutput output) {
		refuses("x".repeat(257), output);
		new TracedApplication().run((application) -> {
			RequestContext context = application.bean(RequestContext.class);
			String longest = "\u00e9".repeat(256);
			context.tenant(longest).in(() -> assertThat(context.current().tenant()).isEqualTo(longest));
		});
	}

	private void refuses(String value, CapturedOutput output) {
		new TracedApplication(Meters.class).run((application) -> {
			RequestContext context = application.bean(RequestContext.class);
			context.tenant("acme").in(() -> {
				context.tenant(value)
					.user("u1")
					.in(() -> assertThat(context.current()).isEqualTo(new RequestIds("acme", "u1", null, null)));
				context.tenant(value).in(() -> {
				});
			});
			assertThat(refused(application)).isEqualTo(2);
			assertThat(output).containsOnlyOnce("Refused the tenant id of a request").doesNotContain(value);
		});
	}

	@Test
	void theUserIsWrittenByTheNameOfTheConventionsWhenAskedFor() {
		new TracedApplication().with("kosmos.tracing.request.write-user-id=true").run((application) -> {
			application.bean(RequestContext.class).user("u1").in(() -> {
				application.spans().in("work", () -> {
				});
				application.spans()
					.span("own")
					.attribute(AttributeKey.stringKey("user.id"), "other")
					.attribute(GenAiAttributes.CONVERSATION_ID, "c1")
					.in(() -> {
					});
			});
			assertThat(ids(application.named("work"))).isEqualTo(Map.of("kosmos.user.id", "u1", "user.id", "u1"));
			assertThat(application.named("own").getAttributes().get(AttributeKey.stringKey("user.id")))
				.isEqualTo("other");
			assertThat(application.named("own").getAttributes().get(GenAiAttributes.CONVERSATION_ID)).isEqualTo("c1");
		});
	}

	@Test
	void anIdThatTheCodeGivesToASpanStays() {
		new TracedApplication().run((application) -> {
			application.bean(RequestContext.class)
				.tenant("acme")
				.conversation("c1")
				.in(() -> application.bean(AgentSpans.class)
					.agent("zeus")
					.attribute(KosmosAttributes.CONVERSATION_ID, "c2")
					.in(() -> {
					}));
			assertThat(ids(application.only())).containsAllEntriesOf(
					Map.of("kosmos.tenant.id", "acme", "kosmos.conversation.id", "c2", "gen_ai.conversation.id", "c2"));
		});
	}

	@Test
	void theConversationHasOnlyOurNameWhenAskedFor() {
		new TracedApplication().with("kosmos.tracing.conventions=kosmos").run((application) -> {
			application.bean(RequestContext.class).conversation("c9").in(() -> application.spans().in("work", () -> {
			}));
			assertThat(ids(application.only())).isEqualTo(Map.of("kosmos.conversation.id", "c9"));
		});
	}

	@Test
	void errorsGoThroughUnchanged() {
		new TracedApplication().run((application) -> {
			IllegalStateException error = new IllegalStateException("no");
			assertThatIllegalStateException()
				.isThrownBy(() -> application.bean(RequestContext.class).tenant("acme").in(() -> {
					throw error;
				}))
				.isSameAs(error);
		});
	}

	@Test
	void aReactiveResultHasTheIdsInEachSubscription() {
		new TracedApplication().run((application) -> {
			RequestContext context = application.bean(RequestContext.class);
			Hooks.enableAutomaticContextPropagation();
			try {
				Mono<String> mono = context.tenant("acme")
					.in(() -> Mono.delay(Duration.ofMillis(1), Schedulers.parallel())
						.flatMap((ignored) -> application.spans().in("mono", () -> Mono.just("done"))));
				Flux<Integer> flux = context.tenant("acme")
					.in(() -> Flux.range(0, 2)
						.publishOn(Schedulers.parallel())
						.concatMap((i) -> application.spans().in("flux", () -> Mono.just(i))));
				assertThat(mono.block()).isEqualTo("done");
				assertThat(mono.block()).isEqualTo("done");
				assertThat(flux.collectList().block()).hasSize(2);
			}
			finally {
				Hooks.disableAutomaticContextPropagation();
			}
			application.await(4);
			assertThat(application.ended()).hasSize(4).allMatch((span) -> "acme".equals(tenant(span)));
		});
	}

	@Test
	void aReactiveResultWorksBelowTheSpanOfItsSubscriber() {
		new TracedApplication().run((application) -> {
			RequestContext context = application.bean(RequestContext.class);
			AgentSpans agents = application.bean(AgentSpans.class);
			Hooks.enableAutomaticContextPropagation();
			try {
				Mono<String> answer;
				try (OpenSpan request = application.spans().open("request")) {
					answer = context.tenant("acme")
						.in(() -> Mono.delay(Duration.ofMillis(1), Schedulers.parallel())
							.flatMap((ignored) -> agents.llm("openai", "gpt-4o").in(() -> Mono.just("done"))));
				}
				assertThat(agents.agent("zeus").in(() -> answer).block()).isEqualTo("done");
				assertThat(agents.agent("athena").in(() -> context.user("u1").in(() -> answer.flux())).blockLast())
					.isEqualTo("done");
			}
			finally {
				Hooks.disableAutomaticContextPropagation();
			}
			application.await(5);
			for (String agent : List.of("invoke_agent zeus", "invoke_agent athena")) {
				SpanData caller = application.named(agent);
				assertThat(application.ended()).filteredOn((span) -> span.getName().equals("chat gpt-4o"))
					.filteredOn((span) -> span.getParentSpanId().equals(caller.getSpanId()))
					.hasSize(1)
					.allMatch((span) -> "acme".equals(tenant(span)));
				assertThat(caller.getAttributes().get(KosmosAttributes.LLM_CALLS)).isEqualTo(1);
			}
		});
	}

	@Test
	void aPublisherOfATypeThatTheCallerKnowsStaysAsItIs() {
		new TracedApplication().run((application) -> {
			ConnectableFlux<Integer> own = Flux.just(1).publish();
			ConnectableFlux<Integer> result = application.bean(RequestContext.class).tenant("acme").in(() -> own);
			assertThat(result).isSameAs(own);
		});
	}

	@Test
	void aScopeMayBeClosedTwiceAndLate() throws Exception {
		new TracedApplication().run((application) -> {
			RequestContext context = application.bean(RequestContext.class);
			Scope outer = context.tenant("outer").open();
			Scope inner = context.tenant("inner").open();
			Thread other = new Thread(inner::close);
			other.start();
			join(other);
			assertThat(context.current().tenant()).isEqualTo("inner");
			inner.close();
			inner.close();
			assertThat(context.current().tenant()).isEqualTo("outer");
			outer.close();
		});
	}

	@Test
	void theIdsCanBeReadWithTracingOff() {
		new TracedApplication().with("kosmos.tracing.enabled=false").run((application) -> {
			RequestContext context = application.bean(RequestContext.class);
			context.tenant("acme").in(() -> assertThat(context.current().tenant()).isEqualTo("acme"));
		});
	}

	private static void join(Thread thread) {
		try {
			thread.join(TimeUnit.SECONDS.toMillis(10));
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static double refused(TracedApplication.Running application) {
		return application.bean(MeterRegistry.class).get("kosmos.tracing.request.refused").functionCounter().count();
	}

	private static String tenant(SpanData span) {
		return span.getAttributes().get(KosmosAttributes.TENANT_ID);
	}

	private static Map<String, Object> ids(SpanData span) {
		Map<String, Object> ids = new HashMap<>();
		span.getAttributes().forEach((key, value) -> ids.put(key.getKey(), value));
		return ids;
	}

	@Configuration(proxyBeanMethods = false)
	static class Meters {

		@Bean
		MeterRegistry meters(List<MeterBinder> binders) {
			MeterRegistry registry = new SimpleMeterRegistry();
			binders.forEach((binder) -> binder.bindTo(registry));
			return registry;
		}

	}

}
