package usecases;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.Traced;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The span of work that goes on after its method has returned.
 */
class AsynchronousResultTests {

	@BeforeAll
	static void propagateAsBootDoesByDefaultWithTheStarter() {
		Hooks.enableAutomaticContextPropagation();
	}

	@AfterAll
	static void stopPropagating() {
		Hooks.disableAutomaticContextPropagation();
	}

	@Test
	void shouldEndWithTheStage() {
		new TracedApplication(Work.class).run((app) -> {
			CompletableFuture<List<String>> promise = new CompletableFuture<>();
			CompletionStage<List<String>> returned = app.bean(Work.class).stage(promise);
			assertThat(returned).isSameAs(promise);
			assertThat(app.ended()).isEmpty();
			assertThat(Context.current()).isSameAs(Context.root());
			promise.complete(List.of("a", "b"));
			assertThat(app.only()).hasName("stage")
				.hasStatus(StatusData.ok())
				.hasAttributes(Attributes.of(longKey("count"), 2L));
		});
	}

	@Test
	void shouldEndAStageThatIsDoneAlready() {
		new TracedApplication(Work.class).run((app) -> {
			app.bean(Work.class).stage(CompletableFuture.completedFuture(List.of("a")));
			assertThat(app.only()).hasStatus(StatusData.ok()).hasAttributes(Attributes.of(longKey("count"), 1L));
		});
	}

	@Test
	void shouldRecordTheFailureOfTheStageWithoutItsWrapper() {
		new TracedApplication(Work.class).run((app) -> {
			CompletableFuture<List<String>> promise = new CompletableFuture<>();
			IOException failure = new IOException("disk");
			app.bean(Work.class).stage(promise.thenApply((value) -> value));
			promise.completeExceptionally(failure);
			assertThat(app.only()).hasStatus(StatusData.create(StatusCode.ERROR, "disk"))
				.hasAttributes(Attributes.of(stringKey("error.type"), "java.io.IOException"))
				.hasException(failure);
		});
	}

	@Test
	void shouldMarkACancelledStageAndNotCallItAnError() {
		new TracedApplication(Work.class).run((app) -> {
			CompletableFuture<List<String>> promise = new CompletableFuture<>();
			app.bean(Work.class).stage(promise);
			promise.cancel(true);
			assertThat(app.only()).hasStatus(StatusData.unset())
				.hasAttributes(Attributes.of(KosmosAttributes.CANCELLED, true))
				.hasTotalRecordedEvents(0);
		});
	}

	@Test
	void shouldEndWhenAMethodReturnsNullOrThrowsInsteadOfAStage() {
		new TracedApplication(Work.class).run((app) -> {
			app.bean(Work.class).stage(null);
			assertThat(app.only()).hasStatus(StatusData.ok());
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> app.bean(Work.class).throwing());
			assertThat(app.named("throwing")).hasStatus(StatusData.create(StatusCode.ERROR, "no stage"));
		});
	}

	@Test
	void shouldFollowACompletableFutureBehindAFuture() {
		new TracedApplication(Work.class).run((app) -> {
			CompletableFuture<String> promise = new CompletableFuture<>();
			app.bean(Work.class).future(promise);
			assertThat(app.ended()).isEmpty();
			promise.complete("x");
			assertThat(app.only()).hasStatus(StatusData.ok());
		});
	}

	@Test
	void shouldTakeTheOutcomeOfAFutureThatIsDone() {
		new TracedApplication(Work.class).run((app) -> {
			FutureTask<String> failed = new FutureTask<>(() -> {
				throw new IOException("disk");
			});
			failed.run();
			app.bean(Work.class).future(failed);
			assertThat(app.only()).hasStatus(StatusData.create(StatusCode.ERROR, "disk"));
		});
	}

	@Test
	void shouldNotKeepASpanOpenForAFutureThatTellsNobody() {
		new TracedApplication(Work.class).run((app) -> {
			app.bean(Work.class).future(new FutureTask<>(() -> "x"));
			assertThat(app.only()).hasStatus(StatusData.ok());
		});
	}

	@Test
	void shouldMakeASpanForEachSubscriptionOfAMono() {
		new TracedApplication(Work.class).run((app) -> {
			Mono<List<String>> mono = app.bean(Work.class).mono(3, Mono.just(List.of("a", "b")));
			assertThat(app.ended()).isEmpty();
			mono.block();
			mono.block();
			assertThat(app.ended()).hasSize(2)
				.allSatisfy((span) -> assertThat(span).hasName("mono")
					.hasStatus(StatusData.ok())
					.hasAttributes(Attributes.of(longKey("count"), 2L, longKey("size"), 3L)));
			assertThat(app.ended().get(0).getTraceId()).isNotEqualTo(app.ended().get(1).getTraceId());
		});
	}

	@Test
	void shouldBeCurrentInsideThePipelineOnEveryThread() {
		new TracedApplication(Work.class).run((app) -> {
			List<String> current = new ArrayList<>();
			Mono<List<String>> source = Mono.fromCallable(() -> {
				current.add(Span.current().getSpanContext().getSpanId());
				return List.of("a");
			}).publishOn(Schedulers.boundedElastic()).map((value) -> {
				current.add(Span.current().getSpanContext().getSpanId());
				return value;
			}).publishOn(Schedulers.parallel()).flatMap((value) -> Mono.delay(Duration.ofMillis(5)).map((tick) -> {
				current.add(Span.current().getSpanContext().getSpanId());
				return value;
			}));
			app.bean(Work.class).mono(1, source).block();
			assertThat(current).hasSize(3).containsOnly(app.only().getSpanId());
			assertThat(Context.current()).isSameAs(Context.root());
		});
	}

	@Test
	void shouldNestReactiveSpansBelowTheCallerAndEachOther() {
		new TracedApplication(Work.class).run((app) -> {
			app.spans()
				.in("caller", () -> app.bean(Work.class)
					.outer(app.bean(Work.class).mono(1, Mono.just(List.of("a")).subscribeOn(Schedulers.parallel())))
					.block());
			SpanData caller = app.named("caller");
			SpanData outer = app.named("outer");
			assertThat(outer).hasParentSpanId(caller.getSpanId());
			assertThat(app.named("mono")).hasParentSpanId(outer.getSpanId());
		});
	}

	@Test
	void shouldEndBeforeTheSubscriberIsTold() {
		new TracedApplication(Work.class).run((app) -> {
			List<Integer> endedWhenTold = new ArrayList<>();
			app.bean(Work.class)
				.mono(1, Mono.just(List.of("a")))
				.subscribe((value) -> endedWhenTold.add(app.ended().size()));
			app.bean(Work.class)
				.flux(Flux.just("a"))
				.doOnComplete(() -> endedWhenTold.add(app.ended().size()))
				.subscribe();
			assertThat(endedWhenTold).containsExactly(1, 2);
		});
	}

	@Test
	void shouldEndAnEmptyMonoAndARejectedOne() {
		new TracedApplication(Work.class).run((app) -> {
			app.bean(Work.class).mono(1, Mono.empty()).block();
			assertThat(app.only()).hasStatus(StatusData.ok());
			IOException failure = new IOException("disk");
			StepVerifier.create(app.bean(Work.class).mono(2, Mono.error(failure)))
				.verifyErrorSatisfies((error) -> assertThat(error).isSameAs(failure));
			assertThat(app.ended().get(1)).hasException(failure).hasStatus(StatusData.create(StatusCode.ERROR, "disk"));
		});
	}

	@Test
	void shouldMarkACancelledSubscription() {
		new TracedApplication(Work.class).run((app) -> {
			app.bean(Work.class).mono(1, Mono.never()).subscribe().dispose();
			assertThat(app.only()).hasStatus(StatusData.unset()).hasAttribute(KosmosAttributes.CANCELLED, true);
			app.bean(Work.class).flux(Flux.interval(Duration.ofMillis(1)).map(String::valueOf)).take(2).blockLast();
			assertThat(app.named("flux")).hasStatus(StatusData.unset()).hasAttribute(KosmosAttributes.CANCELLED, true);
		});
	}

	@Test
	void shouldEndAFluxWithItsLastSignal() {
		new TracedApplication(Work.class).run((app) -> {
			Sinks.Many<String> sink = Sinks.many().unicast().onBackpressureBuffer();
			List<String> received = new ArrayList<>();
			app.bean(Work.class).flux(sink.asFlux()).subscribe(received::add, (error) -> {
			});
			sink.tryEmitNext("a");
			sink.tryEmitNext("b");
			assertThat(received).containsExactly("a", "b");
			assertThat(app.ended()).isEmpty();
			sink.tryEmitError(new IOException("midway"));
			assertThat(app.only()).hasStatus(StatusData.create(StatusCode.ERROR, "midway"));
		});
	}

	@Test
	void shouldRecordAMethodThatThrowsInsteadOfReturningAMono() {
		new TracedApplication(Work.class).run((app) -> {
			assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> app.bean(Work.class).throwingMono());
			assertThat(app.only()).hasName("throwingMono").hasStatus(StatusData.create(StatusCode.ERROR, "no mono"));
		});
	}

	@Test
	void shouldFollowAPublisherBehindAnOpenReturnType() {
		new TracedApplication(Work.class).run((app) -> {
			Object result = app.bean(Work.class).anything(Mono.just("x"));
			assertThat(app.ended()).isEmpty();
			((Mono<?>) result).block();
			assertThat(app.only()).hasName("anything").hasStatus(StatusData.ok());
			((Mono<?>) result).block();
			assertThat(app.ended()).hasSize(2);
		});
	}

	@Test
	void shouldFollowWhatALambdaReturns() {
		new TracedApplication(Work.class).run((app) -> {
			CompletableFuture<String> promise = new CompletableFuture<>();
			app.spans().<CompletableFuture<String>, RuntimeException>in("stage", () -> promise);
			Mono<String> mono = app.spans()
				.in("mono", () -> Mono.fromCallable(() -> Span.current().getSpanContext().getSpanId()));
			Flux<String> flux = app.spans().in("flux", () -> Flux.just("a", "b"));
			assertThat(app.ended()).isEmpty();
			promise.complete("x");
			assertThat(app.named("stage")).hasStatus(StatusData.ok());
			String first = mono.block();
			assertThat(app.named("mono")).hasSpanId(first).hasStatus(StatusData.ok());
			assertThat(mono.block()).isNotEqualTo(first);
			flux.blockLast();
			assertThat(app.named("flux")).hasStatus(StatusData.ok());
		});
	}

	@Test
	void shouldLeaveAPublisherOfTheApplicationAsItIs() {
		new TracedApplication().run((app) -> {
			OwnMono own = app.spans().in("own", () -> new OwnMono());
			assertThat(own.block()).isEqualTo("x");
			assertThat(app.named("own")).hasStatus(StatusData.ok());
		});
	}

	private static final class OwnMono extends Mono<String> {

		@Override
		public void subscribe(CoreSubscriber<? super String> subscriber) {
			Mono.just("x").subscribe(subscriber);
		}

	}

	static class Work {

		@Traced(name = "stage", attributes = @Attribute(key = "count", value = "#result?.size()"))
		CompletionStage<List<String>> stage(CompletionStage<List<String>> stage) {
			return stage;
		}

		@Traced("throwing")
		CompletionStage<String> throwing() {
			throw new IllegalStateException("no stage");
		}

		@Traced("future")
		Future<String> future(Future<String> future) {
			return future;
		}

		@Traced(name = "mono", attributes = @Attribute(key = "count", value = "#result?.size()"))
		Mono<List<String>> mono(@SpanAttribute("size") int size, Mono<List<String>> source) {
			return source;
		}

		@Traced("outer")
		<T> Mono<T> outer(Mono<T> inner) {
			return inner;
		}

		@Traced("flux")
		Flux<String> flux(Flux<String> source) {
			return source;
		}

		@Traced("throwingMono")
		Mono<String> throwingMono() {
			throw new IllegalStateException("no mono");
		}

		@Traced("anything")
		Publisher<String> anything(Publisher<String> source) {
			return source;
		}

	}

}
