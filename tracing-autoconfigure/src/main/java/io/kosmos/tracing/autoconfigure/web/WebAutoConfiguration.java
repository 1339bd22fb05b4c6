package io.kosmos.tracing.autoconfigure.web;

import java.util.function.UnaryOperator;

import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Keeps requests to the actuator and for static resources out of the traces, with
 * everything done inside them; calls that they make carry a context that is not sampled.
 * Metrics of those requests stay as they are. Spans of other requests begin with what
 * samplers decide by.
 * <p>
 * An application's own {@link PropagatingReceiverTracingObservationHandler} replaces the
 * one here and is then responsible for its requests itself. A sampler that a customizer
 * of the application sets on the tracer provider's builder, rather than as a bean,
 * decides alone.
 */
@AutoConfiguration(after = OpenTelemetryTracingAutoConfiguration.class,
		before = MicrometerTracingAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnClass({ SdkTracerProvider.class, Tracer.class, ReceiverContext.class })
@ConditionalOnBean({ Tracer.class, Propagator.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties(WebProperties.class)
public final class WebAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(PropagatingReceiverTracingObservationHandler.class)
	@Order(MicrometerTracingAutoConfiguration.RECEIVER_TRACING_OBSERVATION_HANDLER_ORDER)
	ExcludingReceiverTracingObservationHandler excludingReceiverTracingObservationHandler(Tracer tracer,
			Propagator propagator, ObjectProvider<RequestExclusion> exclusions, ObjectProvider<RequestLine> lines) {
		return new ExcludingReceiverTracingObservationHandler(tracer, propagator, exclusions.orderedStream().toList(),
				lines.orderedStream().toList());
	}

	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	UnaryOperator<Sampler> untracedContextSampler() {
		return UntracedContextSampler::new;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass({ HttpServletRequest.class, ServerRequestObservationContext.class })
	static class ServletRequestConfiguration {

		@Bean
		ServletRequestLine servletRequestLine() {
			return new ServletRequestLine();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	@ConditionalOnClass(ServerHttpRequest.class)
	static class ReactiveRequestConfiguration {

		@Bean
		ReactiveRequestLine reactiveRequestLine() {
			return new ReactiveRequestLine();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ PathMappedEndpoints.class, ManagementPortType.class })
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.web.exclude-actuator", matchIfMissing = true)
	static class ActuatorConfiguration {

		@Bean
		ActuatorPaths actuatorPaths(ObjectProvider<PathMappedEndpoints> endpoints, Environment environment) {
			return new ActuatorPaths(endpoints, environment);
		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnWebApplication(type = Type.SERVLET)
		@ConditionalOnClass({ HttpServletRequest.class, ServerRequestObservationContext.class })
		static class ServletConfiguration {

			@Bean
			ServletActuatorRequests servletActuatorRequests(ActuatorPaths paths) {
				return new ServletActuatorRequests(paths);
			}

		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnWebApplication(type = Type.REACTIVE)
		@ConditionalOnClass(ServerHttpRequest.class)
		static class ReactiveConfiguration {

			@Bean
			ReactiveActuatorRequests reactiveActuatorRequests(ActuatorPaths paths) {
				return new ReactiveActuatorRequests(paths);
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.web.exclude-static-resources", matchIfMissing = true)
	static class StaticResourcesConfiguration {

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnWebApplication(type = Type.SERVLET)
		@ConditionalOnClass({ HttpServletRequest.class, DispatcherServlet.class,
				DispatcherServletAutoConfiguration.class })
		static class ServletConfiguration {

			@Bean
			ServletStaticResources servletStaticResources(ListableBeanFactory beanFactory) {
				return new ServletStaticResources(beanFactory);
			}

		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnWebApplication(type = Type.REACTIVE)
		@ConditionalOnClass(DispatcherHandler.class)
		static class ReactiveConfiguration {

			@Bean
			ReactiveStaticResources reactiveStaticResources(ListableBeanFactory beanFactory) {
				return new ReactiveStaticResources(beanFactory);
			}

		}

	}

}
