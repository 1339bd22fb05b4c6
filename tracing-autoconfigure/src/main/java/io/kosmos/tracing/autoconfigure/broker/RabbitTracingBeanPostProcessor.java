package io.kosmos.tracing.autoconfigure.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.StatelessRetryOperationsInterceptor;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;

/**
 * Switches the observation of templates and listener containers on, whoever declares
 * them, unless Boot's property for them switches it off.
 */
final class RabbitTracingBeanPostProcessor implements BeanPostProcessor {

	private final Environment environment;

	private final RabbitServers servers;

	private final Supplier<MessageTracing> tracing;

	private final RabbitBatchInterceptor batchInterceptor;

	private final RabbitListenerInterceptor listenerInterceptor;

	RabbitTracingBeanPostProcessor(Environment environment, RabbitServers servers, Supplier<MessageTracing> tracing,
			ObjectProvider<RabbitListenerEndpointRegistry> endpoints) {
		this.environment = environment;
		this.servers = servers;
		this.tracing = tracing;
		this.batchInterceptor = new RabbitBatchInterceptor(tracing, servers);
		this.listenerInterceptor = new RabbitListenerInterceptor(tracing, endpoints);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ConnectionFactory connectionFactory) {
			connectionFactory.addConnectionListener(this.servers);
		}
		else if (bean instanceof RabbitTemplate template) {
			if (isOn("template")) {
				template.setObservationEnabled(true);
			}
		}
		else if (bean instanceof AbstractRabbitListenerContainerFactory<?> factory) {
			if (isOn((bean instanceof DirectRabbitListenerContainerFactory) ? "listener.direct" : "listener.simple")) {
				factory.setObservationEnabled(true);
				factory.setAdviceChain(advised(factory.getAdviceChain()));
			}
		}
		else if (bean instanceof AbstractMessageListenerContainer container
				&& isOn((bean instanceof DirectMessageListenerContainer) ? "listener.direct" : "listener.simple")) {
			container.setObservationEnabled(true);
		}
		return bean;
	}

	private Advice[] advised(Advice @Nullable [] chain) {
		List<Advice> advised = new ArrayList<>();
		advised.add(this.batchInterceptor);
		if (chain != null) {
			for (Advice advice : chain) {
				advised.add((advice instanceof StatelessRetryOperationsInterceptor retry)
						? new RabbitRetryInterceptor(retry, this.tracing) : advice);
			}
		}
		advised.add(this.listenerInterceptor);
		return advised.toArray(Advice[]::new);
	}

	private boolean isOn(String what) {
		return this.environment.getProperty("spring.rabbitmq." + what + ".observation-enabled", Boolean.class, true);
	}

}
