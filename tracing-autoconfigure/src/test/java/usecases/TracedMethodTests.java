package usecases;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.OpenSpan;
import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.Traced;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AliasFor;

import static io.opentelemetry.api.common.AttributeKey.booleanArrayKey;
import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.doubleArrayKey;
import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longArrayKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringArrayKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What a call of an ordinary {@code @Traced} method leaves behind.
 */
@ExtendWith(OutputCaptureExtension.class)
class TracedMethodTests {

	@Test
	void shouldMakeAWholeSpanOfACall() {
		new TracedApplication(Athena.class).run((app) -> {
			List<String> found = app.bean(Athena.class).search("pump", 3);
			assertThat(found).containsExactly("a", "b");
			assertThat(app.only()).hasName("athena.semantic_search")
				.hasKind(SpanKind.INTERNAL)
				.hasNoParent()
				.hasStatus(StatusData.ok())
				.hasTotalRecordedEvents(0)
				.hasTotalRecordedLinks(0)
				.hasEnded()
				.hasAttributes(Attributes.builder()
					.put("search.top_k", 3L)
					.put("search.query_length", 4L)
					.put("search.result_count", 2L)
					.put("search.engine", "like")
					.build());
		});
	}

	@Test
	void shouldNestCallsOfOtherBeans() {
		new TracedApplication(Athena.class, Zeus.class).run((app) -> {
			app.bean(Zeus.class).route();
			SpanData zeus = app.named("Zeus.route");
			SpanData athena = app.named("athena.semantic_search");
			assertThat(athena).hasParentSpanId(zeus.getSpanId()).hasTraceId(zeus.getTraceId());
			assertThat(zeus).hasKind(SpanKind.SERVER).hasNoParent();
		});
	}

	@Test
	void shouldLeaveNothingCurrentBehind() {
		new TracedApplication(Athena.class, Failing.class).run((app) -> {
			app.bean(Athena.class).search("pump", 3);
			catchThrowable(() -> app.bean(Failing.class).checked());
			assertThat(Context.current()).isSameAs(Context.root());
		});
	}

	@Test
	void shouldStartATraceOfItsOwnWithALinkToTheCaller() {
		new TracedApplication(Roots.class).run((app) -> {
			app.spans().in("caller", () -> app.bean(Roots.class).fresh());
			SpanData caller = app.named("caller");
			SpanData fresh = app.named("fresh");
			assertThat(fresh).hasNoParent();
			assertThat(fresh.getTraceId()).isNotEqualTo(caller.getTraceId());
			assertThat(fresh.getLinks()).singleElement()
				.satisfies((link) -> assertThat(link.getSpanContext()).isEqualTo(caller.getSpanContext()));
		});
	}

	@Test
	void shouldLinkToNobodyWhenANewRootHasNoCaller() {
		new TracedApplication(Roots.class).run((app) -> {
			app.bean(Roots.class).fresh();
			assertThat(app.only()).hasNoParent().hasTotalRecordedLinks(0);
		});
	}

	@Test
	void shouldKeepTheTypesOfArguments() {
		new TracedApplication(Types.class).run((app) -> {
			app.bean(Types.class)
				.all("s", true, 1, 2L, (short) 3, 1.5f, 2.5, 'c', TimeUnit.DAYS, Optional.of(7), List.of("x", "y"),
						new int[] { 1, 2 }, new double[] { 0.5 }, Set.of(true), new StringBuilder("text"));
			assertThat(app.only()).hasAttributes(Attributes.builder()
				.put(stringKey("string"), "s")
				.put(booleanKey("bool"), true)
				.put(longKey("integer"), 1L)
				.put(longKey("big"), 2L)
				.put(longKey("small"), 3L)
				.put(doubleKey("single"), 1.5)
				.put(doubleKey("twice"), 2.5)
				.put(stringKey("character"), "c")
				.put(stringKey("unit"), "DAYS")
				.put(longKey("optional"), 7L)
				.put(stringArrayKey("strings"), List.of("x", "y"))
				.put(longArrayKey("ints"), List.of(1L, 2L))
				.put(doubleArrayKey("doubles"), List.of(0.5))
				.put(booleanArrayKey("bools"), List.of(true))
				.put(stringKey("object"), "text")
				.build());
		});
	}

	@Test
	void shouldLeaveOutWhatIsNotThere() {
		new TracedApplication(Types.class).run((app) -> {
			app.bean(Types.class).missing(null, Optional.empty(), Collections.emptyList(), Arrays.asList("x", null));
			assertThat(app.only()).hasAttributes(Attributes.of(stringArrayKey("holes"), List.of("x")));
		});
	}

	@Test
	void shouldRecordTheReturnedValue() {
		new TracedApplication(Types.class).run((app) -> {
			app.bean(Types.class).decide();
			assertThat(app.only()).hasAttributes(Attributes.of(stringKey("route.decision"), "SECONDS"));
		});
	}

	@Test
	void shouldKnowConstantsAndArgumentsWhenTheSpanStarts() {
		new TracedApplication(Athena.class, AttributesAtStart.class).run((app) -> {
			app.bean(Athena.class).search("pump", 3);
			assertThat(app.bean(AttributesAtStart.class).seen)
				.isEqualTo(Attributes.of(longKey("search.top_k"), 3L, stringKey("search.engine"), "like"));
		});
	}

	@Test
	void shouldPassCheckedExceptionsUnchanged() {
		new TracedApplication(Failing.class).run((app) -> {
			IOException thrown = Failing.CHECKED;
			assertThat(catchThrowable(() -> app.bean(Failing.class).checked())).isSameAs(thrown);
			assertThat(app.only()).hasStatus(StatusData.create(StatusCode.ERROR, "disk"))
				.hasAttributes(Attributes.of(stringKey("error.type"), "java.io.IOException"))
				.hasException(thrown);
		});
	}

	@Test
	void shouldTreatAnErrorLikeAnyOtherThrowable() {
		new TracedApplication(Failing.class).run((app) -> {
			assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> app.bean(Failing.class).error());
			assertThat(app.only()).hasStatus(StatusData.error())
				.hasAttributes(Attributes.of(stringKey("error.type"), "java.lang.StackOverflowError"));
			assertThat(app.only().getEvents()).singleElement()
				.satisfies((event) -> assertThat(event).hasName("exception"));
		});
	}

	@Test
	void shouldNotCallACancellationAnError() {
		new TracedApplication(Failing.class).run((app) -> {
			assertThatExceptionOfType(CancellationException.class)
				.isThrownBy(() -> app.bean(Failing.class).cancelled());
			assertThat(app.only()).hasStatus(StatusData.unset())
				.hasAttributes(Attributes.of(KosmosAttributes.CANCELLED, true))
				.hasTotalRecordedEvents(0);
		});
	}

	@Test
	void shouldFindTheAnnotationOnInterfaceClassAndInComposition() {
		new TracedApplication(Implementation.class, WholeClass.class, Composed.class).run((app) -> {
			Contract contract = app.bean(Contract.class);
			contract.onMethod(5);
			contract.byDefault();
			app.bean(WholeClass.class).first();
			app.bean(WholeClass.class).named();
			app.bean(WholeClass.class).notPublic();
			assertThat(app.bean(WholeClass.class).toString()).isNotNull();
			app.bean(Composed.class).tool();
			assertThat(app.ended()).extracting(SpanData::getName)
				.containsExactly("contract.method", "WholeClass.first", "own.name", "execute_tool hammer");
			assertThat(app.named("contract.method")).hasAttributes(Attributes.of(longKey("size"), 5L));
			assertThat(app.named("execute_tool hammer")).hasKind(SpanKind.CLIENT);
		});
	}

	@Test
	void shouldTraceTheMethodsThatAnAnnotatedInterfaceDeclares() {
		new TracedApplication(WholeContractImplementation.class).run((app) -> {
			app.bean(WholeContractImplementation.class).declared();
			app.bean(WholeContractImplementation.class).notDeclared();
			assertThat(app.only()).hasName("WholeContractImplementation.declared");
		});
	}

	@Test
	void shouldSpareTheCallerAFailingExpression(CapturedOutput output) {
		new TracedApplication(Expressions.class, Meters.class).run((app) -> {
			MeterRegistry registry = app.bean(MeterRegistry.class);
			app.context().getBeansOfType(MeterBinder.class).values().forEach((binder) -> binder.bindTo(registry));
			for (int i = 0; i < 3; i++) {
				assertThat(app.bean(Expressions.class).failing(null)).isEqualTo("fine");
			}
			assertThat(app.ended()).hasSize(3)
				.allSatisfy((span) -> assertThat(span).hasStatus(StatusData.ok())
					.hasAttributes(Attributes.of(stringKey("good"), "fine")));
			assertThat(registry.get("kosmos.tracing.failures").functionCounter().count()).isEqualTo(3);
			assertThat(output.getAll().split("Tracing failed at", -1)).hasSize(2);
			assertThat(output).contains("Expressions.failing, attribute length");
		});
	}

	@Test
	void shouldEvaluateArgumentsByNameAndPositionResultAndTarget() {
		new TracedApplication(Expressions.class).run((app) -> {
			app.bean(Expressions.class).rich(List.of("a", "b"), 20);
			assertThat(app.only()).hasAttributes(Attributes.builder()
				.put("first", "a")
				.put("sum", 22L)
				.put("position", 20L)
				.put("result", 2L)
				.put("target", "expressions")
				.build());
		});
	}

	@Test
	void shouldEvaluateTheSameWayAfterManyCalls() {
		new TracedApplication(Expressions.class).run((app) -> {
			for (int i = 0; i < 500; i++) {
				app.bean(Expressions.class).rich(List.of("a", "b"), i);
			}
			assertThat(app.ended()).hasSize(500);
			assertThat(app.ended().get(499)).hasAttribute(longKey("sum"), 501L).hasAttribute(stringKey("first"), "a");
		});
	}

	@Test
	void shouldKeepExpressionsReadOnly() {
		new TracedApplication(Forbidden.class).run((app) -> {
			Forbidden.Counter counter = new Forbidden.Counter();
			app.bean(Forbidden.class).forbidden(counter);
			assertThat(app.only()).hasAttributes(Attributes.empty());
			assertThat(counter.value).isZero();
		});
	}

	@Test
	void shouldNotEvaluateWhatIsNotRecorded() {
		new TracedApplication(Expressions.class).with("kosmos.tracing.sampling.probability=0").run((app) -> {
			Poisoned poisoned = new Poisoned();
			app.bean(Expressions.class).touch(poisoned);
			app.spans().in("unsampled", () -> app.bean(Expressions.class).touch(poisoned));
			assertThat(poisoned.touched).isFalse();
			assertThat(app.ended()).isEmpty();
		});
	}

	@Test
	void shouldKeepTheTraceIdBelowAnUnsampledParent() {
		new TracedApplication(Athena.class, Ids.class).with("kosmos.tracing.sampling.probability=0").run((app) -> {
			String[] ids = app.spans().in("root", () -> {
				String outer = Span.current().getSpanContext().getTraceId();
				return new String[] { outer, app.bean(Ids.class).traceId() };
			});
			assertThat(ids[1]).isEqualTo(ids[0]).isNotEqualTo("00000000000000000000000000000000");
		});
	}

	@Test
	void shouldAskASamplerThatDoesNotFollowItsParent() {
		new TracedApplication(Athena.class).with(OwnSampler.class).run((app) -> {
			app.spans().in("dropped", () -> app.bean(Athena.class).search("pump", 3));
			assertThat(app.only()).hasName("athena.semantic_search");
		});
	}

	@Test
	void shouldNeverThrowIntoBusinessCode() {
		new TracedApplication(Athena.class, Failing.class).with(BrokenProcessor.class).run((app) -> {
			assertThat(app.bean(Athena.class).search("pump", 3)).containsExactly("a", "b");
			assertThat(catchThrowable(() -> app.bean(Failing.class).checked())).isSameAs(Failing.CHECKED);
			assertThat(app.spans().<String, RuntimeException>in("x", () -> "y")).isEqualTo("y");
			try (OpenSpan span = app.spans().open("z")) {
				span.attribute("a", 1);
			}
			assertThat(Context.current()).isSameAs(Context.root());
		});
	}

	@Test
	void shouldRecordAnExceptionWhoseMessageFails() {
		new TracedApplication(Hostile.class).run((app) -> {
			Hostile hostile = app.bean(Hostile.class);
			// No report of a failed test can print that exception.
			assertThat(catchThrowable(hostile::fail) == HostileException.THROWN).isTrue();
			assertThat(app.only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(app.only().getAttributes().get(stringKey("error.type")))
				.isEqualTo(HostileException.class.getName());
		});
	}

	@Test
	void shouldSpareTheCallerAnArgumentThatCannotBeRead() {
		new TracedApplication(Hostile.class).run((app) -> {
			Hostile hostile = app.bean(Hostile.class);
			assertThat(catchThrowable(() -> hostile.take(new Unreadable())) == null).isTrue();
			assertThat(app.only()).hasStatus(StatusData.ok()).hasAttributes(Attributes.empty());
		});
	}

	@Test
	void shouldBoundTheElementsOfAList() {
		new TracedApplication(Hostile.class).run((app) -> {
			app.bean(Hostile.class).take(new byte[1_000_000]);
			app.bean(Hostile.class).take(Collections.nCopies(1_000_000, "x"));
			assertThat(app.ended().get(0).getAttributes().get(longArrayKey("value"))).hasSize(128);
			assertThat(app.ended().get(1).getAttributes().get(stringArrayKey("value"))).hasSize(128);
		});
	}

	@Test
	void shouldTraceALambdaAndAProxyByTheirInterface() {
		new TracedApplication(Rankers.class).run((app) -> {
			app.context().getBeansOfType(Ranker.class).values().forEach((ranker) -> ranker.rank("pumps"));
			assertThat(app.ended()).hasSize(2)
				.allSatisfy((span) -> assertThat(span).hasName("Ranker.rank")
					.hasAttributes(Attributes.of(stringKey("topic"), "pumps")));
		});
	}

	interface Ranker {

		@Traced
		String rank(@SpanAttribute String topic);

	}

	@Configuration(proxyBeanMethods = false)
	static class Rankers {

		@Bean
		Ranker lambda() {
			return (topic) -> topic;
		}

		@Bean
		Ranker proxy() {
			return (Ranker) Proxy.newProxyInstance(Ranker.class.getClassLoader(), new Class<?>[] { Ranker.class },
					(proxy, method, arguments) -> arguments[0]);
		}

	}

	static class Hostile {

		@Traced
		void fail() {
			throw HostileException.THROWN;
		}

		@Traced
		String take(@SpanAttribute Object value) {
			return "taken";
		}

	}

	static class HostileException extends RuntimeException {

		static final HostileException THROWN = new HostileException();

		@Override
		public String getMessage() {
			throw new HostileException();
		}

	}

	static class Unreadable {

		@Override
		public String toString() {
			throw new HostileException();
		}

	}

	static class Athena {

		@Traced(name = "athena.semantic_search",
				attributes = { @Attribute(key = "search.result_count", value = "#result.size()"),
						@Attribute(key = "search.query_length", value = "#query.length()"),
						@Attribute(key = "search.engine", value = "'like'") })
		List<String> search(String query, @SpanAttribute("search.top_k") int topK) {
			return List.of("a", "b");
		}

	}

	static class Zeus {

		private final Athena athena;

		Zeus(Athena athena) {
			this.athena = athena;
		}

		@Traced(kind = SpanKind.SERVER)
		public void route() {
			this.athena.search("pump", 1);
		}

	}

	static class Roots {

		@Traced(name = "fresh", newRoot = true)
		void fresh() {
		}

	}

	static class Ids {

		@Traced
		String traceId() {
			return Span.current().getSpanContext().getTraceId();
		}

	}

	static class Types {

		@Traced
		void all(@SpanAttribute String string, @SpanAttribute("bool") boolean flag,
				@SpanAttribute(key = "integer") int integer, @SpanAttribute Long big, @SpanAttribute short small,
				@SpanAttribute float single, @SpanAttribute double twice, @SpanAttribute char character,
				@SpanAttribute TimeUnit unit, @SpanAttribute Optional<Integer> optional,
				@SpanAttribute List<String> strings, @SpanAttribute int[] ints, @SpanAttribute double[] doubles,
				@SpanAttribute Set<Boolean> bools, @SpanAttribute Object object) {
		}

		@Traced
		void missing(@SpanAttribute String nothing, @SpanAttribute Optional<String> empty,
				@SpanAttribute List<String> none, @SpanAttribute List<String> holes) {
		}

		@Traced
		@SpanAttribute("route.decision")
		TimeUnit decide() {
			return TimeUnit.SECONDS;
		}

	}

	static class Failing {

		static final IOException CHECKED = new IOException("disk");

		@Traced
		void checked() throws IOException {
			throw CHECKED;
		}

		@Traced
		void cancelled() {
			throw new CancellationException("not wanted any more");
		}

		@Traced
		void error() {
			throw new StackOverflowError();
		}

	}

	interface Contract {

		@Traced("contract.method")
		void onMethod(@SpanAttribute("size") int size);

		default void byDefault() {
		}

	}

	static class Implementation implements Contract {

		@Override
		public void onMethod(int size) {
		}

	}

	@Traced
	interface WholeContract {

		void declared();

	}

	static class WholeContractImplementation implements WholeContract {

		@Override
		public void declared() {
		}

		public void notDeclared() {
		}

	}

	@Traced
	static class WholeClass {

		public void first() {
		}

		@Traced("own.name")
		public void named() {
		}

		void notPublic() {
		}

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@Traced(kind = SpanKind.CLIENT)
	@interface Tool {

		@AliasFor(annotation = Traced.class, attribute = "name")
		String value();

	}

	static class Composed {

		@Tool("execute_tool hammer")
		void tool() {
		}

	}

	static class Expressions {

		@Traced(attributes = { @Attribute(key = "length", value = "#text.length()"),
				@Attribute(key = "good", value = "#result") })
		String failing(String text) {
			return "fine";
		}

		@Traced(attributes = { @Attribute(key = "first", value = "#items[0]"),
				@Attribute(key = "sum", value = "#items.size() + #number"), @Attribute(key = "position", value = "#a1"),
				@Attribute(key = "result", value = "#result.size()"),
				@Attribute(key = "target", value = "#target.name"), @Attribute(key = "nothing", value = "#unknown") })
		List<String> rich(List<String> items, int number) {
			return items;
		}

		@Traced(attributes = @Attribute(key = "touched", value = "#poisoned.touch()"))
		void touch(Poisoned poisoned) {
		}

		public String getName() {
			return "expressions";
		}

	}

	/** Knows whether anybody looked. */
	public static class Poisoned {

		private boolean touched;

		public boolean touch() {
			this.touched = true;
			return true;
		}

	}

	static class Forbidden {

		@Traced(attributes = { @Attribute(key = "type", value = "T(java.lang.System).getProperty('user.name')"),
				@Attribute(key = "constructor", value = "new java.lang.String('x')"),
				@Attribute(key = "bean", value = "@environment"),
				@Attribute(key = "assignment", value = "#counter.value = 5"),
				@Attribute(key = "increment", value = "#counter.value++"),
				@Attribute(key = "class", value = "#counter.getClass().forName('java.lang.Runtime')") })
		void forbidden(Counter counter) {
		}

		/** Something that could be written to. */
		public static class Counter {

			public int value;

			public int getValue() {
				return this.value;
			}

			public void setValue(int value) {
				this.value = value;
			}

		}

	}

	static class AttributesAtStart implements SpanProcessor {

		private Attributes seen;

		@Override
		public void onStart(Context parentContext, ReadWriteSpan span) {
			this.seen = span.toSpanData().getAttributes();
		}

		@Override
		public boolean isStartRequired() {
			return true;
		}

		@Override
		public void onEnd(ReadableSpan span) {
		}

		@Override
		public boolean isEndRequired() {
			return false;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnSampler {

		@Bean
		Sampler sampler() {
			return new Sampler() {

				@Override
				public SamplingResult shouldSample(Context parentContext, String traceId, String name,
						SpanKind spanKind, Attributes attributes, List<LinkData> parentLinks) {
					return name.equals("dropped") ? SamplingResult.drop() : SamplingResult.recordAndSample();
				}

				@Override
				public String getDescription() {
					return "by name";
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Meters {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BrokenProcessor {

		@Bean
		SpanProcessor broken() {
			return new SpanProcessor() {

				@Override
				public void onStart(Context parentContext, ReadWriteSpan span) {
					if (span.getName().length() % 2 == 0) {
						throw new IllegalStateException("broken at the start");
					}
				}

				@Override
				public boolean isStartRequired() {
					return true;
				}

				@Override
				public void onEnd(ReadableSpan span) {
					throw new IllegalStateException("broken at the end");
				}

				@Override
				public boolean isEndRequired() {
					return true;
				}

			};
		}

	}

}
