package io.kosmos.tracing.autoconfigure.context;

import io.micrometer.context.ContextRegistry;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.otel.bridge.Slf4JEventListener;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of what keeps the current span
 * current: for Micrometer, across threads, and in the logs.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@ConditionalOnClass({ OtelTracer.class, ContextRegistry.class, OpenTelemetryTracingAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ ContextProperties.class, LogCorrelationProperties.class })
public final class ContextAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	OtelCurrentTraceContext kosmosCurrentTraceContext() {
		return new CurrentSpanTraceContext();
	}

	@Bean
	@ConditionalOnMissingBean(Slf4JEventListener.class)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.log-correlation.enabled", matchIfMissing = true)
	CurrentSpanMdcListener kosmosMdcOfCurrentSpan() {
		return new CurrentSpanMdcListener();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.log-correlation.enabled", havingValue = false)
	Slf4JEventListener kosmosNoLogCorrelation() {
		return new Slf4JEventListener() {

			@Override
			public void onEvent(Object event) {
				// Takes the place of Boot's listener, which fills the MDC.
			}

		};
	}

}
