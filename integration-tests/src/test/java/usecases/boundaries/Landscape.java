package usecases.boundaries;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.kosmos.tracing.servers.NatsServer;
import io.kosmos.tracing.servers.PostgresServer;
import io.kosmos.tracing.servers.RabbitMqServer;
import io.kosmos.tracing.servers.RedisServer;
import io.kosmos.tracing.servers.ServerProcess;
import org.slf4j.LoggerFactory;

import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * The servers between two services, and the services themselves as processes of their
 * own.
 */
final class Landscape implements AutoCloseable {

	static final String FRONT = "front";

	static final String BACK = "back";

	private static final Path LOGS = Path.of("target", "boundaries");

	private final List<AutoCloseable> running = new ArrayList<>();

	private final List<String> addresses = new ArrayList<>();

	private final HttpClient http = HttpClient.newHttpClient();

	/**
	 * Starts the servers.
	 * @param directory where their files go
	 */
	static Landscape start(Path directory) throws Exception {
		Landscape landscape = new Landscape();
		try {
			landscape.startServers(directory);
			return landscape;
		}
		catch (Throwable ex) {
			landscape.close();
			throw ex;
		}
	}

	private void startServers(Path directory) throws Exception {
		for (String chatty : List.of("kafka", "org.apache.kafka", "org.testcontainers")) {
			((Logger) LoggerFactory.getLogger(chatty)).setLevel(Level.WARN);
		}
		PostgresServer postgres = running(PostgresServer.start(directory));
		try (Connection connection = DriverManager.getConnection(postgres.jdbcUrl(), PostgresServer.USER,
				PostgresServer.USER); Statement statement = connection.createStatement()) {
			statement.execute("CREATE TABLE visits (request bigint)");
		}
		address("spring.datasource.url", postgres.jdbcUrl());
		address("spring.datasource.username", PostgresServer.USER);
		address("spring.datasource.password", PostgresServer.USER);
		RabbitMqServer rabbit = running(RabbitMqServer.start(directory));
		address("spring.rabbitmq.host", rabbit.host());
		address("spring.rabbitmq.port", rabbit.port());
		RedisServer redis = running(RedisServer.start(directory));
		address("spring.data.redis.host", redis.host());
		address("spring.data.redis.port", redis.port());
		address("boundaries.nats", running(NatsServer.start(directory)).url());
		EmbeddedKafkaBroker kafka = new EmbeddedKafkaKraftBroker(1, 2, FRONT, BACK)
			.brokerListProperty("boundaries.kafka");
		kafka.afterPropertiesSet();
		this.running.add(kafka::destroy);
		address("spring.kafka.bootstrap-servers", kafka.getBrokersAsString());
	}

	private <S extends AutoCloseable> S running(S server) {
		this.running.add(server);
		return server;
	}

	private void address(String property, Object value) {
		this.addresses.add("--" + property + "=" + value);
	}

	/**
	 * Starts the two services.
	 * @param otlp where their spans go
	 * @param protocol {@code grpc} or {@code http}
	 * @return both, ready
	 */
	Services startServices(URI otlp, String protocol) throws IOException {
		List<String> ports = ServerProcess.freePorts(4);
		List<String> tracing = List.of("--kosmos.tracing.exporter.endpoint=" + otlp,
				"--kosmos.tracing.exporter.protocol=" + protocol);
		ServerProcess back = startService(BACK, FRONT, ports.get(0), ports.get(1), ports.get(2), ports.get(3), tracing);
		try {
			ServerProcess front = startService(FRONT, BACK, ports.get(2), ports.get(3), ports.get(0), ports.get(1),
					tracing);
			return new Services(this.http, URI.create("http://127.0.0.1:" + ports.get(2)), front, back);
		}
		catch (Throwable ex) {
			back.close();
			throw ex;
		}
	}

	private ServerProcess startService(String name, String peer, String port, String grpcPort, String peerPort,
			String peerGrpcPort, List<String> more) throws IOException {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:+UseSerialGC",
				"-Dreactor.schedulers.defaultBoundedElasticSize=200", "-cp", System.getProperty("java.class.path"),
				ServiceApplication.class.getName(), "--spring.application.name=" + name, "--server.port=" + port,
				"--spring.grpc.server.port=" + grpcPort,
				"--spring.grpc.client.channel.peer.target=static://127.0.0.1:" + peerGrpcPort,
				"--boundaries.peer=" + peer, "--boundaries.peer-url=http://127.0.0.1:" + peerPort));
		command.addAll(this.addresses);
		command.addAll(more);
		URI health = URI.create("http://127.0.0.1:" + port + "/actuator/health");
		Files.createDirectories(LOGS);
		return ServerProcess.start(command, Map.of(), LOGS.resolve(name + ".log"), () -> isHealthy(health));
	}

	private boolean isHealthy(URI health) {
		try {
			return this.http.send(HttpRequest.newBuilder(health).build(), BodyHandlers.discarding())
				.statusCode() == 200;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	@Override
	public void close() throws Exception {
		Collections.reverse(this.running);
		for (AutoCloseable server : this.running) {
			server.close();
		}
	}

	/**
	 * The two services.
	 *
	 * @param http calls the first one
	 * @param url the first one
	 * @param front its process
	 * @param back the process of the other one
	 */
	record Services(HttpClient http, URI url, ServerProcess front, ServerProcess back) implements AutoCloseable {

		/**
		 * Sends a request on its journey.
		 * @param journey the journey
		 * @param tenant on whose behalf
		 * @return the response
		 */
		HttpResponse<String> begin(Journey journey, String tenant) throws IOException, InterruptedException {
			HttpRequest request = HttpRequest.newBuilder(this.url.resolve("/stops/" + journey))
				.header("X-Request-Id", Long.toString(journey.request()))
				.header("X-Tenant-Id", tenant)
				.build();
			return this.http.send(request, BodyHandlers.ofString());
		}

		@Override
		public void close() {
			this.front.close();
			this.back.close();
		}

	}

}
