package io.kosmos.tracing.autoconfigure.http;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

import io.kosmos.tracing.TracingFailures;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.http.client.observation.ClientRequestObservationConvention;
import org.springframework.http.client.observation.DefaultClientRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of what Spring's HTTP spans lack: a
 * status of their own, the JDK's client, and a word on clients that have none.
 */
@AutoConfiguration
@ConditionalOnClass({ OtelTracer.class, ObservationRegistry.class, ClientHttpResponse.class,
		ObservationProperties.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.http.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ HttpProperties.class, ObservationProperties.class })
public final class HttpAutoConfiguration {

	private static final int CLIENT_ERROR = 400;

	private static final int SERVER_ERROR = 500;

	@Bean
	HttpErrorHandler<ClientRequestObservationContext> kosmosHttpClientErrors() {
		return new HttpErrorHandler<>(ClientRequestObservationContext.class, CLIENT_ERROR,
				(context) -> status(context.getResponse()));
	}

	private static @Nullable Integer status(@Nullable ClientHttpResponse response) {
		try {
			return (response != null) ? response.getStatusCode().value() : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.http.report-untraced", matchIfMissing = true)
	UntracedClients kosmosUntracedClients(ConfigurableListableBeanFactory beanFactory, HttpProperties properties) {
		return new UntracedClients(beanFactory, properties.jdkClient());
	}

	private static @Nullable Integer status(
			org.springframework.http.server.reactive.observation.ServerRequestObservationContext context) {
		return (context.getResponse() != null && context.getResponse().getStatusCode() != null)
				? (Integer) context.getResponse().getStatusCode().value() : null;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebClient.class)
	static class WebClientConfiguration {

		@Bean
		HttpErrorHandler<org.springframework.web.reactive.function.client.ClientRequestObservationContext> kosmosWebClientErrors() {
			return new HttpErrorHandler<>(
					org.springframework.web.reactive.function.client.ClientRequestObservationContext.class,
					CLIENT_ERROR,
					(context) -> (context.getResponse() != null) ? context.getResponse().statusCode().value() : null);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HttpServletRequest.class)
	static class ServletServerConfiguration {

		@Bean
		HttpErrorHandler<ServerRequestObservationContext> kosmosServletErrors() {
			return new HttpErrorHandler<>(ServerRequestObservationContext.class, SERVER_ERROR,
					(context) -> (context.getResponse() != null) ? context.getResponse().getStatus() : null);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ServerHttpRequest.class, org.reactivestreams.Publisher.class })
	static class ReactiveServerConfiguration {

		@Bean
		HttpErrorHandler<org.springframework.http.server.reactive.observation.ServerRequestObservationContext> kosmosReactiveServerErrors() {
			return new HttpErrorHandler<>(
					org.springframework.http.server.reactive.observation.ServerRequestObservationContext.class,
					SERVER_ERROR, HttpAutoConfiguration::status);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.http.jdk-client", matchIfMissing = true)
	static class JdkClientConfiguration {

		private static final Pattern TRACE_HEADER = Pattern.compile("traceparent|b3|x-b3-traceid|uber-trace-id",
				Pattern.CASE_INSENSITIVE);

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static HttpClientBeanPostProcessor kosmosJdkClientTracing(ObjectProvider<ObservationRegistry> registry,
				ObjectProvider<ClientRequestObservationConvention> convention,
				ObjectProvider<ObservationProperties> properties, ObjectProvider<ContextPropagators> propagators,
				ObjectProvider<TracingFailures> failures) {
			return new HttpClientBeanPostProcessor(
					new JdkClientObservations(() -> registry.getIfUnique(() -> ObservationRegistry.NOOP),
							() -> convention.getIfAvailable(() -> new DefaultClientRequestObservationConvention(
									properties.getObject().getHttp().getClient().getRequests().getName())),
							() -> propagators.stream()
								.findFirst()
								.map((found) -> traceHeaders(found.getTextMapPropagator()))
								.orElse(List.of()),
							failures::getObject));
		}

		// Baggage alone, which an application may set itself, is no trace.
		private static List<String> traceHeaders(TextMapPropagator propagator) {
			return propagator.fields().stream().filter(TRACE_HEADER.asMatchPredicate()).toList();
		}

	}

}
