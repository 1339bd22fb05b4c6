package usecases;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.grpc.Channel;
import io.kosmos.tracing.Spans;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.awaitility.Awaitility;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with a gRPC server on a free port of its own, channels to it, and spans
 * that end in memory.
 */
final class GrpcApplication {

	private static final List<String> CONFIGURATIONS = List.of("io.kosmos.", "org.springframework.boot.grpc.",
			"org.springframework.boot.autoconfigure.ssl.", "org.springframework.boot.micrometer.",
			"org.springframework.boot.opentelemetry.");

	private final List<Class<?>> configurations = new ArrayList<>(List.of(Beans.class));

	private final List<String> properties = new ArrayList<>(List.of("spring.application.name=echo",
			"spring.main.banner-mode=off", "kosmos.tracing.exporter.enabled=false", "spring.grpc.server.port=0",
			"spring.grpc.server.address=127.0.0.1", "spring.autoconfigure.exclude=" + String.join(",", others())));

	private static List<String> others() {
		return ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((name) -> CONFIGURATIONS.stream().noneMatch(name::startsWith))
			.toList();
	}

	GrpcApplication with(String... properties) {
		this.properties.addAll(List.of(properties));
		return this;
	}

	GrpcApplication with(Class<?> configuration) {
		this.configurations.add(configuration);
		return this;
	}

	void run(Test test) throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(
				this.configurations.toArray(Class[]::new))
			.web(WebApplicationType.NONE)
			.properties(this.properties.toArray(String[]::new))
			.run()) {
			test.run(new Running(context));
		}
	}

	/**
	 * What is tried.
	 */
	interface Test {

		void run(Running application) throws Exception;

	}

	/**
	 * The application while it runs.
	 */
	record Running(ApplicationContext context) {

		<T> T bean(Class<T> type) {
			return this.context.getBean(type);
		}

		EchoService service() {
			return bean(EchoService.class);
		}

		Spans spans() {
			return bean(Spans.class);
		}

		int port() {
			return bean(Port.class).number;
		}

		Channel channel() {
			return bean(GrpcChannelFactory.class).createChannel("static://127.0.0.1:" + port());
		}

		List<SpanData> ended() {
			return bean(Recorder.class).exporter().getFinishedSpanItems();
		}

		List<SpanData> await(int count) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(ended()).hasSizeGreaterThanOrEqualTo(count));
			assertThat(ended()).hasSize(count);
			return ended();
		}

		SpanData await(SpanKind kind) {
			Awaitility.await()
				.atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(ended()).extracting(SpanData::getKind).contains(kind));
			return ended().stream().filter((span) -> span.getKind() == kind).findFirst().orElseThrow();
		}

	}

	/**
	 * Holds the exporter, which as a bean would get every span from Boot once more.
	 */
	record Recorder(InMemorySpanExporter exporter) {

	}

	static final class Port implements ApplicationListener<GrpcServerStartedEvent> {

		private volatile int number;

		@Override
		public void onApplicationEvent(GrpcServerStartedEvent event) {
			this.number = event.getPort();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Beans {

		@Bean
		Recorder recorder() {
			return new Recorder(InMemorySpanExporter.create());
		}

		@Bean
		SpanProcessor recordingSpanProcessor(Recorder recorder) {
			return SimpleSpanProcessor.create(recorder.exporter());
		}

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		EchoService echoService() {
			return new EchoService();
		}

		@Bean
		Port port() {
			return new Port();
		}

	}

}
