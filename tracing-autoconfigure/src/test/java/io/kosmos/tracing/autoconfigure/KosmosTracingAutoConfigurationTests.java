package io.kosmos.tracing.autoconfigure;

import java.util.Properties;

import io.kosmos.tracing.Spans;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.junit.jupiter.api.Test;

import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class KosmosTracingAutoConfigurationTests {

	private final ApplicationContextRunner runner = BootTracing.runner();

	@Test
	void shouldTakeTheServiceNameFromTheApplication() {
		this.runner.withPropertyValues("spring.application.name=orders").run((context) -> {
			assertThat(context).hasSingleBean(Resource.class).hasBean("kosmosTracingResource");
			assertThat(attribute(context.getBean(Resource.class), "service.name")).isEqualTo("orders");
			assertThat(attribute(context.getBean(Resource.class), "telemetry.sdk.language")).isEqualTo("java");
		});
	}

	@Test
	void shouldDescribeTheServiceAndItsEnvironmentByBothNames() {
		this.runner
			.withPropertyValues("kosmos.tracing.service.name=zeus", "kosmos.tracing.service.version=1.2",
					"kosmos.tracing.service.namespace=kosmos", "kosmos.tracing.service.environment=production")
			.run((context) -> {
				Resource resource = context.getBean(Resource.class);
				assertThat(attribute(resource, "service.name")).isEqualTo("zeus");
				assertThat(attribute(resource, "service.version")).isEqualTo("1.2");
				assertThat(attribute(resource, "service.namespace")).isEqualTo("kosmos");
				assertThat(attribute(resource, "deployment.environment.name")).isEqualTo("production");
				assertThat(attribute(resource, "deployment.environment")).isEqualTo("production");
			});
	}

	@Test
	void shouldTakeTheVersionFromTheBuild() {
		Properties build = new Properties();
		build.setProperty("version", "2.0");
		this.runner.withBean(BuildProperties.class, () -> new BuildProperties(build))
			.run((context) -> assertThat(attribute(context.getBean(Resource.class), "service.version"))
				.isEqualTo("2.0"));
		this.runner.withBean(BuildProperties.class, () -> new BuildProperties(build))
			.withPropertyValues("kosmos.tracing.service.version=3.0")
			.run((context) -> assertThat(attribute(context.getBean(Resource.class), "service.version"))
				.isEqualTo("3.0"));
	}

	@Test
	void shouldPreferServiceThenResourceAttributesThenBoot() {
		this.runner
			.withPropertyValues("kosmos.tracing.service.name=a", "kosmos.tracing.resource-attributes.service.name=b",
					"management.opentelemetry.resource-attributes.service.name=c", "spring.application.name=d",
					"kosmos.tracing.resource-attributes.team=e", "management.opentelemetry.resource-attributes.team=f",
					"management.opentelemetry.resource-attributes.zone=g")
			.run((context) -> {
				Resource resource = context.getBean(Resource.class);
				assertThat(attribute(resource, "service.name")).isEqualTo("a");
				assertThat(attribute(resource, "team")).isEqualTo("e");
				assertThat(attribute(resource, "zone")).isEqualTo("g");
			});
		this.runner
			.withPropertyValues("kosmos.tracing.resource-attributes.service.name=b",
					"management.opentelemetry.resource-attributes.service.name=c", "spring.application.name=d")
			.run((context) -> assertThat(attribute(context.getBean(Resource.class), "service.name")).isEqualTo("b"));
		this.runner
			.withPropertyValues("management.opentelemetry.resource-attributes.service.name=c",
					"spring.application.name=d")
			.run((context) -> assertThat(attribute(context.getBean(Resource.class), "service.name")).isEqualTo("c"));
	}

	@Test
	void shouldTakeNoEmptyName() {
		this.runner.withPropertyValues("kosmos.tracing.service.name=", "spring.application.name=orders")
			.run((context) -> assertThat(attribute(context.getBean(Resource.class), "service.name"))
				.isEqualTo("orders"));
	}

	@Test
	void shouldBackOffForTheResourceOfTheApplication() {
		Resource own = Resource.empty();
		this.runner.withBean("own", Resource.class, () -> own)
			.run((context) -> assertThat(context).getBean(Resource.class).isSameAs(own));
	}

	@Test
	void shouldBackOffWhenTracingIsDisabled() {
		this.runner.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(StartupReport.class)
				.doesNotHaveBean("kosmosTracingResource")
				.hasSingleBean(Spans.class));
	}

	@Test
	void shouldBackOffWithoutTheSdk() {
		this.runner
			.withClassLoader(
					new FilteredClassLoader(OpenTelemetrySdk.class, SdkTracerProvider.class, SpanExporter.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(KosmosTracingAutoConfiguration.class));
	}

	@Test
	void shouldStartWhenOpenTelemetryIsOff() {
		this.runner.withPropertyValues("management.opentelemetry.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(SdkTracerProvider.class);
			assertThat(context.getBean(StartupReport.class).describe())
				.isEqualTo("There are no traces, because OpenTelemetry is off (OTEL_SDK_DISABLED or"
						+ " management.opentelemetry.enabled)");
			context.getBean(Spans.class)
				.in("work", () -> assertThat(Span.current().getSpanContext().isValid()).isFalse());
			assertThat(context.getBean(Tracer.class).spanBuilder("own").startSpan().getSpanContext().isValid())
				.isFalse();
		});
	}

	@Test
	void shouldBackOffForTheOpenTelemetryOfTheApplicationWhenOpenTelemetryIsOff() {
		OpenTelemetry own = OpenTelemetry.noop();
		this.runner.withPropertyValues("management.opentelemetry.enabled=false")
			.withBean("own", OpenTelemetry.class, () -> own)
			.run((context) -> assertThat(context).getBean(OpenTelemetry.class).isSameAs(own));
	}

	@Test
	void shouldStillPropagateWhatCallersSendWhenOpenTelemetryIsOff() {
		this.runner.withPropertyValues("management.opentelemetry.enabled=false").run((context) -> {
			assertThat(context).hasSingleBean(OpenTelemetry.class);
			assertThat(context.getBean(OpenTelemetry.class).getPropagators().getTextMapPropagator().fields())
				.contains("traceparent");
		});
	}

	private static String attribute(Resource resource, String name) {
		return resource.getAttribute(AttributeKey.stringKey(name));
	}

}
