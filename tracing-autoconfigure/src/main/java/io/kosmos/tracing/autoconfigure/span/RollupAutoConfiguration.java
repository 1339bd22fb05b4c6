package io.kosmos.tracing.autoconfigure.span;

import io.opentelemetry.api.OpenTelemetry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of sums that cross HTTP: a response
 * tells what models and tools did for the request, and the agents and workflows of the
 * caller add it to their own.
 */
@AutoConfiguration(after = SpansAutoConfiguration.class)
@ConditionalOnClass(OpenTelemetry.class)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RollupProperties.class)
public final class RollupAutoConfiguration {

	// Within the span of the request, which Boot's filter opens at the highest precedence
	// plus one.
	private static final int AFTER_OBSERVATION = Ordered.HIGHEST_PRECEDENCE + 10;

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty("kosmos.tracing.rollup.respond")
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass({ Filter.class, ResponseBodyAdvice.class })
	static class ServletConfiguration {

		@Bean
		FilterRegistrationBean<ServletUsageFilter> kosmosUsageFilter() {
			FilterRegistrationBean<ServletUsageFilter> registration = new FilterRegistrationBean<>(
					new ServletUsageFilter());
			registration.setOrder(AFTER_OBSERVATION);
			registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
			return registration;
		}

		@Bean
		ServletUsageAdvice kosmosUsageAdvice() {
			return new ServletUsageAdvice();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty("kosmos.tracing.rollup.respond")
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	static class ReactiveConfiguration {

		@Bean
		ReactiveUsageFilter kosmosUsageFilter() {
			return new ReactiveUsageFilter(AFTER_OBSERVATION);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RestTemplate.class, RestClientCustomizer.class })
	static class RestClientConfiguration {

		@Bean
		RestClientCustomizer kosmosUsageRestClientCustomizer(RollupProperties properties, Failures failures) {
			UsageInterceptor interceptor = new UsageInterceptor(properties, failures);
			return (builder) -> {
				if (!properties.hosts().isEmpty()) {
					builder.requestInterceptor(interceptor);
				}
			};
		}

		@Bean
		RestTemplateCustomizer kosmosUsageRestTemplateCustomizer(RollupProperties properties, Failures failures) {
			UsageInterceptor interceptor = new UsageInterceptor(properties, failures);
			return (template) -> {
				if (!properties.hosts().isEmpty()) {
					template.getInterceptors().add(interceptor);
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ WebClient.class, WebClientCustomizer.class })
	static class WebClientConfiguration {

		@Bean
		WebClientCustomizer kosmosUsageWebClientCustomizer(RollupProperties properties, Failures failures) {
			UsageExchangeFilter filter = new UsageExchangeFilter(properties, failures);
			return (builder) -> {
				if (!properties.hosts().isEmpty()) {
					builder.filter(filter);
				}
			};
		}

	}

}
