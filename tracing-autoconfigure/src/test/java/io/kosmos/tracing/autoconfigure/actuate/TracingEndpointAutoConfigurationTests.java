package io.kosmos.tracing.autoconfigure.actuate;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.management.MBeanServer;
import javax.management.ObjectName;

import io.kosmos.tracing.TracingOperation;
import io.kosmos.tracing.TracingSection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jmx.JmxEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.jmx.JmxAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TracingEndpointAutoConfigurationTests {

	private static final String MASK = "******";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TracingEndpointAutoConfiguration.class));

	private final ApplicationContextRunner exposed = this.runner
		.withPropertyValues("management.endpoints.web.exposure.include=kosmostracing");

	@Test
	void shouldNotBeExposedUnlessAskedTo() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(TracingEndpoint.class)
			.doesNotHaveBean(TracingEndpointWebExtension.class)
			.doesNotHaveBean(TracingEndpointProperties.class));
		this.exposed.run((context) -> assertThat(context).hasSingleBean(TracingEndpoint.class)
			.hasSingleBean(TracingEndpointWebExtension.class));
	}

	@Test
	void whenAccessIsNoneShouldNotBeThere() {
		this.exposed.withPropertyValues("management.endpoint.kosmostracing.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(TracingEndpoint.class));
	}

	@Test
	void withoutTheActuatorShouldLoadNothing() {
		this.exposed.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("kosmosTracingEndpoint")
				.doesNotHaveBean(TracingEndpointProperties.class));
	}

	@Test
	void shouldBackOffForAnotherEndpoint() {
		TracingEndpoint own = new TracingEndpoint(
				new EffectiveConfiguration(new StaticApplicationContext(), new Sanitizer()), Show.NEVER, List.of(),
				List.of());
		this.exposed.withBean("own", TracingEndpoint.class, () -> own)
			.run((context) -> assertThat(context.getBean(TracingEndpoint.class)).isSameAs(own));
	}

	@Test
	void shouldTellWhatIsSetAndWhereAndTheDefaultsOfTheRest() {
		this.exposed.withUserConfiguration(Features.class)
			.withPropertyValues("kosmos.tracing.example.delay=250ms", "kosmos.tracing.example.nested.sizes[0]=1",
					"kosmos.tracing.example.nested.sizes[1]=2", "kosmos.tracing.example.tags.team=${team:a-team}",
					"kosmos.tracing.off.enabled=false", "kosmos.tracing.off.name=nobody binds it",
					"kosmos.tracing.misspelt=secret", "kosmos.other.example=1")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addLast(new SystemEnvironmentPropertySource("test-systemEnvironment",
						Map.of("KOSMOS_TRACING_EXAMPLE_MAX_COUNT", "7", "KOSMOS_TRACING_EXAMPLE_DELAY", "9s"))))
			.run((context) -> assertThat(configuration(context)).containsExactlyEntriesOf(new TreeMap<>(Map.of(
					"kosmos.tracing.example.delay", set("250ms", "kosmos.tracing.example.delay"),
					"kosmos.tracing.example.enabled", byDefault(true), "kosmos.tracing.example.max-count",
					Map.of("value", "7", "origin",
							"\"KOSMOS_TRACING_EXAMPLE_MAX_COUNT\" from property source \"test-systemEnvironment\""),
					"kosmos.tracing.example.mode", byDefault("b3-multi"), "kosmos.tracing.example.nested.size",
					byDefault("64KB"), "kosmos.tracing.example.nested.sizes[0]",
					set("1", "kosmos.tracing.example.nested.sizes[0]"), "kosmos.tracing.example.nested.sizes[1]",
					set("2", "kosmos.tracing.example.nested.sizes[1]"), "kosmos.tracing.example.tags.team",
					set("a-team", "kosmos.tracing.example.tags.team"), "kosmos.tracing.example.timeout",
					byDefault("1m30s"), "kosmos.tracing.off.enabled", set("false", "kosmos.tracing.off.enabled")))));
	}

	@ParameterizedTest
	@CsvSource({ "kosmos.tracing.exporter.headers.authorization, Bearer s3cr3t, ******",
			"kosmos.tracing.exporter.headers[X-Api-Key], s3cr3t, ******",
			"kosmos.tracing.exporter.destinations.tempo.headers.x-scope, s3cr3t, ******",
			"kosmos.tracing.sampling.remote.headers.authorization, Bearer s3cr3t, ******",
			"kosmos.tracing.sampling.remote.headers[X-Api-Key], s3cr3t, ******",
			"kosmos.tracing.redaction.hash-key, s3cr3t-0123456789, ******",
			"kosmos.tracing.propagation.trust.headers, X-Gateway=s3cr3t, ******",
			"kosmos.tracing.propagation.trust.headers[0], X-Gateway=s3cr3t, ******",
			"kosmos.tracing.exporter.endpoint, http://me:s3cr3t@a/v1?key=s3cr3t, http://******@a/v1?******",
			"kosmos.tracing.exporter.endpoint, http://me:p@s3cr3t@a/v1, http://******@a/v1",
			"kosmos.tracing.exporter.endpoint, ${where}, http://******@b",
			"kosmos.tracing.exporter.destinations.tempo.endpoint, https://a:4317?s3cr3t, https://a:4317?******",
			"kosmos.tracing.request.headers.tenant, X-Tenant, X-Tenant",
			"kosmos.tracing.exporter.endpoint, http://a/v1, http://a/v1" })
	void shouldNeverTellASecret(String name, String value, String shown) {
		this.exposed.withUserConfiguration(Features.class)
			.withPropertyValues(name + "=" + value, "where=http://s3cr3t@b",
					"management.endpoint.kosmostracing.show-values=always")
			.run((context) -> {
				assertThat(configuration(context).get(name)).extracting("value").isEqualTo(shown);
				assertThat(context.getBean(TracingEndpoint.class).all().toString()).doesNotContain("s3cr3t");
			});
	}

	/**
	 * Boot maps the OTEL_* variables onto these properties.
	 */
	@Test
	void shouldTellWhatBootsPropertiesAreAndWhatTheyLeadTo() {
		Map<String, String> boot = Map.of("management.opentelemetry.resource-attributes.team", "a-team",
				"management.opentelemetry.tracing.export.max-batch-size", "100",
				"management.opentelemetry.tracing.export.otlp.timeout", "3s",
				"management.opentelemetry.tracing.export.schedule-delay", "2s",
				"management.opentelemetry.tracing.limits.max-attributes", "64", "management.tracing.propagation.type",
				"b3", "management.tracing.sampling.probability", "0.25");
		String otlp = "management.opentelemetry.tracing.export.otlp.";
		Map<String, Object> expected = new TreeMap<>(
				Map.of(otlp + "endpoint", set("http://******@localhost:1/spans?******", otlp + "endpoint"),
						otlp + "headers.x-api-key", set(MASK, otlp + "headers.x-api-key")));
		boot.forEach((name, value) -> expected.put(name, set(value, name)));
		this.exposed.withUserConfiguration(Application.class)
			.withPropertyValues(boot.entrySet().stream().map(Object::toString).toArray(String[]::new))
			.withPropertyValues(otlp + "endpoint=http://me:s3cr3t@localhost:1/spans?key=s3cr3t",
					otlp + "headers.x-api-key=s3cr3t", "management.otlp.metrics.export.enabled=false")
			.run((context) -> {
				Map<String, Object> set = new TreeMap<>(configuration(context));
				set.values().removeIf((setting) -> ((Map<?, ?>) setting).get("origin").equals("default"));
				assertThat(set).isEqualTo(expected);
				Map<String, ?> all = context.getBean(TracingEndpoint.class).all();
				assertThat(all.toString()).doesNotContain("s3cr3t");
				assertThat(all.get("delivery").toString()).contains("url=http://localhost:1/spans, protocol=http,",
						"headers=[x-api-key], compression=none, timeout=3s, connectTimeout=10s,",
						"maxSize=100, maxBytes=3145728, delay=2s");
			});
	}

	@Test
	void whenValuesAreNotShownShouldTellOriginsOnly() {
		this.exposed.withUserConfiguration(Features.class)
			.withPropertyValues("kosmos.tracing.example.delay=250ms",
					"management.endpoint.kosmostracing.show-values=never")
			.run((context) -> assertThat(configuration(context))
				.containsKeys("kosmos.tracing.example.delay", "kosmos.tracing.example.enabled")
				.allSatisfy((name, setting) -> assertThat(setting.get("value")).isEqualTo(MASK)));
	}

	@Test
	void shouldAskTheSanitizingFunctionsOfTheApplication() {
		this.exposed.withUserConfiguration(Features.class)
			.withPropertyValues("kosmos.tracing.example.delay=250ms", "kosmos.tracing.example.tags.team=a")
			.withBean(SanitizingFunction.class,
					() -> (data) -> (data.getKey().contains("tags") && data.getPropertySource() != null)
							? data.withSanitizedValue() : data)
			.run((context) -> {
				assertThat(configuration(context).get("kosmos.tracing.example.tags.team")).extracting("value")
					.isEqualTo(MASK);
				assertThat(configuration(context).get("kosmos.tracing.example.delay")).extracting("value")
					.isEqualTo("250ms");
			});
	}

	@Test
	void withTracingOffShouldTellWhereThatWasDone() {
		this.exposed.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(configuration(context))
				.isEqualTo(Map.of("kosmos.tracing.enabled", set("false", "kosmos.tracing.enabled"))));
	}

	@Test
	void shouldTellSectionsInOrderAndRunOperations() {
		this.exposed.withBean("b", TracingSection.class, Second::new)
			.withBean("a", TracingSection.class, First::new)
			.withBean("shadowed", TracingSection.class, () -> new Section("first", Map.of("other", 2)))
			.withBean("taken", TracingSection.class, () -> new Section("configuration", Map.of("other", 3)))
			.withBean(TracingOperation.class, Echo::new)
			.run((context) -> {
				TracingEndpoint endpoint = context.getBean(TracingEndpoint.class);
				assertThat(endpoint.all().keySet()).containsExactly("configuration", "first", "second");
				assertThat(endpoint.all().get("first")).isEqualTo(Map.of("number", 1));
				assertThat(endpoint.one("second")).isEqualTo(Map.of("number", 2));
				assertThat(endpoint.one("configuration")).isEqualTo(endpoint.all().get("configuration"));
				assertThat(endpoint.one("third")).isNull();
				assertThat(endpoint.run("echo", null)).isEqualTo(Map.of("value", "null"));
				assertThatExceptionOfType(InvalidEndpointRequestException.class)
					.isThrownBy(() -> endpoint.run("echo", "bad"))
					.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo("The value must not be bad."));
				assertThatExceptionOfType(InvalidEndpointRequestException.class)
					.isThrownBy(() -> endpoint.run("nothing", null))
					.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo("The operation must be one of [echo]."));
			});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void shouldWorkOverJmxWhereExposed(boolean exposed) {
		this.runner.withUserConfiguration(Features.class)
			.withBean(TracingOperation.class, Echo::new)
			.withConfiguration(AutoConfigurations.of(JmxAutoConfiguration.class, EndpointAutoConfiguration.class,
					JmxEndpointAutoConfiguration.class))
			.withPropertyValues("spring.jmx.enabled=true", "spring.jmx.default-domain=kosmostest" + exposed,
					"management.endpoints.jmx.exposure.include=" + ((exposed) ? "kosmostracing" : "health"),
					"kosmos.tracing.example.delay=250ms", "kosmos.tracing.exporter.headers.a=s3cr3t")
			.run((context) -> {
				MBeanServer server = ManagementFactory.getPlatformMBeanServer();
				ObjectName name = new ObjectName("kosmostest" + exposed + ":type=Endpoint,name=Kosmostracing");
				assertThat(server.isRegistered(name)).isEqualTo(exposed);
				if (exposed) {
					assertThat(server.invoke(name, "all", new Object[0], new String[0]).toString())
						.contains("kosmos.tracing.example.delay={value=250ms, origin=")
						.doesNotContain("s3cr3t");
					assertThat(server.invoke(name, "run", new Object[] { "echo", "a" },
							new String[] { String.class.getName(), String.class.getName() }))
						.isEqualTo(Map.of("value", "a"));
				}
			});
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Map<String, ?>> configuration(ApplicationContext context) {
		return (Map<String, Map<String, ?>>) context.getBean(TracingEndpoint.class).one("configuration");
	}

	private static Map<String, Object> set(Object value, String property) {
		return Map.of("value", value, "origin", "\"" + property + "\" from property source \"test\"");
	}

	private static Map<String, Object> byDefault(Object value) {
		return Map.of("value", value, "origin", "default");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties({ ExampleProperties.class, ExporterProperties.class, TrustProperties.class,
			RemoteProperties.class, HashProperties.class, HeaderProperties.class })
	static class Features {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@ConfigurationProperties("kosmos.tracing.example")
	record ExampleProperties(@DefaultValue("true") boolean enabled, @Nullable Duration delay, @Nullable String absent,
			@DefaultValue("90s") Duration timeout, @DefaultValue("10") int maxCount,
			@DefaultValue("B3_MULTI") Mode mode, @DefaultValue Nested nested, @DefaultValue Map<String, String> tags) {

		enum Mode {

			W3C, B3_MULTI

		}

		record Nested(@DefaultValue("3") List<Integer> sizes, @DefaultValue("64KB") DataSize size,
				@DefaultValue List<String> none) {

		}

	}

	@ConfigurationProperties("kosmos.tracing.exporter")
	record ExporterProperties(@Nullable String endpoint, @DefaultValue Map<String, String> headers,
			@DefaultValue Map<String, Destination> destinations) {

		record Destination(@Nullable String endpoint, @DefaultValue Map<String, String> headers) {

		}

	}

	@ConfigurationProperties("kosmos.tracing.propagation.trust")
	record TrustProperties(@DefaultValue List<String> headers) {

	}

	@ConfigurationProperties("kosmos.tracing.sampling.remote")
	record RemoteProperties(@DefaultValue Map<String, String> headers) {

	}

	@ConfigurationProperties("kosmos.tracing.redaction")
	record HashProperties(@Nullable String hashKey) {

	}

	@ConfigurationProperties("kosmos.tracing.request.headers")
	record HeaderProperties(@Nullable String tenant) {

	}

	private record Section(String name, Map<String, ?> content) implements TracingSection {

		@Override
		public Map<String, ?> read() {
			return this.content;
		}

	}

	@Order(1)
	static class First implements TracingSection {

		@Override
		public String name() {
			return "first";
		}

		@Override
		public Map<String, ?> read() {
			return Map.of("number", 1);
		}

	}

	@Order(2)
	static class Second implements TracingSection {

		@Override
		public String name() {
			return "second";
		}

		@Override
		public Map<String, ?> read() {
			return Map.of("number", 2);
		}

	}

	static class Echo implements TracingOperation {

		@Override
		public String name() {
			return "echo";
		}

		@Override
		public Map<String, ?> run(@Nullable String value) {
			if ("bad".equals(value)) {
				throw new IllegalArgumentException("The value must not be bad.");
			}
			return Map.of("value", String.valueOf(value));
		}

	}

}
