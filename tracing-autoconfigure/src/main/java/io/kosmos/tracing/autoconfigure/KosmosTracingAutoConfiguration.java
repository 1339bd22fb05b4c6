package io.kosmos.tracing.autoconfigure;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.ResourceBuilder;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.info.ProjectInfoAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetryProperties;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetryResourceAttributes;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the resource that every span
 * belongs to, and of the line that says at start-up what was decided.
 */
@AutoConfiguration(before = OpenTelemetrySdkAutoConfiguration.class, after = ProjectInfoAutoConfiguration.class)
@ConditionalOnClass({ OpenTelemetrySdk.class, OpenTelemetrySdkAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ KosmosTracingProperties.class, OpenTelemetryProperties.class })
public final class KosmosTracingAutoConfiguration {

	private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");

	private static final AttributeKey<String> SERVICE_VERSION = AttributeKey.stringKey("service.version");

	private static final AttributeKey<String> SERVICE_NAMESPACE = AttributeKey.stringKey("service.namespace");

	private static final AttributeKey<String> ENVIRONMENT = AttributeKey.stringKey("deployment.environment.name");

	/** The name that deployment.environment.name had before conventions 1.27. */
	private static final AttributeKey<String> OLD_ENVIRONMENT = AttributeKey.stringKey("deployment.environment");

	@Bean
	@ConditionalOnMissingBean
	Resource kosmosTracingResource(Environment environment, KosmosTracingProperties properties,
			OpenTelemetryProperties openTelemetryProperties, ObjectProvider<BuildProperties> buildProperties) {
		ResourceBuilder builder = Resource.builder();
		buildProperties.ifAvailable((build) -> put(builder, SERVICE_VERSION, build.getVersion()));
		new OpenTelemetryResourceAttributes(environment, openTelemetryProperties.getResourceAttributes())
			.applyTo(builder::put);
		properties.resourceAttributes().forEach(builder::put);
		KosmosTracingProperties.Service service = properties.service();
		put(builder, SERVICE_NAME, service.name());
		put(builder, SERVICE_VERSION, service.version());
		put(builder, SERVICE_NAMESPACE, service.namespace());
		put(builder, ENVIRONMENT, service.environment());
		put(builder, OLD_ENVIRONMENT, service.environment());
		return Resource.getDefault().merge(builder.build());
	}

	private static void put(ResourceBuilder builder, AttributeKey<String> key, @Nullable String value) {
		if (StringUtils.hasText(value)) {
			builder.put(key, value);
		}
	}

	@Bean
	static SwitchedOffBeanPostProcessor kosmosSwitchedOffBeanPostProcessor(Environment environment) {
		return new SwitchedOffBeanPostProcessor(environment);
	}

	@Bean
	StartupReport kosmosTracingStartupReport(Environment environment, ObjectProvider<SdkTracerProvider> tracerProvider,
			ObjectProvider<Resource> resource, ObjectProvider<Sampler> sampler,
			ObjectProvider<SpanProcessor> processors, ObjectProvider<SpanExporter> exporters,
			ObjectProvider<ContextPropagators> propagators) {
		return new StartupReport(SwitchedOffBeanPostProcessor.isOff(environment), tracerProvider, resource, sampler,
				processors, exporters, propagators);
	}

}
