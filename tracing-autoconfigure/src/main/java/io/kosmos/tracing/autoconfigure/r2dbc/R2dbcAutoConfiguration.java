package io.kosmos.tracing.autoconfigure.r2dbc;

import io.kosmos.tracing.TracingFailures;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationPredicate;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.instrumentation.api.incubator.semconv.db.SqlQueryAnalyzer;
import io.r2dbc.proxy.ProxyConnectionFactory;
import io.r2dbc.proxy.observation.QueryContext;
import io.r2dbc.spi.ConnectionFactory;
import reactor.core.publisher.Mono;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * Makes each query that goes through a {@code ConnectionFactory} bean a client span below
 * the span of its subscriber, by r2dbc-proxy and in the stable semantic conventions for
 * databases. The SQL is recorded without its literals. A query outside any trace is not
 * traced.
 * <p>
 * The observations that Boot, or the application with r2dbc-proxy, makes of queries stay
 * for their metrics. Nothing is done when the OpenTelemetry Java agent is attached.
 */
@AutoConfiguration(after = OpenTelemetryTracingAutoConfiguration.class,
		before = MicrometerTracingAutoConfiguration.class)
@ConditionalOnClass({ OpenTelemetry.class, ConnectionFactory.class, ProxyConnectionFactory.class, Mono.class,
		Observation.class, OtelTracer.class, SqlQueryAnalyzer.class, ProxyFactory.class,
		MicrometerTracingAutoConfiguration.class })
@ConditionalOnMissingClass("io.opentelemetry.javaagent.OpenTelemetryAgent")
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties(R2dbcProperties.class)
public final class R2dbcAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.r2dbc.enabled", matchIfMissing = true)
	static class QueryConfiguration {

		@Bean
		static ConnectionFactoryBeanPostProcessor tracedConnectionFactoryBeanPostProcessor(
				ConfigurableListableBeanFactory beanFactory, ObjectProvider<OpenTelemetry> openTelemetry,
				ObjectProvider<TracingFailures> failures) {
			return new ConnectionFactoryBeanPostProcessor(beanFactory, openTelemetry, failures);
		}

		@Bean
		@ConditionalOnBean(Tracer.class)
		@Order(MicrometerTracingAutoConfiguration.SENDER_TRACING_OBSERVATION_HANDLER_ORDER - 1)
		TracingObservationHandler<Observation.Context> tracedQueryObservationHandler(Tracer tracer) {
			return new TracedQueryObservationHandler(tracer);
		}

	}

	/**
	 * Boot observes queries because the starter brings r2dbc-proxy, and would record them
	 * with their literals.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.r2dbc.enabled", havingValue = false)
	static class NoQueryConfiguration {

		@Bean
		ObservationPredicate noQueryObservations() {
			return (name, context) -> !(context instanceof QueryContext);
		}

	}

}
