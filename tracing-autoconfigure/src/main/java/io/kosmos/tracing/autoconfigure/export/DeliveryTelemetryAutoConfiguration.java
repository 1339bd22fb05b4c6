package io.kosmos.tracing.autoconfigure.export;

import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of what is told about delivery: in
 * the actuator, in the health of the application, and in its metrics. There is nothing to
 * tell where nothing is delivered.
 */
@AutoConfiguration(after = ExportAutoConfiguration.class,
		beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnBean(ObservableDelivery.class)
public final class DeliveryTelemetryAutoConfiguration {

	@Bean
	DeliverySection kosmosDeliverySection(ObservableDelivery delivery, ObjectProvider<ExporterProperties> properties) {
		return new DeliverySection(delivery, properties.getIfAvailable());
	}

	@Bean
	FlushOperation kosmosFlushOperation(ObservableDelivery delivery) {
		return new FlushOperation(delivery);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
	@EnableConfigurationProperties(HealthProperties.class)
	static class HealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "kosmosTracingHealthIndicator")
		@ConditionalOnEnabledHealthIndicator("kosmostracing")
		HealthIndicator kosmosTracingHealthIndicator(ObservableDelivery delivery, HealthProperties properties) {
			return new DeliveryHealthIndicator(delivery, properties);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class MeterConfiguration {

		@Bean
		DeliveryMeters kosmosDeliveryMeters(ObservableDelivery delivery) {
			return new DeliveryMeters(delivery);
		}

		@Bean
		@ConditionalOnMissingBean(ExportTimer.class)
		MicrometerExportTimer kosmosExportTimer() {
			return new MicrometerExportTimer();
		}

	}

}
