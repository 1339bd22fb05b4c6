package io.kosmos.tracing.autoconfigure.broker;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.function.Supplier;

import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.util.ReflectionUtils;

/**
 * Switches the observation of templates and listener containers on, whoever declares
 * them, unless Boot's property for them switches it off or their clients are traced by
 * OpenTelemetry's interceptors.
 */
final class KafkaTracingBeanPostProcessor implements BeanPostProcessor {

	private static final String OPEN_TELEMETRY = "io.opentelemetry.instrumentation.kafkaclients";

	static final String CONSUMER_FACTORY = "consumerFactory";

	private final Environment environment;

	private final KafkaServers servers;

	private final Supplier<MessageTracing> tracing;

	KafkaTracingBeanPostProcessor(Environment environment, KafkaServers servers, Supplier<MessageTracing> tracing) {
		this.environment = environment;
		this.servers = servers;
		this.tracing = tracing;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ProducerFactory<?, ?> producerFactory) {
			complete(producerFactory);
		}
		else if (bean instanceof ConsumerFactory<?, ?> consumerFactory) {
			this.servers.addConsumers(configuration(consumerFactory));
		}
		else if (bean instanceof KafkaTemplate<?, ?> template) {
			observe(template);
		}
		else if (bean instanceof AbstractKafkaListenerContainerFactory<?, ?, ?> factory) {
			observe(factory);
		}
		else if (bean instanceof AbstractMessageListenerContainer<?, ?> container) {
			observe(container);
		}
		return bean;
	}

	private <K, V> void complete(ProducerFactory<K, V> factory) {
		this.servers.addProducers(factory.getConfigurationProperties());
		if (isOn("template")) {
			factory.addPostProcessor(new SendCompletion<>(this.tracing, factory.getConfigurationProperties()));
		}
	}

	private void observe(KafkaTemplate<?, ?> template) {
		Map<String, Object> configuration = template.getProducerFactory().getConfigurationProperties();
		if (isOn("template") && !isTraced(configuration)) {
			template.setObservationEnabled(true);
			if (template.getKafkaAdmin() == null) {
				template.setKafkaAdmin(new UnknownCluster(configuration));
			}
		}
	}

	private <K, V> void observe(AbstractKafkaListenerContainerFactory<?, K, V> factory) {
		if (isOn("listener") && !isTraced(configuration(factory.getConsumerFactory()))) {
			observe(factory.getContainerProperties());
			factory.setBatchInterceptor(
					new KafkaBatchInterceptor<>(factory.getBatchInterceptor(), this.tracing, this.servers));
			factory.setRecordInterceptor(new KafkaRecordInterceptor<>(factory.getRecordInterceptor()));
		}
	}

	private <K, V> void observe(AbstractMessageListenerContainer<K, V> container) {
		if (isOn("listener") && !isTraced(configuration(consumerFactory(container)))) {
			observe(container.getContainerProperties());
			// A container has those of the factory that made it.
			if (!(container.getBatchInterceptor() instanceof KafkaBatchInterceptor)) {
				container.setBatchInterceptor(
						new KafkaBatchInterceptor<>(container.getBatchInterceptor(), this.tracing, this.servers));
			}
			if (!(container.getRecordInterceptor() instanceof KafkaRecordInterceptor)) {
				container.setRecordInterceptor(new KafkaRecordInterceptor<>(container.getRecordInterceptor()));
			}
		}
	}

	// A container tells its factory to nobody.
	private static @Nullable ConsumerFactory<?, ?> consumerFactory(AbstractMessageListenerContainer<?, ?> container) {
		Field field = ReflectionUtils.findField(AbstractMessageListenerContainer.class, CONSUMER_FACTORY);
		if (field == null) {
			return null;
		}
		ReflectionUtils.makeAccessible(field);
		return (ConsumerFactory<?, ?>) ReflectionUtils.getField(field, container);
	}

	private static Map<String, Object> configuration(@Nullable ConsumerFactory<?, ?> factory) {
		try {
			return (factory != null) ? factory.getConfigurationProperties() : Map.of();
		}
		catch (UnsupportedOperationException ex) {
			return Map.of();
		}
	}

	private static void observe(ContainerProperties properties) {
		properties.setObservationEnabled(true);
		properties.setDeliveryAttemptHeader(true);
	}

	private boolean isOn(String what) {
		return this.environment.getProperty("spring.kafka." + what + ".observation-enabled", Boolean.class, true);
	}

	private static boolean isTraced(Map<String, Object> configuration) {
		Object interceptors = configuration.get(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG);
		return interceptors != null && interceptors.toString().contains(OPEN_TELEMETRY);
	}

	/**
	 * Tells no id of the cluster. A template with an observation asks for it before it
	 * sends, and would ask the brokers, again and again where it may not know; the
	 * semantic conventions have no use for it.
	 */
	private static final class UnknownCluster extends KafkaAdmin {

		private UnknownCluster(Map<String, Object> configuration) {
			super(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
					configuration.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "")));
		}

		@Override
		public @Nullable String clusterId() {
			return null;
		}

	}

}
