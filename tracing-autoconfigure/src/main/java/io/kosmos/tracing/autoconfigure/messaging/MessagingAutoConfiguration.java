package io.kosmos.tracing.autoconfigure.messaging;

import java.util.function.Supplier;

import io.kosmos.tracing.MessageSpans;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracingFailures;
import io.opentelemetry.api.OpenTelemetry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of {@link MessageSpans}, which are
 * there even when tracing is off, so that code which injects them keeps running.
 */
@AutoConfiguration(afterName = "io.kosmos.tracing.autoconfigure.span.SpansAutoConfiguration")
@ConditionalOnClass(OpenTelemetry.class)
public final class MessagingAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	MessageSpans kosmosMessageSpans(Spans spans, TracingFailures failures, Environment environment,
			ObjectProvider<OpenTelemetry> openTelemetry) {
		boolean enabled = environment.getProperty("kosmos.tracing.enabled", Boolean.class, true);
		Supplier<OpenTelemetry> source = (enabled) ? () -> openTelemetry.getIfAvailable(OpenTelemetry::noop)
				: OpenTelemetry::noop;
		return new DefaultMessageSpans(spans, () -> source.get().getPropagators().getTextMapPropagator(), failures);
	}

}
