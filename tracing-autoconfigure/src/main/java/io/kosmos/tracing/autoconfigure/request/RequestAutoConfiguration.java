package io.kosmos.tracing.autoconfigure.request;

import io.grpc.ServerInterceptor;
import io.kosmos.tracing.RequestContext;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.tracing.otel.bridge.EventListener;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.trace.SpanProcessor;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.slf4j.MDC;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the {@link RequestContext}, which
 * is there even when tracing is off, so that code which injects it keeps running, and of
 * what fills it and writes it down.
 */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
@ConditionalOnClass(Context.class)
public final class RequestAutoConfiguration {

	@Bean
	RefusedIds kosmosRefusedIds() {
		return new RefusedIds();
	}

	@Bean
	@ConditionalOnMissingBean
	RequestContext kosmosRequestContext(RefusedIds refused) {
		return new DefaultRequestContext(refused);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class MeterConfiguration {

		@Bean
		MeterBinder kosmosRefusedIdsMeter(RefusedIds refused) {
			return (registry) -> FunctionCounter.builder("kosmos.tracing.request.refused", refused, RefusedIds::count)
				.description("Ids of requests that were not allowed and not let in")
				.register(registry);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
	@EnableConfigurationProperties(RequestProperties.class)
	static class EnabledConfiguration {

		@Bean
		RequestEdge kosmosRequestEdge(RequestProperties properties, RefusedIds refused,
				ObjectProvider<ContextPropagators> propagators) {
			return new RequestEdge(properties.headers(), () -> {
				ContextPropagators available = propagators.getIfUnique();
				return (available != null) ? available.getTextMapPropagator() : TextMapPropagator.noop();
			}, refused);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SpanProcessor.class)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
	static class SpanProcessorConfiguration {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		RequestIdsSpanProcessor kosmosRequestIdsSpanProcessor(RequestProperties properties,
				@Value("${kosmos.tracing.conventions:both}") String conventions) {
			return new RequestIdsSpanProcessor(!conventions.equalsIgnoreCase("kosmos"), properties.writeUserId());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ EventListener.class, MDC.class })
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.request.mdc", matchIfMissing = true)
	static class MdcConfiguration {

		@Bean
		MdcListener kosmosMdcListener() {
			return new MdcListener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ServerInterceptor.class)
	static class GrpcConfiguration {

		// Before the interceptor that starts the server span.
		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		@GlobalServerInterceptor
		@ConditionalOnMissingBean(name = "kosmosGrpcRequestIdsInterceptor")
		ServerInterceptor kosmosGrpcRequestIdsInterceptor(ObjectProvider<RequestEdge> edge) {
			return new RequestIdsServerInterceptor(edge.getIfAvailable());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class })
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
	static class ServletConfiguration {

		@Bean
		FilterRegistrationBean<RequestIdsFilter> kosmosRequestIdsFilter(RequestEdge edge) {
			FilterRegistrationBean<RequestIdsFilter> registration = new FilterRegistrationBean<>(
					new RequestIdsFilter(edge));
			// The filter that starts the server span comes right after.
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR);
			return registration;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	@ConditionalOnClass({ HttpHandlerDecoratorFactory.class, Mono.class, ContextSnapshotFactory.class })
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
	static class ReactiveConfiguration {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		RequestIdsHandlerDecorator kosmosRequestIdsHandlerDecorator(RequestEdge edge) {
			return new RequestIdsHandlerDecorator(edge);
		}

	}

}
