package io.kosmos.tracing.autoconfigure.redaction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.Redaction;
import io.kosmos.tracing.TracingFailures;
import io.kosmos.tracing.TracingSection;
import io.kosmos.tracing.autoconfigure.BootTracing;
import io.kosmos.tracing.autoconfigure.console.ConsoleAutoConfiguration;
import io.kosmos.tracing.autoconfigure.export.ExportAutoConfiguration;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class RedactionAutoConfigurationTests {

	private static final String SECRET = "s3cr3t-Value";

	private static final String MASK = "[redacted]";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RedactionAutoConfiguration.class));

	@Test
	void shouldComeLastOfAllOperators(CapturedOutput output) {
		InMemorySpanExporter exporter = InMemorySpanExporter.create();
		BootTracing.runner()
			.withConfiguration(AutoConfigurations.of(RedactionAutoConfiguration.class, LateOperator.class,
					ExportAutoConfiguration.class, ConsoleAutoConfiguration.class))
			.withBean(Recorder.class, () -> new Recorder(exporter))
			.withPropertyValues("kosmos.tracing.exporter.enabled=false", "kosmos.tracing.console.format=line",
					"management.tracing.sampling.probability=1.0")
			.run((context) -> {
				ObjectProvider<UnaryOperator<SpanData>> operators = context
					.getBeanProvider(ResolvableType.forClassWithGenerics(UnaryOperator.class, SpanData.class));
				assertThat(operators.orderedStream().map(Object::getClass)).hasSize(2).startsWith(Redactor.class);
				context.getBean(OpenTelemetrySdk.class).getTracer("test").spanBuilder("zeus.route").startSpan().end();
				assertThat(output.getOut()).contains("zeus.route", "attr.late=").doesNotContain(SECRET);
				Awaitility.await().until(() -> !exporter.getFinishedSpanItems().isEmpty());
				assertThat(exporter.getFinishedSpanItems()).singleElement()
					.extracting(SpanData::getAttributes)
					.isEqualTo(Attributes.of(AttributeKey.stringKey("late"), "with password=" + MASK));
			});
	}

	@Test
	void shouldRedactTextsThatLeaveByAnotherWay() {
		redact((redactor) -> {
			Redaction redaction = redactor;
			assertThat(redaction.redact("login password=" + SECRET)).isEqualTo("login password=" + MASK);
			assertThat(redaction.redact("http get /orders/{id}")).isEqualTo("http get /orders/{id}");
		});
	}

	@Test
	void shouldBackOff() {
		this.runner.withPropertyValues("kosmos.tracing.redaction.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(Redactor.class));
		this.runner.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(Redactor.class));
		this.runner.withClassLoader(new FilteredClassLoader(MeterBinder.class))
			.run((context) -> assertThat(context).hasSingleBean(Redactor.class));
	}

	@Test
	void shouldReturnTheSameSpanIfThereIsNothingToTakeOut() {
		redact((redactor) -> {
			SpanData span = span("http get /orders/{id}",
					Attributes.builder()
						.put("http.request.method", "GET")
						.put("url.full", "http://orders:8080/orders/1?page=2")
						.put("gen_ai.usage.input_tokens", 12)
						.put("session.id", "abc")
						.put("tags", "a", "b")
						.put("sampled", true)
						.put(AttributeKey.valueKey("v"), Value.of(KeyValue.of("a", Value.of(1))))
						.build());
			assertThat(redactor.apply(span)).isSameAs(span);
		});
	}

	@Test
	void shouldLookEverywhere() {
		redact((redactor) -> {
			String text = "with password=" + SECRET;
			Attributes attributes = Attributes.of(AttributeKey.stringKey("note"), text);
			SpanContext context = SpanContext.create("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
					TraceFlags.getSampled(), TraceState.builder().put("a", "b").put("x", "token:" + SECRET).build());
			SpanData span = TestSpanData.builder()
				.setName("get " + text)
				.setKind(SpanKind.CLIENT)
				.setStatus(StatusData.create(StatusCode.ERROR, text))
				.setAttributes(attributes)
				.setEvents(List.of(EventData.create(1, text, attributes)))
				.setLinks(List.of(LinkData.create(context, attributes)))
				.setSpanContext(context)
				.setParentSpanContext(context)
				.setResource(Resource.create(attributes))
				.setInstrumentationScopeInfo(InstrumentationScopeInfo.builder("lib").setAttributes(attributes).build())
				.setStartEpochNanos(1)
				.setEndEpochNanos(2)
				.setHasEnded(true)
				.build();
			SpanData redacted = redactor.apply(span);
			String all = redacted + redacted.getEvents().toString() + redacted.getLinks() + redacted.getResource()
					+ redacted.getInstrumentationScopeInfo() + redacted.getSpanContext()
					+ redacted.getParentSpanContext() + redacted.getStatus() + redacted.getName()
					+ redacted.getAttributes();
			assertThat(all).doesNotContain(SECRET);
			assertThat(redacted.getAttributes())
				.isEqualTo(Attributes.of(AttributeKey.stringKey("note"), "with password=" + MASK));
			assertThat(redacted.getLinks().get(0).getSpanContext().getTraceState().asMap()).isEqualTo(Map.of("a", "b"));
			assertThat(redacted.getSpanContext().getSpanId()).isEqualTo(context.getSpanId());
			assertThat(redacted.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(redactor.apply(redacted)).isSameAs(redacted);
			assertThat(redactor.apply(span).getResource()).isSameAs(redacted.getResource());
		});
	}

	@Test
	void shouldMaskEveryTypeUnderTheNameOfASecret() {
		redact((redactor) -> {
			Attributes redacted = attributes(redactor,
					Attributes.builder()
						.put("db.password", SECRET)
						.put("pin", 1234)
						.put("cvv", 1.5)
						.put("token", true)
						.put("http.request.header.authorization", "Bearer a", "Basic b")
						.put("otp", 1L, 2L)
						.put(AttributeKey.valueKey("secret"), Value.of(SECRET))
						.put(AttributeKey.valueKey("arguments"),
								Value.of(KeyValue.of("password", Value.of(SECRET)),
										KeyValue.of("list", Value.of(Value.of("a"), Value.of("jane@example.com"))),
										KeyValue.of("bytes", Value.of(("token=" + SECRET).getBytes()))))
						.put("card", 4111111111111111L)
						.put("jane@example.com", "x")
						.build());
			assertThat(redacted).isEqualTo(Attributes.builder()
				.put("db.password", MASK)
				.put("pin", MASK)
				.put("cvv", MASK)
				.put("token", true)
				.put(AttributeKey.stringArrayKey("http.request.header.authorization"), List.of(MASK))
				.put("otp", MASK)
				.put("secret", MASK)
				.put(AttributeKey.valueKey("arguments"),
						Value.of(KeyValue.of("password", Value.of(MASK)),
								KeyValue.of("list", Value.of(Value.of("a"), Value.of(MASK))),
								KeyValue.of("bytes", Value.of(MASK))))
				.put("card", MASK)
				.put(MASK, "x")
				.build());
			assertThat(attributes(redactor, redacted)).isSameAs(redacted);
		});
	}

	@Test
	void shouldTakeLiteralsOutOfSql() {
		redact((redactor) -> assertThat(attributes(redactor,
				Attributes.builder()
					.put("db.system.name", "postgresql")
					.put("db.query.text", "select * from a where \"b\" = 'jane'")
					.put("jdbc.query[0]", "delete from a where b = 5")
					.put("jdbc.params[0]", "(jane)")
					.build()))
			.isEqualTo(Attributes.builder()
				.put("db.system.name", "postgresql")
				.put("db.query.text", "select * from a where \"b\" = ?")
				.put("jdbc.query[0]", "delete from a where b = ?")
				.put("jdbc.params[0]", MASK)
				.build()));
		redact((redactor) -> {
			Attributes redis = Attributes.builder().put("db.system", "redis").put("db.statement", "GET 'a' 1").build();
			assertThat(attributes(redactor, redis)).isSameAs(redis);
		});
	}

	@Test
	void shouldMaskMessagesOfExceptionsIfTold() {
		String trace = "java.lang.IllegalStateException: order of jane\nsecond line\n\tat a.B.c(B.java:1)\n"
				+ "\tat java.base/java.lang.Thread.sleep(Native Method)\n\tSuppressed: a.X\n\t\tat a.B.e(B.java:3)\n"
				+ "Caused by: java.sql.SQLException: jane\n\tat a.B.d(B.java:2)\n\t... 12 more\n";
		redact((redactor) -> {
			SpanData span = builder("a", Attributes.empty())
				.setStatus(StatusData.create(StatusCode.ERROR, "order of jane"))
				.setEvents(List.of(EventData.create(1, "exception",
						Attributes.builder()
							.put("exception.type", "java.lang.IllegalStateException")
							.put("exception.message", "order of jane")
							.put("exception.stacktrace", trace)
							.build())))
				.build();
			SpanData redacted = redactor.apply(span);
			assertThat(redacted.getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, MASK));
			assertThat(redacted.getEvents().get(0).getAttributes()).isEqualTo(Attributes.builder()
				.put("exception.type", "java.lang.IllegalStateException")
				.put("exception.message", MASK)
				.put("exception.stacktrace",
						"java.lang.IllegalStateException: [redacted]\n\tat a.B.c(B.java:1)\n"
								+ "\tat java.base/java.lang.Thread.sleep(Native Method)\n\tSuppressed: a.X\n"
								+ "\t\tat a.B.e(B.java:3)\nCaused by: java.sql.SQLException: [redacted]\n"
								+ "\tat a.B.d(B.java:2)\n\t... 12 more")
				.build());
			assertThat(redactor.apply(redacted)).isSameAs(redacted);
		}, "kosmos.tracing.redaction.exception-messages=mask");
	}

	@Test
	void shouldApplyTheRulesOfTheApplication() {
		redact((redactor) -> {
			Attributes redacted = attributes(redactor,
					Attributes.builder()
						.put("customer.number", "C-1234")
						.put("customer.age", 30)
						.put("note", "about C-1234 and C-5678")
						.put("internal.a", "x")
						.put("user.password", SECRET)
						.put("whole", "of X-1")
						.build());
			assertThat(redacted.get(AttributeKey.stringKey("customer.number"))).matches("\\[hash:[0-9a-f]{16}]");
			assertThat(redacted.get(AttributeKey.stringKey("customer.age"))).matches("\\[hash:[0-9a-f]{16}]");
			assertThat(redacted.get(AttributeKey.stringKey("note"))).isEqualTo("about [redacted] and [redacted]");
			assertThat(redacted.asMap().keySet()).extracting(AttributeKey::getKey)
				.containsExactlyInAnyOrder("customer.number", "customer.age", "note", "user.password");
			assertThat(redacted.get(AttributeKey.stringKey("user.password"))).isEqualTo(SECRET);
			assertThat(attributes(redactor, redacted)).isSameAs(redacted);
			assertThat(attributes(redactor, Attributes.of(AttributeKey.stringKey("customer.x"), "C-1234"))
				.get(AttributeKey.stringKey("customer.x")))
				.isEqualTo(redacted.get(AttributeKey.stringKey("customer.number")));
		}, "kosmos.tracing.redaction.allow=user.password", "kosmos.tracing.redaction.hash-key=0123456789abcdef",
				"kosmos.tracing.redaction.rules[0].name=customers", "kosmos.tracing.redaction.rules[0].keys=customer.*",
				"kosmos.tracing.redaction.rules[0].action=hash", "kosmos.tracing.redaction.rules[1].name=numbers",
				"kosmos.tracing.redaction.rules[1].values=C-\\d+", "kosmos.tracing.redaction.rules[2].name=internal",
				"kosmos.tracing.redaction.rules[2].keys=internal.*", "kosmos.tracing.redaction.rules[2].action=drop",
				"kosmos.tracing.redaction.rules[3].name=whole", "kosmos.tracing.redaction.rules[3].keys=whole",
				"kosmos.tracing.redaction.rules[3].values=X-1", "kosmos.tracing.redaction.rules[3].action=drop");
	}

	@Test
	void shouldSwitchRulesOff() {
		redact((redactor) -> {
			Attributes attributes = Attributes.builder().put("to", "jane@example.com").build();
			assertThat(attributes(redactor, attributes)).isSameAs(attributes);
		}, "kosmos.tracing.redaction.disabled-rules=email");
	}

	@Test
	void shouldCutOffWhatIsNotLookedAt() {
		redact((redactor) -> {
			String text = "word ".repeat(60) + "password=" + SECRET;
			String redacted = attributes(redactor, Attributes.of(AttributeKey.stringKey("a"), text))
				.get(AttributeKey.stringKey("a"));
			assertThat(redacted).startsWith("word word").endsWith(" [redacted]").hasSizeLessThanOrEqualTo(256);
			assertThat(attributes(redactor, Attributes.of(AttributeKey.stringKey("a"), "x".repeat(300) + SECRET))
				.get(AttributeKey.stringKey("a"))).isEqualTo(MASK);
		}, "kosmos.tracing.redaction.max-length=256");
	}

	@Test
	void shouldCutNothingInTwo() {
		redact((redactor) -> {
			AttributeKey<String> key = AttributeKey.stringKey("a");
			String card = "word ".repeat(46) + "4111 1111 1111 1111 and more";
			assertThat(attributes(redactor, Attributes.of(key, card)).get(key)).endsWith("word[redacted]");
			String json = "[" + "\"a\",".repeat(55) + "\"" + SECRET.repeat(5) + "\"]";
			assertThat(attributes(redactor, Attributes.of(key, json)).get(key)).endsWith("\"a\",\"[redacted]");
		}, "kosmos.tracing.redaction.max-length=256");
	}

	@Test
	void shouldTakeOutTheValueOfAnOption() {
		redact((redactor) -> {
			AttributeKey<List<String>> key = AttributeKey.stringArrayKey("process.command_args");
			Attributes redacted = attributes(redactor,
					Attributes.of(key, List.of("java", "--db-password", SECRET, "--port", "80")));
			assertThat(redacted.get(key)).containsExactly("java", "--db-password", MASK, "--port", "80");
			assertThat(attributes(redactor, redacted)).isSameAs(redacted);
		});
	}

	@Test
	void shouldTakeOutTheRestOfWhatARuleOfTheApplicationMasked() {
		redact((redactor) -> {
			AttributeKey<String> key = AttributeKey.stringKey("a");
			assertThat(attributes(redactor, Attributes.of(key, "the password=4711-" + SECRET)).get(key))
				.isEqualTo("the password=" + MASK);
		}, "kosmos.tracing.redaction.rules[0].name=four", "kosmos.tracing.redaction.rules[0].values=[0-9]{4}");
	}

	@Test
	void shouldTakeOutWhatCannotBeLookedAt() {
		this.runner.withUserConfiguration(FailureList.class).run((context) -> {
			Redactor redactor = context.getBean(Redactor.class);
			Attributes broken = Attributes.builder()
				.put("b", "x")
				.put((AttributeKey<Object>) (AttributeKey<?>) AttributeKey.longArrayKey("list"), List.of("no number"))
				.build();
			Attributes redacted = attributes(redactor, broken);
			assertThat(redacted).isEqualTo(Attributes.builder().put("b", "x").put("list", MASK).build());
			assertThat(context.getBean(FailureList.class).failures).singleElement()
				.extracting(Throwable::getMessage)
				.isEqualTo("java.lang.ClassCastException");
			assertThat(section(context.getBean(RedactionSection.class)).get("failures")).isEqualTo(1L);
		});
	}

	@Test
	void shouldCountByRule() {
		this.runner.run((context) -> {
			SimpleMeterRegistry registry = new SimpleMeterRegistry();
			context.getBean(MeterBinder.class).bindTo(registry);
			Redactor redactor = context.getBean(Redactor.class);
			attributes(redactor, Attributes.of(AttributeKey.stringKey("a"), "jane@example.com, joe@example.com"));
			FunctionCounter counter = registry.get("kosmos.tracing.redacted").tag("rule", "email").functionCounter();
			assertThat(counter.count()).isEqualTo(2);
			assertThat(section(context.getBean(RedactionSection.class)).get("redacted"))
				.asInstanceOf(InstanceOfAssertFactories.MAP)
				.containsEntry("email", 2L)
				.containsEntry("secret-key", 0L);
			assertThat(section(context.getBean(RedactionSection.class)).toString()).doesNotContain("jane");
		});
	}

	private static Map<String, ?> section(TracingSection section) {
		assertThat(section.name()).isEqualTo("redaction");
		return section.read();
	}

	private void redact(Consumer<Redactor> test, String... properties) {
		this.runner.withPropertyValues(properties).run((context) -> test.accept(context.getBean(Redactor.class)));
	}

	private static Attributes attributes(Redactor redactor, Attributes attributes) {
		return redactor.apply(span("a", attributes)).getAttributes();
	}

	private static SpanData span(String name, Attributes attributes) {
		return builder(name, attributes).build();
	}

	private static TestSpanData.Builder builder(String name, Attributes attributes) {
		return TestSpanData.builder()
			.setName(name)
			.setKind(SpanKind.INTERNAL)
			.setStatus(StatusData.unset())
			.setAttributes(attributes)
			.setStartEpochNanos(1)
			.setEndEpochNanos(2)
			.setHasEnded(true);
	}

	/**
	 * Is registered after the redaction, and has no order.
	 */
	@AutoConfiguration(after = RedactionAutoConfiguration.class)
	static class LateOperator {

		@Bean
		UnaryOperator<SpanData> late() {
			return (span) -> new DelegatingSpanData(span) {

				@Override
				public Attributes getAttributes() {
					return Attributes.of(AttributeKey.stringKey("late"), "with password=" + SECRET);
				}

			};
		}

	}

	/**
	 * Hides from the container that it can be closed.
	 */
	record Recorder(InMemorySpanExporter exporter) implements SpanExporter {

		@Override
		public CompletableResultCode export(Collection<SpanData> spans) {
			return this.exporter.export(spans);
		}

		@Override
		public CompletableResultCode flush() {
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode shutdown() {
			return CompletableResultCode.ofSuccess();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailureList {

		private final List<Throwable> failures = new ArrayList<>();

		@Bean
		TracingFailures failures() {
			return (site, failure) -> this.failures.add(failure);
		}

	}

}
