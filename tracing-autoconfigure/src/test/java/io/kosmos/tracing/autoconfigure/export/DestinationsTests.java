package io.kosmos.tracing.autoconfigure.export;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Compression;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingConnectionDetails;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.Transport;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

class DestinationsTests {

	private static final String BOOT = "management.opentelemetry.tracing.export.";

	private static final String OWN = "kosmos.tracing.exporter.";

	private static final String TEMPO = OWN + "destinations.tempo.";

	private static final DestinationSettings.Batch BATCH = new DestinationSettings.Batch(262_144, 67_108_864, 8192,
			3_145_728, Duration.ofMillis(25));

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
		.withUserConfiguration(Properties.class);

	@Test
	void shouldBeTheDefaultOneOnThisHost() {
		assertThat(destinations()).containsExactly(
				new DestinationSettings("default", "http://localhost:4318/v1/traces", Protocol.HTTP, Map.of(),
						Compression.NONE, Duration.ofSeconds(10), Duration.ofSeconds(10), null, null, BATCH, null));
	}

	@Test
	void shouldBeNoneWhenSwitchedOff() {
		assertThat(destinations(OWN + "enabled=false", TEMPO + "endpoint=http://tempo:4318")).isEmpty();
	}

	@Test
	void shouldDescribeTheDefaultOneByOwnPropertiesElseBoots() {
		String[] boot = { BOOT + "otlp.endpoint=http://boot:4318/v1/traces", BOOT + "otlp.headers.api-key=boot",
				BOOT + "otlp.headers.zone=a", BOOT + "otlp.compression=gzip", BOOT + "otlp.timeout=3s",
				BOOT + "otlp.connect-timeout=4s", BOOT + "max-queue-size=100", BOOT + "max-batch-size=50",
				BOOT + "schedule-delay=7s" };
		assertThat(destinations(boot)).containsExactly(new DestinationSettings("default", "http://boot:4318/v1/traces",
				Protocol.HTTP, Map.of("api-key", "boot", "zone", "a"), Compression.GZIP, Duration.ofSeconds(3),
				Duration.ofSeconds(4), null, null,
				new DestinationSettings.Batch(100, 67_108_864, 50, 3_145_728, Duration.ofSeconds(7)), null));
		assertThat(destinations(concat(boot, OWN + "endpoint=http://own:4317", OWN + "headers.API-Key=own",
				OWN + "compression=none", OWN + "timeout=30s", "kosmos.tracing.batch.queue-size=1000",
				"kosmos.tracing.batch.queue-bytes=1MB", "kosmos.tracing.batch.max-size=10",
				"kosmos.tracing.batch.max-bytes=64KB", "kosmos.tracing.batch.delay=1s")))
			.containsExactly(new DestinationSettings("default", "http://own:4317", Protocol.GRPC,
					Map.of("api-key", "own", "zone", "a"), Compression.NONE, Duration.ofSeconds(30),
					Duration.ofSeconds(4), null, null,
					new DestinationSettings.Batch(1000, 1_048_576, 10, 65_536, Duration.ofSeconds(1)), null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0s", "PT2562047788015215H30M7S" })
	void shouldWaitForAnHourWhereBootWaitsForEver(String timeout) {
		assertThat(destinations(BOOT + "otlp.timeout=" + timeout)).extracting(DestinationSettings::timeout)
			.containsExactly(Duration.ofHours(1));
	}

	@Test
	void shouldPreferTheServiceConnection() {
		this.runner.withPropertyValues(OWN + "endpoint=http://ignored:4318", OWN + "headers.api-key=own")
			.run((context) -> assertThat(from(context, (transport) -> "http://connection:4318/" + transport))
				.extracting(DestinationSettings::name, DestinationSettings::url, DestinationSettings::headers)
				.containsExactly(tuple("default", "http://connection:4318/HTTP", Map.of("api-key", "own"))));
	}

	@Test
	void shouldTakeTheUrlAndTheBundleOfTheServiceConnectionByProtocol() {
		withBundles("connection", "own").withPropertyValues(OWN + "protocol=grpc", OWN + "ssl.bundle=own")
			.run((context) -> {
				SslBundle bundle = context.getBean(SslBundles.class).getBundle("connection");
				DestinationSettings settings = from(context, new OtlpTracingConnectionDetails() {

					@Override
					public String getUrl(Transport transport) {
						return (transport == Transport.GRPC) ? "https://connection:4317/" : "https://wrong";
					}

					@Override
					public SslBundle getSslBundle() {
						return bundle;
					}

				}).get(0);
				assertThat(settings.url()).isEqualTo("https://connection:4317");
				assertThat(settings.protocol()).isEqualTo(Protocol.GRPC);
				assertThat(settings.sslBundle()).isSameAs(bundle);
				assertThat(settings.sslBundleName()).isNull();
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			kosmos.tracing.exporter.timeout=1s                             | tempo
			kosmos.tracing.exporter.endpoint=http://jaeger:4318            | default,tempo
			management.opentelemetry.tracing.export.otlp.endpoint=http://a | default,tempo
			kosmos.tracing.exporter.destinations.a.endpoint=http://a       | a,tempo
			kosmos.tracing.exporter.destinations.a.enabled=false           | tempo
			kosmos.tracing.exporter.destinations.tempo.enabled=false       | ''
			""")
	void shouldHaveTheDefaultOneBesideNamedOnesOnlyWithAnEndpoint(String property, String names) {
		assertThat(destinations(TEMPO + "endpoint=http://tempo:4318", property)).extracting(DestinationSettings::name)
			.isEqualTo(names.isEmpty() ? List.of() : List.of(names.split(",")));
	}

	@Test
	void shouldHaveTheDefaultOneBesideNamedOnesForAServiceConnection() {
		this.runner.withPropertyValues(TEMPO + "endpoint=http://tempo:4318")
			.run((context) -> assertThat(from(context, (transport) -> "http://connection:4318"))
				.extracting(DestinationSettings::name)
				.containsExactly("default", "tempo"));
	}

	@Test
	void shouldNotGiveWhatIsMeantForOneReceiverToAnother() {
		withBundles("jaeger").withPropertyValues(OWN + "endpoint=https://jaeger:4317", OWN + "protocol=grpc",
				OWN + "headers.api-key=s3cret", OWN + "ssl.bundle=jaeger", BOOT + "otlp.headers.authorization=s3cret",
				BOOT + "otlp.ssl.bundle=jaeger", OWN + "compression=gzip", OWN + "timeout=3s",
				"kosmos.tracing.batch.max-size=99", TEMPO + "endpoint=https://tempo:4318",
				OWN + "destinations.other.endpoint=https://other", OWN + "destinations.other.headers.api-key=theirs")
			.run((context) -> {
				List<DestinationSettings> all = from(context, null);
				DestinationSettings.Batch batch = new DestinationSettings.Batch(262_144, 67_108_864, 99, 3_145_728,
						Duration.ofMillis(25));
				assertThat(all.get(0).headers()).hasSize(2);
				assertThat(all.get(0).sslBundleName()).isEqualTo("jaeger");
				assertThat(all.get(1)).isEqualTo(new DestinationSettings("other", "https://other/v1/traces",
						Protocol.HTTP, Map.of("api-key", "theirs"), Compression.GZIP, Duration.ofSeconds(3),
						Duration.ofSeconds(10), null, null, batch, null));
				assertThat(all.get(2))
					.isEqualTo(new DestinationSettings("tempo", "https://tempo:4318/v1/traces", Protocol.HTTP, Map.of(),
							Compression.GZIP, Duration.ofSeconds(3), Duration.ofSeconds(10), null, null, batch, null));
			});
	}

	@Test
	void shouldTakeEverySettingOfANamedOne() {
		withBundles("tempo")
			.withPropertyValues(OWN + "compression=gzip", OWN + "timeout=3s", TEMPO + "endpoint=https://tempo:9000",
					TEMPO + "protocol=grpc", TEMPO + "headers.X-Scope-OrgID=1234", TEMPO + "compression=none",
					TEMPO + "timeout=5s", TEMPO + "ssl.bundle=tempo", TEMPO + "batch.queue-size=10",
					TEMPO + "batch.queue-bytes=2MB", TEMPO + "batch.delay=2s", TEMPO + "filter.errors-only=true")
			.run((context) -> {
				DestinationSettings tempo = from(context, null).get(0);
				assertThat(tempo.selection()).isInstanceOf(Selection.class);
				assertThat(tempo).usingRecursiveComparison()
					.ignoringFields("selection")
					.isEqualTo(new DestinationSettings("tempo", "https://tempo:9000", Protocol.GRPC,
							Map.of("X-Scope-OrgID", "1234"), Compression.NONE, Duration.ofSeconds(5),
							Duration.ofSeconds(10), context.getBean(SslBundles.class).getBundle("tempo"), "tempo",
							new DestinationSettings.Batch(10, 2_097_152, 10, 2_097_152, Duration.ofSeconds(2)), null));
			});
	}

	@Test
	void shouldAllowTheSameUrlTwice() {
		assertThat(destinations(TEMPO + "endpoint=http://tempo:4318",
				OWN + "destinations.again.endpoint=http://tempo:4318"))
			.extracting(DestinationSettings::url)
			.containsExactly("http://tempo:4318/v1/traces", "http://tempo:4318/v1/traces");
	}

	@Test
	void shouldBeBoundFromVariables() {
		assertThat(destinations(this.runner,
				Map.of("KOSMOS_TRACING_EXPORTER_DESTINATIONS_TEMPO_ENDPOINT", "http://tempo:4317",
						"KOSMOS_TRACING_EXPORTER_DESTINATIONS_TEMPO_BATCH_MAXSIZE", "7")))
			.extracting(DestinationSettings::name, DestinationSettings::url,
					(destination) -> destination.batch().maxSize())
			.containsExactly(tuple("tempo", "http://tempo:4317", 7));
	}

	@Test
	void shouldBeOneDestinationWhenVariablesAddToANameWithDashes() {
		assertThat(destinations(this.runner.withPropertyValues(OWN + "destinations.new-relic.endpoint=https://a"),
				Map.of("KOSMOS_TRACING_EXPORTER_DESTINATIONS_NEWRELIC_TIMEOUT", "7s")))
			.extracting(DestinationSettings::name, DestinationSettings::timeout)
			.containsExactly(tuple("new-relic", Duration.ofSeconds(7)));
	}

	@Test
	void shouldShrinkTheDefaultBatchToASmallQueue() {
		assertThat(destinations("kosmos.tracing.batch.queue-size=100", "kosmos.tracing.batch.queue-bytes=1MB",
				TEMPO + "endpoint=http://tempo", TEMPO + "batch.queue-size=10"))
			.extracting(DestinationSettings::batch)
			.containsExactly(new DestinationSettings.Batch(10, 1_048_576, 10, 1_048_576, Duration.ofMillis(25)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					kosmos.tracing.batch.max-size=262145 | kosmos.tracing.batch.max-size | 262145 | It must be at most kosmos.tracing.batch.queue-size, which is 262144.
					kosmos.tracing.batch.max-bytes=65MB | kosmos.tracing.batch.max-bytes | 68157440B | It must be at most kosmos.tracing.batch.queue-bytes, which is 67108864B.
					kosmos.tracing.exporter.destinations.tempo.batch.max-size=262145 | kosmos.tracing.exporter.destinations.tempo.batch.max-size | 262145 | It must be at most kosmos.tracing.exporter.destinations.tempo.batch.queue-size, which is 262144.
					kosmos.tracing.exporter.ssl.bundle=nowhere | kosmos.tracing.exporter.ssl.bundle | nowhere | It must be the name of an SSL bundle below spring.ssl.bundle. There are [jaeger].
					kosmos.tracing.exporter.destinations.tempo.ssl.bundle=nowhere | kosmos.tracing.exporter.destinations.tempo.ssl.bundle | nowhere | It must be the name of an SSL bundle below spring.ssl.bundle. There are [jaeger].
					management.opentelemetry.tracing.export.otlp.ssl.bundle=nowhere | management.opentelemetry.tracing.export.otlp.ssl.bundle | nowhere | It must be the name of an SSL bundle below spring.ssl.bundle. There are [jaeger].
					management.opentelemetry.tracing.export.otlp.headers.a=ä | management.opentelemetry.tracing.export.otlp.headers.a | ****** | It must be one line of printable ASCII characters.
					management.opentelemetry.tracing.export.otlp.timeout=-1s | management.opentelemetry.tracing.export.otlp.timeout | PT-1S | It must not be negative.
					management.opentelemetry.tracing.export.max-batch-size=0 | management.opentelemetry.tracing.export.max-batch-size | 0 | It must be at least 1.
					management.opentelemetry.tracing.export.max-queue-size=0 | management.opentelemetry.tracing.export.max-queue-size | 0 | It must be at least 1.
					management.opentelemetry.tracing.export.schedule-delay=-1s | management.opentelemetry.tracing.export.schedule-delay | PT-1S | It must not be negative.
					""")
	void shouldRefuseWhatIsNotAllowed(String property, String key, String value, String reason) {
		withBundles("jaeger").withPropertyValues(BOOT + "otlp.endpoint=http://jaeger", TEMPO + "endpoint=http://tempo")
			.withPropertyValues(property)
			.run((context) -> assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
				.isThrownBy(() -> from(context, null))
				.satisfies((ex) -> {
					assertThat(ex.getName()).isEqualTo(key);
					assertThat(ex.getValue()).hasToString(value);
					assertThat(ex.getReason()).isEqualTo(reason);
				}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "grpc" })
	void shouldRefuseAUrlOfAServiceConnectionThatIsNone(String protocol) {
		this.runner.withPropertyValues(OWN + "protocol=" + protocol)
			.run((context) -> assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
				.isThrownBy(() -> from(context, (transport) -> "https://user:s3cret@tempo:99999"))
				.satisfies((ex) -> {
					assertThat(ex.getName()).isEqualTo("OtlpTracingConnectionDetails.getUrl");
					assertThat(ex.getValue()).isEqualTo("https://******@tempo:99999");
				}));
	}

	@Test
	void shouldNotShowSecretsOfTheProperties() {
		this.runner
			.withPropertyValues(OWN + "endpoint=https://user:s3cret@jaeger/?key=s3cret", OWN + "headers.api-key=s3cret",
					TEMPO + "endpoint=https://user:s3cret@tempo/?key=s3cret", TEMPO + "headers.x-scope=s3cret")
			.run((context) -> assertThat(context.getBean(ExporterProperties.class).toString())
				.contains("endpoint=https://******@jaeger/?******", "headers=[api-key]",
						"tempo=Destination[enabled=true, endpoint=https://******@tempo/?******", "headers=[x-scope]")
				.doesNotContain("s3cret"));
	}

	@Test
	void shouldSayThatThereAreNoBundlesWithoutBootsSslBundles() {
		new ApplicationContextRunner().withUserConfiguration(Properties.class)
			.withPropertyValues(OWN + "ssl.bundle=jaeger")
			.run((context) -> assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
				.isThrownBy(() -> from(context, null))
				.withMessageContaining("There are []."));
	}

	@Test
	void shouldHaveASpoolOnlyWithADirectory() {
		this.runner.run((context) -> {
			ExporterProperties properties = context.getBean(ExporterProperties.class);
			assertThat(properties.spool().settings()).isNull();
			assertThat(properties.shutdownTimeout()).isEqualTo(Duration.ofSeconds(2));
		});
		this.runner.withPropertyValues(OWN + "spool.directory= ")
			.run((context) -> assertThat(context.getBean(ExporterProperties.class).spool().settings()).isNull());
		this.runner.withPropertyValues(OWN + "spool.directory=/var/spool/../spool/orders")
			.run((context) -> assertThat(context.getBean(ExporterProperties.class).spool().settings())
				.isEqualTo(new SpoolSettings(Path.of("/var/spool/orders"), 1L << 30, Duration.ofDays(3))));
		this.runner
			.withPropertyValues(OWN + "spool.directory=spool", OWN + "spool.max-size=2MB", OWN + "spool.max-age=1h")
			.run((context) -> assertThat(context.getBean(ExporterProperties.class).spool().settings()).isEqualTo(
					new SpoolSettings(Path.of("").toAbsolutePath().resolve("spool"), 1L << 21, Duration.ofHours(1))));
	}

	private ApplicationContextRunner withBundles(String... names) {
		ApplicationContextRunner runner = this.runner;
		for (String name : names) {
			runner = runner.withPropertyValues("spring.ssl.bundle.pem." + name + ".truststore.type=PEM");
		}
		return runner;
	}

	private List<DestinationSettings> destinations(String... properties) {
		return destinations(this.runner.withPropertyValues(properties), Map.of());
	}

	private static List<DestinationSettings> destinations(ApplicationContextRunner runner,
			Map<String, Object> variables) {
		List<DestinationSettings> all = new ArrayList<>();
		runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables)))
			.run((context) -> all.addAll(from(context, null)));
		return all;
	}

	private static List<DestinationSettings> from(AssertableApplicationContext context,
			@Nullable OtlpTracingConnectionDetails connection) {
		return Destinations.from(context.getEnvironment(), context.getBean(ExporterProperties.class),
				context.getBean(BatchProperties.class), context.getBean(OtlpTracingProperties.class), connection,
				context.getBeanProvider(SslBundles.class));
	}

	private static String[] concat(String[] some, String... more) {
		return Stream.of(some, more).flatMap(Arrays::stream).toArray(String[]::new);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties({ ExporterProperties.class, BatchProperties.class, OtlpTracingProperties.class })
	static class Properties {

	}

}
