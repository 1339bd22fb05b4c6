package io.kosmos.tracing.autoconfigure.actuate;

import io.kosmos.tracing.TracingOperation;
import io.kosmos.tracing.TracingSection;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the actuator's endpoint
 * {@code kosmostracing}, where it is exposed. It is there with tracing switched off too,
 * and then tells where that was done.
 */
@AutoConfiguration
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
public final class TracingEndpointAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(TracingEndpoint.class)
	@EnableConfigurationProperties(TracingEndpointProperties.class)
	static class EndpointConfiguration {

		@Bean
		@ConditionalOnMissingBean
		TracingEndpoint kosmosTracingEndpoint(ApplicationContext context, TracingEndpointProperties properties,
				ObjectProvider<SanitizingFunction> sanitizingFunctions, ObjectProvider<TracingSection> sections,
				ObjectProvider<TracingOperation> operations) {
			EffectiveConfiguration configuration = new EffectiveConfiguration(context,
					new Sanitizer(sanitizingFunctions.orderedStream().toList()));
			return new TracingEndpoint(configuration, properties.showValues(), sections.orderedStream().toList(),
					operations.orderedStream().toList());
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
		TracingEndpointWebExtension kosmosTracingEndpointWebExtension(TracingEndpoint endpoint,
				TracingEndpointProperties properties) {
			return new TracingEndpointWebExtension(endpoint, properties);
		}

	}

}
