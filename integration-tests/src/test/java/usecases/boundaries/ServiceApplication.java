package usecases.boundaries;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.nats.client.Connection;
import io.nats.client.Nats;

import org.springframework.amqp.core.Queue;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.util.backoff.FixedBackOff;

/**
 * One of two services that send each other what is left of a {@link Journey}. Which one
 * it is, and where the other one and the servers are, is in its arguments.
 */
@SpringBootApplication
@EnableAsync
@EnableConfigurationProperties(ServiceProperties.class)
public class ServiceApplication {

	public static void main(String[] arguments) {
		System.setProperty("spring.config.name", "boundaries");
		SpringApplication.run(ServiceApplication.class, arguments);
	}

	@Bean
	ExecutorService virtualThreads() throws ReflectiveOperationException {
		if (Runtime.version().feature() < 21) {
			return Executors.newCachedThreadPool();
		}
		return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
	}

	@Bean
	Queue queue(@Value("${spring.application.name}") String name) {
		return new Queue(name);
	}

	@Bean
	DefaultErrorHandler withoutRetry() {
		return new DefaultErrorHandler(new FixedBackOff(0, 0));
	}

	@Bean
	Connection nats(ServiceProperties properties) throws Exception {
		return Nats.connect(properties.nats());
	}

}
