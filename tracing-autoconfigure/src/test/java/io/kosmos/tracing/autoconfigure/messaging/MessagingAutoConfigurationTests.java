package io.kosmos.tracing.autoconfigure.messaging;

import io.kosmos.tracing.MessageSpans;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.autoconfigure.span.SpansAutoConfiguration;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

class MessagingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SpansAutoConfiguration.class, MessagingAutoConfiguration.class));

	@Test
	void shouldSupplyMessageSpans() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(MessageSpans.class));
	}

	@Test
	void shouldSupplyMessageSpansWhenTracingIsOff() {
		this.runner.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(MessageSpans.class));
	}

	@Test
	void shouldLeaveThemToTheApplication() {
		MessageSpans own = new DefaultMessageSpans(mock(Spans.class), TextMapPropagator::noop, (site, failure) -> {
		});
		this.runner.withBean(MessageSpans.class, () -> own)
			.run((context) -> assertThat(context.getBean(MessageSpans.class)).isSameAs(own));
	}

	@Test
	void withoutOpenTelemetryShouldSupplyNothing() {
		this.runner.withClassLoader(new FilteredClassLoader(OpenTelemetry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(MessagingAutoConfiguration.class));
	}

}
