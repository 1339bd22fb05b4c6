package usecases;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.kosmos.tracing.Traced;
import io.kosmos.tracing.servers.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.annotation.Id;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisHash;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.repository.configuration.EnableRedisRepositories;
import org.springframework.data.repository.CrudRepository;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

class RedisTests {

	private static final List<String> REDIS = List.of("org.springframework.boot.data.redis.",
			"org.springframework.boot.data.");

	private static RedisServer server;

	private DatabaseApplication application;

	@BeforeAll
	static void startServer(@TempDir Path directory) {
		server = RedisServer.start(directory);
	}

	@AfterAll
	static void stopServer() throws Exception {
		server.close();
	}

	@AfterEach
	void stopApplication() {
		if (this.application != null) {
			this.application.close();
		}
	}

	private void start(Class<?> beans, String... properties) {
		String[] all = Stream
			.concat(Stream.of("spring.data.redis.host=" + server.host(), "spring.data.redis.port=" + server.port()),
					Stream.of(properties))
			.toArray(String[]::new);
		this.application = DatabaseApplication.start(REDIS, beans, all);
		this.application.bean(StringRedisTemplate.class).execute((RedisCallback<Object>) (connection) -> {
			connection.serverCommands().flushAll();
			return null;
		});
	}

	private static Map<AttributeKey<?>, Object> attributes(SpanData span) {
		return span.getAttributes().asMap();
	}

	private Map<AttributeKey<?>, Object> command(String operation, String text) {
		return command(operation, text, "0");
	}

	private Map<AttributeKey<?>, Object> command(String operation, String text, String database) {
		return Map.of(stringKey("db.system.name"), "redis", stringKey("db.operation.name"), operation,
				stringKey("db.query.text"), text, stringKey("db.namespace"), database, stringKey("server.address"),
				server.host(), longKey("server.port"), (long) server.port());
	}

	@Test
	void shouldMakeCommandClientSpanBelowCurrentSpan() {
		start(Nothing.class);
		this.application.inTrace(() -> {
			this.application.bean(StringRedisTemplate.class).opsForValue().set("secret-key", "secret-value");
			return null;
		});
		SpanData span = this.application.awaitOnlyBelowRequest();
		assertThat(span.getName()).isEqualTo("SET");
		assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
		assertThat(span.getEvents()).isEmpty();
		assertThat(attributes(span)).isEqualTo(command("SET", "SET ? ?"));
		assertThat(span.getEndEpochNanos()).isGreaterThan(span.getStartEpochNanos());
	}

	@Test
	void shouldNotMakeATraceOfCommandsOutsideAnyTrace() {
		start(Nothing.class);
		this.application.bean(StringRedisTemplate.class).opsForValue().get("key");
		awaitTimerOf("GET");
		assertThat(this.application.ended()).isEmpty();
	}

	@Test
	void shouldNotTraceHandshakeOfConnectionOpenedInsideTrace() {
		start(Nothing.class);
		this.application.inTrace(() -> {
			RedisClient client = RedisClient.create(this.application.bean(ClientResources.class),
					RedisURI.create(server.host(), server.port()));
			try (StatefulRedisConnection<String, String> connection = client.connect()) {
				return connection.sync().get("key");
			}
			finally {
				client.shutdown();
			}
		});
		assertThat(this.application.awaitOnlyBelowRequest().getName()).isEqualTo("GET");
	}

	@Test
	void shouldKeepMetricsOfBoot() {
		start(Nothing.class);
		this.application.inTrace(() -> this.application.bean(StringRedisTemplate.class).opsForValue().get("key"));
		assertThat(this.application.awaitOnlyBelowRequest().getName()).isEqualTo("GET");
		awaitTimerOf("GET");
	}

	@Test
	void shouldMarkFailedCommandWithoutItsArguments() {
		start(Nothing.class);
		StringRedisTemplate template = this.application.bean(StringRedisTemplate.class);
		this.application.inTrace(() -> {
			template.opsForValue().set("text", "secret");
			assertThatException().isThrownBy(() -> template.opsForList().leftPush("text", "secret"));
			return null;
		});
		SpanData failed = this.application.awaitBelowRequest(2)
			.stream()
			.filter((span) -> span.getName().equals("LPUSH"))
			.findFirst()
			.orElseThrow();
		assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(failed.getStatus().getDescription()).isEmpty();
		assertThat(failed.getEvents()).isEmpty();
		Map<AttributeKey<?>, Object> expected = new HashMap<>(command("LPUSH", "LPUSH ? ?"));
		expected.put(stringKey("db.response.status_code"), "WRONGTYPE");
		expected.put(stringKey("error.type"), "WRONGTYPE");
		assertThat(attributes(failed)).isEqualTo(expected);
	}

	@Test
	void shouldNameTimeout() {
		start(Nothing.class, "spring.data.redis.timeout=100ms");
		ReactiveStringRedisTemplate template = this.application.bean(ReactiveStringRedisTemplate.class);
		this.application.inTrace(() -> {
			assertThatException()
				.isThrownBy(() -> template.opsForList().rightPop("empty", Duration.ofSeconds(2)).block());
			return null;
		});
		SpanData span = this.application.awaitOnlyBelowRequest();
		assertThat(span.getName()).isEqualTo("BRPOP");
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(span.getAttributes().get(stringKey("error.type")))
			.isEqualTo("io.lettuce.core.RedisCommandTimeoutException");
	}

	@Test
	void shouldNameConfiguredDatabase() {
		start(Nothing.class, "spring.data.redis.database=3");
		this.application.inTrace(() -> this.application.bean(StringRedisTemplate.class).opsForValue().get("key"));
		assertThat(attributes(this.application.awaitOnlyBelowRequest())).isEqualTo(command("GET", "GET ?", "3"));
	}

	@Test
	void shouldFollowSelectedDatabase() {
		start(Nothing.class);
		RedisClient client = RedisClient.create(this.application.bean(ClientResources.class),
				RedisURI.create(server.host(), server.port()));
		try (StatefulRedisConnection<String, String> connection = client.connect()) {
			this.application.inTrace(() -> {
				connection.sync().get("key");
				connection.sync().select(5);
				return connection.sync().get("key");
			});
		}
		finally {
			client.shutdown();
		}
		assertThat(this.application.awaitBelowRequest(3)).extracting(RedisTests::attributes)
			.containsExactly(command("GET", "GET ?"), command("SELECT", "SELECT ?", "5"), command("GET", "GET ?", "5"));
	}

	@Test
	void shouldParentCommandsGivenByTracedMethod() {
		start(Shelf.class);
		this.application.bean(Shelf.class).read();
		this.application.bean(Shelf.class).readLater().block(Duration.ofSeconds(10));
		Awaitility.await().until(() -> this.application.ended().size() == 4);
		List<SpanData> spans = this.application.ended();
		for (String name : List.of("shelf.read", "shelf.read_later")) {
			SpanData method = spans.stream().filter((span) -> span.getName().equals(name)).findFirst().orElseThrow();
			assertThat(spans).filteredOn((span) -> span.getParentSpanId().equals(method.getSpanId()))
				.extracting(SpanData::getName)
				.containsExactly("GET");
		}
	}

	@Test
	void shouldParentReactiveCommandsOnOtherThreads() {
		start(Nothing.class);
		ReactiveStringRedisTemplate template = this.application.bean(ReactiveStringRedisTemplate.class);
		this.application.inTrace(() -> template.opsForValue()
			.set("a", "1")
			.publishOn(Schedulers.boundedElastic())
			.flatMap((ok) -> template.opsForValue().get("a"))
			.flatMap((value) -> Mono.delay(Duration.ofMillis(10)).then(template.delete("a")))
			.block(Duration.ofSeconds(10)));
		assertThat(this.application.awaitBelowRequest(3)).extracting(SpanData::getName)
			.containsExactly("SET", "GET", "DEL");
	}

	@Test
	void shouldTracePipelineAndTransaction() {
		start(Nothing.class);
		StringRedisTemplate template = this.application.bean(StringRedisTemplate.class);
		this.application.inTrace(() -> template.executePipelined((RedisCallback<Object>) (connection) -> {
			connection.stringCommands().set(bytes("a"), bytes("1"));
			connection.stringCommands().get(bytes("a"));
			return null;
		}));
		assertThat(this.application.awaitBelowRequest(2)).extracting(SpanData::getName)
			.containsExactlyInAnyOrder("SET", "GET");
		this.application.reset();
		List<Object> results = this.application.inTrace(() -> template.execute((RedisCallback<List<Object>>) (it) -> {
			it.multi();
			it.stringCommands().set(bytes("a"), bytes("2"));
			it.stringCommands().get(bytes("a"));
			return it.exec();
		}));
		assertThat(results).hasSize(2);
		assertThat(this.application.awaitBelowRequest(4)).extracting(SpanData::getName)
			.containsExactlyInAnyOrder("MULTI", "SET", "GET", "EXEC");
	}

	@Test
	void shouldDeliverPublishedMessages() throws Exception {
		start(Listening.class);
		StringRedisTemplate template = this.application.bean(StringRedisTemplate.class);
		this.application.inTrace(() -> template.convertAndSend("news", "hello"));
		assertThat(this.application.bean(Listening.Inbox.class).messages().poll(10, TimeUnit.SECONDS))
			.isEqualTo("hello");
		assertThat(attributes(this.application.awaitOnlyBelowRequest())).isEqualTo(command("PUBLISH", "PUBLISH ? ?"));
	}

	@Test
	void shouldTraceRepositories() {
		start(Repositories.class);
		this.application.inTrace(() -> this.application.bean(Books.class).save(new Book("1", "Title")));
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(this.application.ended()).extracting(SpanData::getName).contains("HMSET", "SADD"));
		assertThat(this.application.bean(Books.class).findById("1")).isPresent();
	}

	@Test
	void shouldShowOnlyNumberOfArguments() {
		start(Nothing.class);
		StringRedisTemplate template = this.application.bean(StringRedisTemplate.class);
		this.application
			.inTrace(() -> template.delete(List.of("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11")));
		assertThat(attributes(this.application.awaitOnlyBelowRequest()))
			.isEqualTo(command("DEL", "DEL ? ? ? ? ? ? ? ? ? ? ..."));
	}

	@Test
	void shouldTraceClientsWithResourcesOfTheApplication() {
		start(OwnResources.class);
		assertThat(this.application.bean(ClientResources.class)).isInstanceOf(DefaultClientResources.class);
		this.application.inTrace(() -> this.application.bean(StringRedisTemplate.class).opsForValue().get("key"));
		assertThat(attributes(this.application.awaitOnlyBelowRequest())).isEqualTo(command("GET", "GET ?"));
	}

	@Test
	void shouldLeaveCommandsToMicrometerWhenDisabled() {
		start(Nothing.class, "kosmos.tracing.redis.enabled=false");
		this.application.reset();
		this.application.inTrace(() -> this.application.bean(StringRedisTemplate.class).opsForValue().get("key"));
		assertThat(this.application.ended()).extracting(SpanData::getName).doesNotContain("GET");
	}

	private void awaitTimerOf(String command) {
		Awaitility.await().untilAsserted(() -> {
			Timer timer = this.application.bean(MeterRegistry.class)
				.find("lettuce")
				.tag("db.operation", command)
				.tag("db.system", "redis")
				.timer();
			assertThat(timer).isNotNull();
			assertThat(timer.count()).isOne();
		});
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	@Configuration
	static class Shelf {

		private final StringRedisTemplate template;

		private final ReactiveStringRedisTemplate reactive;

		Shelf(StringRedisTemplate template, ReactiveStringRedisTemplate reactive) {
			this.template = template;
			this.reactive = reactive;
		}

		@Traced("shelf.read")
		String read() {
			return this.template.opsForValue().get("key");
		}

		@Traced("shelf.read_later")
		Mono<String> readLater() {
			return this.reactive.opsForValue().get("key").subscribeOn(Schedulers.boundedElastic());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Listening {

		@Bean
		Inbox inbox() {
			return new Inbox(new LinkedBlockingQueue<>());
		}

		@Bean
		RedisMessageListenerContainer listeners(RedisConnectionFactory connections, Inbox inbox) {
			RedisMessageListenerContainer container = new RedisMessageListenerContainer();
			container.setConnectionFactory(connections);
			container.addMessageListener((message, pattern) -> inbox.messages().add(new String(message.getBody())),
					new ChannelTopic("news"));
			return container;
		}

		record Inbox(BlockingQueue<String> messages) {

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisRepositories(considerNestedRepositories = true)
	static class Repositories {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnResources {

		@Bean(destroyMethod = "shutdown")
		ClientResources resources() {
			return ClientResources.create();
		}

	}

	@RedisHash("books")
	record Book(@Id String id, String title) {

	}

	interface Books extends CrudRepository<Book, String> {

	}

}
