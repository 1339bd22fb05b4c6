package io.kosmos.tracing.autoconfigure.event;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.SpanEvent;
import io.kosmos.tracing.SpanEvents;
import io.kosmos.tracing.Spans;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of {@link SpanEvents}, which are
 * there even when tracing is off, so that code which injects them keeps running.
 */
@AutoConfiguration
@ConditionalOnClass(OpenTelemetry.class)
public final class EventAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
	@EnableConfigurationProperties(EventsProperties.class)
	static class EnabledConfiguration {

		// All that shuts the SDK down is made before this bean, so that it is destroyed
		// after it and what then is ended is still exported.
		@Bean
		@ConditionalOnMissingBean(SpanEvents.class)
		DefaultSpanEvents kosmosSpanEvents(Spans spans, AgentSpans agents, EventsProperties properties,
				ObjectProvider<OpenTelemetry> openTelemetry, ObjectProvider<SdkTracerProvider> tracerProvider) {
			openTelemetry.getIfAvailable();
			return new DefaultSpanEvents(spans, agents, properties, export(tracerProvider.getIfUnique()),
					System::nanoTime);
		}

		private static LongPredicate export(@Nullable SdkTracerProvider tracerProvider) {
			if (tracerProvider == null) {
				return (nanos) -> true;
			}
			return (nanos) -> tracerProvider.forceFlush().join(nanos, TimeUnit.NANOSECONDS).isSuccess();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", havingValue = false)
	static class DisabledConfiguration {

		@Bean
		@ConditionalOnMissingBean
		SpanEvents kosmosDisabledSpanEvents() {
			return new SpanEvents() {

				@Override
				public void pre(SpanEvent event) {
				}

				@Override
				public void post(SpanEvent event) {
				}

				@Override
				public boolean flush(Duration timeout) {
					return true;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
	static class MeterConfiguration {

		@Bean
		EventMeters kosmosEventMeters(ObjectProvider<DefaultSpanEvents> events) {
			return new EventMeters(events);
		}

	}

}
