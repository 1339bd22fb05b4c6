package usecases.boundaries;

import java.nio.charset.StandardCharsets;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes what the other service sends, except by gRPC.
 */
@RestController
class Arrivals {

	private final Stop stop;

	Arrivals(Stop stop, Connection nats, @Value("${spring.application.name}") String name) {
		this.stop = stop;
		Dispatcher dispatcher = nats
			.createDispatcher((message) -> receive(new String(message.getData(), StandardCharsets.UTF_8)));
		dispatcher.subscribe(name);
	}

	@GetMapping("/stops/{journey}")
	String go(@PathVariable String journey) {
		return this.stop.arrive(Journey.parse(journey));
	}

	@GetMapping("/mono/{journey}")
	Mono<String> mono(@PathVariable String journey) {
		return Mono.fromSupplier(() -> this.stop.arrive(Journey.parse(journey)))
			.subscribeOn(Schedulers.boundedElastic());
	}

	@RabbitListener(queues = "${spring.application.name}")
	@KafkaListener(topics = "${spring.application.name}")
	void receive(String journey) {
		this.stop.arrive(Journey.parse(journey));
	}

}
