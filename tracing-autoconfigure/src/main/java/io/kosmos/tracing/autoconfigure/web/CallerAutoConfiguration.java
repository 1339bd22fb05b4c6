package io.kosmos.tracing.autoconfigure.web;

import java.util.List;

import io.micrometer.tracing.otel.bridge.OtelSpan;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.apache.catalina.valves.ValveBase;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.ErrorResponse;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of what callers learn of the trace
 * of their request, and of the trace in what is logged and done about its errors.
 */
// Before the filter of the request ids, which has the same order, so that it is outside
// of it.
@AutoConfiguration(beforeName = { "io.kosmos.tracing.autoconfigure.request.RequestAutoConfiguration",
		"org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration",
		"org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration" })
@ConditionalOnWebApplication
@ConditionalOnClass({ OtelSpan.class, ServerRequestObservationContext.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties(WebProperties.class)
public final class CallerAutoConfiguration {

	@Bean
	CallerTrace kosmosCallerTrace(WebProperties properties) {
		return new CallerTrace(properties.traceResponse().paths());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class })
	static class ServletConfiguration {

		@Bean
		FilterRegistrationBean<ErrorTraceFilter> kosmosErrorTraceFilter() {
			FilterRegistrationBean<ErrorTraceFilter> registration = new FilterRegistrationBean<>(
					new ErrorTraceFilter());
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR);
			return registration;
		}

		@Bean
		FilterRegistrationBean<ServerSpanFilter> kosmosServerSpanFilter(CallerTrace trace) {
			FilterRegistrationBean<ServerSpanFilter> registration = new FilterRegistrationBean<>(
					new ServerSpanFilter(trace));
			// Boot's filter that starts the server span is the one before.
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
			registration.setDispatcherTypes(DispatcherType.REQUEST);
			return registration;
		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass({ ValveBase.class, ConfigurableTomcatWebServerFactory.class })
		static class TomcatConfiguration {

			@Bean
			WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> kosmosErrorTraceValve() {
				return (factory) -> factory.addEngineValves(new ErrorTraceValve());
			}

		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(WebMvcConfigurer.class)
		@ConditionalOnBooleanProperty(name = "kosmos.tracing.web.trace-id-in-errors", matchIfMissing = true)
		static class ProblemDetailConfiguration {

			@Bean
			@Order(Ordered.LOWEST_PRECEDENCE)
			WebMvcConfigurer kosmosProblemDetails() {
				return new WebMvcConfigurer() {

					@Override
					public void addErrorResponseInterceptors(List<ErrorResponse.Interceptor> interceptors) {
						interceptors.add(new TraceIdInterceptor());
					}

				};
			}

		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(ErrorAttributes.class)
		@ConditionalOnBooleanProperty(name = "kosmos.tracing.web.trace-id-in-errors", matchIfMissing = true)
		static class ErrorAttributesConfiguration {

			@Bean
			@ConditionalOnMissingBean(value = ErrorAttributes.class, search = SearchStrategy.CURRENT)
			ServletErrorAttributes kosmosErrorAttributes() {
				return new ServletErrorAttributes();
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	@ConditionalOnClass(WebFluxConfigurer.class)
	static class ReactiveConfiguration {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		TraceResponseWebFilter kosmosTraceResponseWebFilter(CallerTrace trace) {
			return new TraceResponseWebFilter(trace);
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		@ConditionalOnBooleanProperty(name = "kosmos.tracing.web.trace-id-in-errors", matchIfMissing = true)
		WebFluxConfigurer kosmosProblemDetails() {
			return new WebFluxConfigurer() {

				@Override
				public void addErrorResponseInterceptors(List<ErrorResponse.Interceptor> interceptors) {
					interceptors.add(new TraceIdInterceptor());
				}

			};
		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(org.springframework.boot.webflux.error.ErrorAttributes.class)
		@ConditionalOnBooleanProperty(name = "kosmos.tracing.web.trace-id-in-errors", matchIfMissing = true)
		static class ErrorAttributesConfiguration {

			@Bean
			@ConditionalOnMissingBean(value = org.springframework.boot.webflux.error.ErrorAttributes.class,
					search = SearchStrategy.CURRENT)
			ReactiveErrorAttributes kosmosErrorAttributes() {
				return new ReactiveErrorAttributes();
			}

		}

	}

}
