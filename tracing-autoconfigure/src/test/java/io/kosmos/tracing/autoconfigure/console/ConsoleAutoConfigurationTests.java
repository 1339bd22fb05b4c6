package io.kosmos.tracing.autoconfigure.console;

import java.util.function.UnaryOperator;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class ConsoleAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ConsoleAutoConfiguration.class,
				OpenTelemetryTracingAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class))
		.withPropertyValues("management.tracing.sampling.probability=1.0",
				"management.opentelemetry.resource-attributes.service.name=orchestrator");

	@Test
	void shouldPrintNothingByDefault(CapturedOutput output) {
		this.runner.run((context) -> {
			assertThat(context).doesNotHaveBean(LineSpanProcessor.class).doesNotHaveBean(TreeSpanProcessor.class);
			context.getBean(Tracer.class).spanBuilder("zeus.route").startSpan().end();
			assertThat(output).doesNotContain("zeus.route");
		});
	}

	@Test
	void shouldPrintLines(CapturedOutput output) {
		this.runner.withPropertyValues("kosmos.tracing.console.format=line").run((context) -> {
			context.getBean(Tracer.class).spanBuilder("zeus.route").startSpan().end();
			assertThat(output.getOut()).containsOnlyOnce(" service=orchestrator name=zeus.route kind=INTERNAL ");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "line", "tree" })
	void shouldPrintWhatOperatorsLetThrough(String format, CapturedOutput output) {
		this.runner.withPropertyValues("kosmos.tracing.console.format=" + format)
			.withUserConfiguration(Refusing.class)
			.run((context) -> {
				context.getBean(Tracer.class).spanBuilder("refused").startSpan().end();
				context.getBean(Tracer.class).spanBuilder("unlinked").startSpan().end();
				context.getBean(Tracer.class).spanBuilder("zeus.route").startSpan().end();
				assertThat(output.getOut()).contains("zeus.route")
					.contains("Could not print spans to the console")
					.doesNotContain("unlinked")
					.doesNotContain("refused\n")
					.doesNotContain("name=refused");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "tree", "TREE" })
	void shouldPrintTrees(String format, CapturedOutput output) {
		this.runner.withPropertyValues("kosmos.tracing.console.format=" + format).run((context) -> {
			context.getBean(Tracer.class).spanBuilder("zeus.route").startSpan().end();
			assertThat(output.getOut().lines().filter((line) -> line.startsWith("└─ "))).singleElement()
				.asString()
				.endsWith("  zeus.route");
			assertThat(output.getOut()).contains("  orchestrator  ");
		});
	}

	@Test
	void shouldStayBesideProcessorsOfTheApplication() {
		this.runner.withPropertyValues("kosmos.tracing.console.format=tree")
			.withBean("own", SpanProcessor.class, () -> SpanProcessor.composite())
			.run((context) -> assertThat(context).hasBean("own").hasSingleBean(TreeSpanProcessor.class));
	}

	@Test
	void shouldNameTheKeyAndWhatIsAllowedWhenTheFormatIsUnknown(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatExceptionOfType(ConfigurationPropertiesBindException.class)
			.isThrownBy(() -> application.run("--kosmos.tracing.console.format=table"));
		assertThat(output).contains("Property: kosmos.tracing.console.format", "Value: \"table\"", "LINE", "NONE",
				"TREE");
	}

	@Test
	void shouldBackOffWhenTracingIsDisabled() {
		this.runner.withPropertyValues("kosmos.tracing.console.format=tree", "kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(TreeSpanProcessor.class)
				.doesNotHaveBean(ConsoleProperties.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class Refusing {

		@Bean
		UnaryOperator<SpanData> refusing() {
			return (span) -> {
				if (span.getName().equals("refused")) {
					throw new IllegalStateException("Refused");
				}
				if (span.getName().equals("unlinked")) {
					throw new NoClassDefFoundError("Missing");
				}
				return span;
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(ConsoleAutoConfiguration.class)
	static class Application {

	}

}
