package io.kosmos.samples.orchestrator;

import java.io.IOException;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Nats;
import io.nats.client.Options;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;
import org.springframework.amqp.support.converter.MessageConverter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/**
 * The way of a work order to Hephaestus: a call, or with the profile {@code nats} or
 * {@code rabbitmq} a message to the service that has the profile {@code dispatcher} too.
 */
@Configuration(proxyBeanMethods = false)
class WorkOrdersConfiguration {

	private static final String DESTINATION = "work-orders";

	@Bean
	@Profile("!nats & !rabbitmq")
	WorkOrders workOrders(Hephaestus hephaestus) {
		return hephaestus::dispatch;
	}

	@Configuration(proxyBeanMethods = false)
	@Profile("nats")
	static class NatsConfiguration {

		@Bean
		Connection nats(OrchestratorProperties properties) throws IOException, InterruptedException {
			// Goes on trying, also the first time.
			return Nats.connectReconnectOnConnect(
					new Options.Builder().server(properties.nats().url().toString()).maxReconnects(-1).build());
		}

		@Bean
		WorkOrders workOrders(Connection nats, JsonMapper jsonMapper) {
			return (workOrder) -> nats.publish(DESTINATION, jsonMapper.writeValueAsBytes(workOrder));
		}

		@Bean
		@Profile("dispatcher")
		Dispatcher workOrdersDispatcher(Connection nats, Hephaestus hephaestus, JsonMapper jsonMapper) {
			return nats
				.createDispatcher(
						(message) -> hephaestus.dispatch(jsonMapper.readValue(message.getData(), WorkOrder.class)))
				.subscribe(DESTINATION, "dispatchers");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("rabbitmq")
	static class RabbitMqConfiguration {

		@Bean
		Queue workOrdersQueue() {
			return new Queue(DESTINATION);
		}

		@Bean
		MessageConverter messageConverter(JsonMapper jsonMapper) {
			return new JacksonJsonMessageConverter(jsonMapper);
		}

		@Bean
		WorkOrders workOrders(RabbitTemplate rabbit) {
			return (workOrder) -> rabbit.convertAndSend(DESTINATION, workOrder);
		}

		@Bean
		@Profile("dispatcher")
		WorkOrdersListener workOrdersListener(Hephaestus hephaestus) {
			return new WorkOrdersListener(hephaestus);
		}

	}

	/**
	 * Takes work orders from RabbitMQ.
	 *
	 * @param hephaestus who is told
	 */
	record WorkOrdersListener(Hephaestus hephaestus) {

		@RabbitListener(queues = DESTINATION)
		void opened(WorkOrder workOrder) {
			this.hephaestus.dispatch(workOrder);
		}

	}

}
