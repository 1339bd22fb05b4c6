package usecases.boundaries;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.nats.client.Connection;
import io.opentelemetry.context.Context;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Makes each {@link Hop}, each in the way that an application would.
 */
@Component
class Departures {

	private final Stop stop;

	private final String peer;

	private final Background background;

	private final AsyncTaskExecutor executor;

	private final ExecutorService virtualThreads;

	private final RestClient restClient;

	private final WebClient webClient;

	private final ManagedChannel channel;

	private final RabbitTemplate rabbit;

	private final KafkaTemplate<String, String> kafka;

	private final Connection nats;

	private final JdbcTemplate jdbc;

	private final StringRedisTemplate redis;

	Departures(Stop stop, ServiceProperties properties, Background background,
			AsyncTaskExecutor applicationTaskExecutor, ExecutorService virtualThreads, RestClient.Builder restClient,
			WebClient.Builder webClient, GrpcChannelFactory channels, RabbitTemplate rabbit,
			KafkaTemplate<String, String> kafka, Connection nats, JdbcTemplate jdbc, StringRedisTemplate redis) {
		this.stop = stop;
		this.peer = properties.peer();
		this.background = background;
		this.executor = applicationTaskExecutor;
		this.virtualThreads = virtualThreads;
		this.restClient = restClient.baseUrl(properties.peerUrl()).build();
		this.webClient = webClient.baseUrl(properties.peerUrl()).build();
		this.channel = channels.createChannel("peer");
		this.rabbit = rabbit;
		this.kafka = kafka;
		this.nats = nats;
		this.jdbc = jdbc;
		this.redis = redis;
	}

	/**
	 * Makes a hop.
	 * @param hop the hop
	 * @param rest what comes after it
	 * @return the number of the request
	 */
	String depart(Hop hop, Journey rest) {
		try {
			return make(hop, rest);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private String make(Hop hop, Journey rest) throws ExecutionException, InterruptedException {
		return switch (hop) {
			case ASYNC -> this.background.run(() -> this.stop.arrive(rest)).get();
			case FUTURE -> CompletableFuture.supplyAsync(() -> this.stop.arrive(rest), this.executor).get();
			case VIRTUAL -> this.virtualThreads.submit(() -> this.stop.arrive(rest)).get();
			case RAW -> onRawThread(() -> this.stop.arrive(rest));
			case REACTOR -> Mono.fromSupplier(() -> rest)
				.publishOn(Schedulers.parallel())
				.map(Journey::toString)
				.publishOn(Schedulers.boundedElastic())
				.map((journey) -> this.stop.arrive(Journey.parse(journey)))
				.block();
			case REST -> this.restClient.get().uri("/stops/{journey}", rest).retrieve().body(String.class);
			case WEB -> get("/stops/{journey}", rest);
			case MONO -> get("/mono/{journey}", rest);
			case GRPC ->
				ClientCalls.blockingUnaryCall(this.channel, StopsService.GO, CallOptions.DEFAULT, rest.toString());
			case STREAM -> last(ClientCalls.blockingServerStreamingCall(this.channel, StopsService.WATCH,
					CallOptions.DEFAULT, rest.toString()));
			case RABBIT -> {
				this.rabbit.convertAndSend(this.peer, rest.toString());
				yield Long.toString(rest.request());
			}
			case KAFKA -> {
				this.kafka.send(this.peer, rest.toString()).get();
				yield Long.toString(rest.request());
			}
			case NATS -> {
				this.nats.publish(this.peer, rest.toString().getBytes(StandardCharsets.UTF_8));
				yield Long.toString(rest.request());
			}
			case JDBC -> {
				this.jdbc.update("INSERT INTO visits (request) VALUES (?)", rest.request());
				yield this.stop.arrive(rest);
			}
			case REDIS -> {
				this.redis.opsForValue().increment("visits");
				yield this.stop.arrive(rest);
			}
			case FAIL -> throw new IllegalStateException("As planned");
		};
	}

	private String get(String path, Journey journey) {
		return this.webClient.get().uri(path, journey).retrieve().bodyToMono(String.class).block();
	}

	private static String onRawThread(Supplier<String> work) throws ExecutionException, InterruptedException {
		FutureTask<String> task = new FutureTask<>(work::get);
		new Thread(Context.current().wrap(task)).start();
		return task.get();
	}

	private static String last(Iterator<String> answers) {
		String last = answers.next();
		while (answers.hasNext()) {
			last = answers.next();
		}
		return last;
	}

}
