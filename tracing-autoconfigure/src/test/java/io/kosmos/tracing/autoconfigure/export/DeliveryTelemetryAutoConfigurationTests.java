package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.kosmos.tracing.TracingOperation;
import io.kosmos.tracing.TracingSection;
import io.kosmos.tracing.autoconfigure.export.DestinationSettings.Batch;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Compression;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Filter;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Spans;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyscreamer.jsonassert.JSONAssert;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DeliveryTelemetryAutoConfigurationTests {

	private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DeliveryTelemetryAutoConfiguration.class));

	@Test
	void shouldTellNothingWhereNothingIsDelivered() {
		this.runner.run((context) -> {
			assertThat(context).doesNotHaveBean(TracingSection.class);
			assertThat(context).doesNotHaveBean(TracingOperation.class);
			assertThat(context).doesNotHaveBean(HealthIndicator.class);
			assertThat(context).doesNotHaveBean(MeterBinder.class);
		});
	}

	@Test
	void shouldTellOfDelivery() {
		with(new ScriptedDelivery()).run((context) -> {
			assertThat(context).hasSingleBean(DeliverySection.class);
			assertThat(context).hasSingleBean(FlushOperation.class);
			assertThat(context).hasSingleBean(DeliveryMeters.class);
			assertThat(context).hasSingleBean(ExportTimer.class);
			assertThat(context.getBeanNamesForType(HealthIndicator.class))
				.containsExactly("kosmosTracingHealthIndicator");
		});
	}

	@Test
	void shouldBackOffForTheHealthIndicatorOfTheApplication() {
		HealthIndicator own = () -> Health.up().build();
		with(new ScriptedDelivery()).withBean("kosmosTracingHealthIndicator", HealthIndicator.class, () -> own)
			.run((context) -> assertThat(context.getBean(HealthIndicator.class)).isSameAs(own));
	}

	@Test
	void shouldBackOffForAnotherTimer() {
		ExportTimer own = (destination, outcome, duration) -> {
		};
		with(new ScriptedDelivery()).withBean(ExportTimer.class, () -> own)
			.run((context) -> assertThat(context.getBean(ExportTimer.class)).isSameAs(own));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "management.health.kosmostracing.enabled=false", "management.health.defaults.enabled=false" })
	void whenHealthIsOffShouldHaveNoIndicator(String property) {
		with(new ScriptedDelivery()).withPropertyValues(property)
			.run((context) -> assertThat(context).hasSingleBean(DeliverySection.class)
				.doesNotHaveBean(HealthIndicator.class));
	}

	@Test
	void withoutHealthShouldTellTheRest() {
		with(new ScriptedDelivery()).withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(DeliverySection.class)
				.hasSingleBean(DeliveryMeters.class)
				.doesNotHaveBean("kosmosTracingHealthIndicator")
				.doesNotHaveBean(HealthProperties.class));
	}

	@Test
	void withoutMicrometerShouldTellTheRest() {
		with(new ScriptedDelivery()).withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(DeliverySection.class)
				.hasSingleBean(HealthIndicator.class)
				.doesNotHaveBean(ExportTimer.class));
	}

	@Test
	void withoutTheActuatorShouldRun() {
		with(new ScriptedDelivery())
			.withClassLoader(
					new FilteredClassLoader("org.springframework.boot.health", "org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(DeliverySection.class));
	}

	@Test
	void healthShouldBeUpWhileAllCanBeDelivered() {
		with(new ScriptedDelivery().up("default").up("tempo"))
			.run((context) -> assertThat(health(context)).isEqualTo(Health.up()
				.withDetail("default", Map.of("state", "up", "pending", 30L))
				.withDetail("tempo", Map.of("state", "up", "pending", 30L))
				.build()));
	}

	@Test
	void healthShouldBeUnknownWhileOneDestinationIsDown() {
		with(new ScriptedDelivery().down("tempo", "connection refused").up("default"))
			.run((context) -> assertThat(health(context)).isEqualTo(Health.unknown()
				.withDetail("tempo",
						Map.of("state", "down", "since", "2026-11-21T10:00:00Z", "problem", "connection refused",
								"pending", 30L))
				.withDetail("default", Map.of("state", "up", "pending", 30L))
				.build()));
	}

	@Test
	void healthShouldBeDownOnlyWhenAskedTo() {
		with(new ScriptedDelivery().down("tempo", "connection refused"))
			.withPropertyValues("kosmos.tracing.health.down-when-unreachable=true")
			.run((context) -> assertThat(health(context).getStatus()).isEqualTo(Status.DOWN));
		with(new ScriptedDelivery().up("tempo")).withPropertyValues("kosmos.tracing.health.down-when-unreachable=true")
			.run((context) -> assertThat(health(context).getStatus()).isEqualTo(Status.UP));
	}

	@Test
	void sectionShouldTellEverything() {
		ScriptedDelivery delivery = new ScriptedDelivery().up("default")
			.down("tempo", "https://user:s3cr3t@tempo.example:4317/?token=s3cr3t refused the connection")
			.problem(NOON, "default", "503 from http://user:s3cr3t@localhost:4318/v1/traces?token=s3cr3t, 12 spans")
			.problem(NOON.plusSeconds(1), "tempo", "certificate expired");
		String spans = """
				{"ended": 1000, "recovered": 60, "delivered": 1023, "pending": 30,
				 "dropped": {"filtered": 0, "tail": 0, "queue_full": 4, "spool_full": 0, "too_old": 0, "damaged": 0,
				             "rejected": 3, "failed": 0, "shutdown": 0},
				 "retried": 12, "spooled": 70, "replayed": 50}""";
		String settings = """
				{"headers": ["x-api-key"], "compression": "none", "timeout": "10s", "connectTimeout": "10s",
				 "filters": false, "redacts": false,
				 "batch": {"queueSize": 262144, "queueBytes": 67108864, "maxSize": 8192, "maxBytes": 3145728,
				           "delay": "25ms"}}""";
		with(delivery).run((context) -> JSONAssert.assertEquals("""
				{"destinations": {
				   "default": {
				     "state": "up",
				     "url": "http://localhost:4318/v1/traces", "protocol": "http", "settings": %2$s,
				     "spans": %1$s,
				     "requestsUnderWay": 2,
				     "queue": {"spans": 10, "bytes": 5000}, "spool": {"spans": 20, "bytes": 16384}},
				   "tempo": {
				     "state": "down", "since": "2026-11-21T10:00:00Z",
				     "problem": "https://tempo.example:4317/ refused the connection",
				     "url": "https://tempo.example:4317/", "protocol": "http", "settings": %2$s,
				     "spans": %1$s,
				     "requestsUnderWay": 2,
				     "queue": {"spans": 10, "bytes": 5000}, "spool": {"spans": 20, "bytes": 16384}}},
				 "problems": [
				   {"at": "2026-11-21T12:00:01Z", "destination": "tempo", "text": "certificate expired"},
				   {"at": "2026-11-21T12:00:00Z", "destination": "default",
				    "text": "503 from http://localhost:4318/v1/traces 12 spans"}]}""".formatted(spans, settings),
				json(context.getBean(DeliverySection.class).read()), true));
	}

	@Test
	void sectionShouldTellTheSettingsInEffect() {
		Selection errors = Selection
			.of(new Filter(new Spans(List.of(), Map.of()), new Spans(List.of(), Map.of()), true), List.of());
		Selection redacting = Selection
			.of(new Filter(new Spans(List.of(), Map.of()), new Spans(List.of(), Map.of()), false), List.of("secret.*"));
		DestinationState state = new ScriptedDelivery().up("errors").destinations().get(0);
		DestinationSettings tls = new DestinationSettings("errors", "https://tempo:4317", Protocol.GRPC,
				Map.of("b", "s3cr3t", "a", "s3cr3t"), Compression.GZIP, Duration.ofMillis(1_500), Duration.ofHours(1),
				SslBundle.of(null), "tempo", new Batch(10, 65_536, 5, 65_536, Duration.ofSeconds(5)), errors);
		ScriptedDelivery delivery = new ScriptedDelivery().with(tls, state);
		with(delivery).withUserConfiguration(DestinationsTests.Properties.class)
			.withPropertyValues("kosmos.tracing.exporter.spool.directory=/var/lib/orders/./spans",
					"kosmos.tracing.exporter.spool.max-size=2MB", "kosmos.tracing.exporter.shutdown-timeout=1500ms")
			.run((context) -> JSONAssert.assertEquals("""
					{"destinations": {"errors": {"settings": {
					   "headers": ["a", "b"], "compression": "gzip", "timeout": "1s500ms", "connectTimeout": "1h",
					   "sslBundle": "tempo", "filters": true, "redacts": false,
					   "batch": {"queueSize": 10, "queueBytes": 65536, "maxSize": 5, "maxBytes": 65536,
					             "delay": "5s"}}}},
					 "spool": {"directory": "/var/lib/orders/spans", "maxSize": 2097152, "maxAge": "3d"},
					 "shutdownTimeout": "1s500ms"}""", json(context.getBean(DeliverySection.class).read()), false));
		with(new ScriptedDelivery()
			.with(ScriptedDelivery.settings("errors", "http://a", Protocol.HTTP, Map.of(), redacting), state))
			.run((context) -> JSONAssert.assertEquals("""
					{"destinations": {"errors": {"settings": {"headers": [], "filters": false, "redacts": true}}}}""",
					json(context.getBean(DeliverySection.class).read()), false));
	}

	@Test
	void sectionShouldTellTheTwentyLatestProblems() {
		ScriptedDelivery delivery = new ScriptedDelivery();
		for (int i = 0; i < 30; i++) {
			delivery.problem(NOON.plusSeconds(i), "default", "problem " + i);
		}
		with(delivery).run((context) -> assertThat(context.getBean(DeliverySection.class).read().get("problems"))
			.asInstanceOf(InstanceOfAssertFactories.list(Map.class))
			.hasSize(20)
			.extracting((problem) -> problem.get("text"))
			.startsWith("problem 29", "problem 28")
			.endsWith("problem 10"));
	}

	@Test
	void flushShouldTellWhatIsStillPending() {
		List<Duration> timeouts = new ArrayList<>();
		ScriptedDelivery delivery = new ScriptedDelivery().up("default").up("tempo").flush((timeout) -> {
			timeouts.add(timeout);
			return timeouts.size() == 1;
		});
		with(delivery).run((context) -> {
			TracingOperation flush = context.getBean(TracingOperation.class);
			assertThat(flush.name()).isEqualTo("flush");
			Map<String, Long> pending = Map.of("default", 30L, "tempo", 30L);
			assertThat(flush.run(null)).isEqualTo(Map.of("delivered", true, "pending", pending));
			assertThat(flush.run("500ms")).isEqualTo(Map.of("delivered", false, "pending", pending));
			assertThat(flush.run("PT1M")).isEqualTo(Map.of("delivered", false, "pending", pending));
		});
		assertThat(timeouts).containsExactly(Duration.ofSeconds(10), Duration.ofMillis(500), Duration.ofMinutes(1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "soon", "0s", "-1s", "61s", "PT61S", "99999999999999999999s",
			"9223372036854775807d", "5 s", "5s5s" })
	void flushShouldRefuseABadValue(String value) {
		ScriptedDelivery delivery = new ScriptedDelivery().flush((timeout) -> {
			throw new AssertionError("flushed");
		});
		with(delivery).run((context) -> assertThatIllegalArgumentException()
			.isThrownBy(() -> context.getBean(FlushOperation.class).run(value))
			.withMessage(
					"The value must be a duration longer than 0 and at most 60s, such as 5s, not '" + value + "'."));
	}

	@Test
	void prometheusShouldGetAllMeters() {
		with(new ScriptedDelivery().up("default").down("tempo", "refused"))
			.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class, PrometheusMetricsExportAutoConfiguration.class))
			.run((context) -> {
				ExportTimer timer = context.getBean(ExportTimer.class);
				timer.exported("default", Outcome.ACCEPTED, Duration.ofMillis(250));
				timer.exported("default", Outcome.ACCEPTED, Duration.ofMillis(750));
				timer.exported("default", Outcome.TOO_LARGE, Duration.ofMillis(125));
				String scraped = context.getBean(PrometheusMeterRegistry.class).scrape();
				assertThat(scraped.lines().filter((line) -> line.startsWith("kosmos_"))).containsExactlyInAnyOrder("""
						kosmos_tracing_destination_up{destination="default"} 1.0
						kosmos_tracing_destination_up{destination="tempo"} 0.0
						kosmos_tracing_export_duration_seconds_count{destination="default",outcome="accepted"} 2
						kosmos_tracing_export_duration_seconds_sum{destination="default",outcome="accepted"} 1.0
						kosmos_tracing_export_duration_seconds_count{destination="default",outcome="too_large"} 1
						kosmos_tracing_export_duration_seconds_sum{destination="default",outcome="too_large"} 0.125
						kosmos_tracing_export_duration_seconds_max{destination="default",outcome="accepted"} 0.75
						kosmos_tracing_export_duration_seconds_max{destination="default",outcome="too_large"} 0.125
						kosmos_tracing_queue_bytes{destination="default"} 5000.0
						kosmos_tracing_queue_bytes{destination="tempo"} 5000.0
						kosmos_tracing_queue_size{destination="default"} 10.0
						kosmos_tracing_queue_size{destination="tempo"} 10.0
						kosmos_tracing_spans_delivered_total{destination="default"} 1023.0
						kosmos_tracing_spans_delivered_total{destination="tempo"} 1023.0
						kosmos_tracing_spans_dropped_total{destination="default",reason="damaged"} 0.0
						kosmos_tracing_spans_dropped_total{destination="default",reason="failed"} 0.0
						kosmos_tracing_spans_dropped_total{destination="default",reason="filtered"} 0.0
						kosmos_tracing_spans_dropped_total{destination="default",reason="queue_full"} 4.0
						kosmos_tracing_spans_dropped_total{destination="default",reason="rejected"} 3.0
						kosmos_tracing_spans_dropped_total{destination="default",reason="shutdown"} 0.0
						kosmos_tracing_spans_dropped_total{destination="default",reason="spool_full"} 0.0
						kosmos_tracing_spans_dropped_total{destination="default",reason="tail"} 0.0
						kosmos_tracing_spans_dropped_total{destination="default",reason="too_old"} 0.0
						kosmos_tracing_spans_dropped_total{destination="tempo",reason="damaged"} 0.0
						kosmos_tracing_spans_dropped_total{destination="tempo",reason="failed"} 0.0
						kosmos_tracing_spans_dropped_total{destination="tempo",reason="filtered"} 0.0
						kosmos_tracing_spans_dropped_total{destination="tempo",reason="queue_full"} 4.0
						kosmos_tracing_spans_dropped_total{destination="tempo",reason="rejected"} 3.0
						kosmos_tracing_spans_dropped_total{destination="tempo",reason="shutdown"} 0.0
						kosmos_tracing_spans_dropped_total{destination="tempo",reason="spool_full"} 0.0
						kosmos_tracing_spans_dropped_total{destination="tempo",reason="tail"} 0.0
						kosmos_tracing_spans_dropped_total{destination="tempo",reason="too_old"} 0.0
						kosmos_tracing_spans_ended_total{destination="default"} 1000.0
						kosmos_tracing_spans_ended_total{destination="tempo"} 1000.0
						kosmos_tracing_spans_pending{destination="default"} 30.0
						kosmos_tracing_spans_pending{destination="tempo"} 30.0
						kosmos_tracing_spans_recovered_total{destination="default"} 60.0
						kosmos_tracing_spans_recovered_total{destination="tempo"} 60.0
						kosmos_tracing_spans_replayed_total{destination="default"} 50.0
						kosmos_tracing_spans_replayed_total{destination="tempo"} 50.0
						kosmos_tracing_spans_retried_total{destination="default"} 12.0
						kosmos_tracing_spans_retried_total{destination="tempo"} 12.0
						kosmos_tracing_spans_spooled_total{destination="default"} 70.0
						kosmos_tracing_spans_spooled_total{destination="tempo"} 70.0
						kosmos_tracing_spool_bytes{destination="default"} 16384.0
						kosmos_tracing_spool_bytes{destination="tempo"} 16384.0
						kosmos_tracing_spool_size{destination="default"} 20.0
						kosmos_tracing_spool_size{destination="tempo"} 20.0
						""".lines().toArray(String[]::new));
			});
	}

	@Test
	void withoutARegistryTheTimerShouldDoNothing() {
		with(new ScriptedDelivery()).run((context) -> {
			assertThat(context).doesNotHaveBean(MeterRegistry.class);
			context.getBean(ExportTimer.class).exported("default", Outcome.ACCEPTED, Duration.ofMillis(1));
		});
	}

	private ApplicationContextRunner with(ScriptedDelivery delivery) {
		return this.runner.withBean(ScriptedDelivery.class, () -> delivery);
	}

	private static Health health(ApplicationContext context) {
		return context.getBean(HealthIndicator.class).health();
	}

	private static String json(Object value) {
		return JsonMapper.shared().writeValueAsString(value);
	}

}
