package usecases;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.observability.ObservabilitySettings;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.kosmos.tracing.Traced;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.instrumentation.mongo.v3_1.MongoTelemetry;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Against a server in this process that speaks the real wire protocol.
 */
class MongodbTests {

	private static MongoServer server;

	private static InetSocketAddress address;

	private DatabaseApplication application;

	@BeforeAll
	static void startServer() {
		server = new MongoServer(new MemoryBackend());
		address = server.bind();
	}

	@AfterAll
	static void stopServer() {
		server.shutdownNow();
	}

	@AfterEach
	void stopApplication() {
		this.application.close();
	}

	private MongoCollection<Document> start(Class<?> beans, String... properties) {
		String[] all = new String[properties.length + 1];
		all[0] = "spring.mongodb.uri=mongodb://" + address.getHostString() + ":" + address.getPort() + "/shop";
		System.arraycopy(properties, 0, all, 1, properties.length);
		this.application = DatabaseApplication.start(List.of("org.springframework.boot.mongodb."), beans, all);
		MongoCollection<Document> orders = this.application.bean(MongoClient.class)
			.getDatabase("shop")
			.getCollection("orders");
		orders.drop();
		return orders;
	}

	private static Map<AttributeKey<?>, Object> command(String operation) {
		return new HashMap<>(Map.of(stringKey("db.system.name"), "mongodb", stringKey("db.namespace"), "shop",
				stringKey("db.collection.name"), "orders", stringKey("db.operation.name"), operation,
				stringKey("server.address"), address.getHostString(), longKey("server.port"),
				(long) address.getPort()));
	}

	private static Map<AttributeKey<?>, Object> attributesButText(SpanData span) {
		Map<AttributeKey<?>, Object> attributes = new HashMap<>(span.getAttributes().asMap());
		assertThat((String) attributes.remove(stringKey("db.query.text"))).contains("orders")
			.doesNotContain("secret")
			.doesNotContain("4711");
		return attributes;
	}

	@Test
	void shouldMakeCommandClientSpanBelowCurrentSpan() {
		MongoCollection<Document> orders = start(Nothing.class);
		assertThat(this.application.ended()).isEmpty();
		this.application.inTrace(
				() -> orders.find(Filters.and(Filters.eq("customer", "secret"), Filters.gt("amount", 4711))).first());
		SpanData span = this.application.awaitOnlyBelowRequest();
		assertThat(span.getName()).isEqualTo("find shop.orders");
		assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
		assertThat(attributesButText(span)).isEqualTo(command("find"));
		assertThat(span.getAttributes().get(stringKey("db.query.text")))
			.contains("\"filter\": {\"$and\": [{\"customer\": \"?\"}, {\"amount\": {\"$gt\": \"?\"}}]}");
	}

	@Test
	void shouldMarkFailedCommand() {
		MongoCollection<Document> orders = start(Nothing.class);
		this.application.inTrace(() -> {
			orders.insertOne(new Document("_id", 1));
			assertThatException().isThrownBy(() -> orders.find(new Document("$nonsense", "secret")).first());
			return null;
		});
		SpanData failed = this.application.awaitBelowRequest(2).get(1);
		assertThat(failed.getName()).isEqualTo("find shop.orders");
		assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(attributesButText(failed)).containsKey(stringKey("error.type"))
			.containsAllEntriesOf(command("find"));
	}

	@Test
	void shouldParentReactiveCommands() {
		start(Shelf.class);
		this.application.bean(Shelf.class).fill().block(Duration.ofSeconds(20));
		Awaitility.await().until(() -> this.application.ended().size() >= 3);
		SpanData method = this.application.ended()
			.stream()
			.filter((span) -> span.getName().equals("shelf.fill"))
			.findFirst()
			.orElseThrow();
		assertThat(this.application.ended()).filteredOn((span) -> span.getParentSpanId().equals(method.getSpanId()))
			.extracting(SpanData::getName)
			.containsExactly("insert shop.orders", "find shop.orders");
	}

	@Test
	void shouldLeaveClientsThatAreObserved() {
		for (Class<?> own : List.of(OwnListener.class, OwnObservability.class)) {
			MongoCollection<Document> orders = start(own);
			this.application.reset();
			this.application.inTrace(() -> orders.find().first());
			Awaitility.await()
				.until(() -> this.application.ended().stream().anyMatch((span) -> span.getName().equals("request")));
			assertThat(this.application.ended()).as(own.getSimpleName())
				.filteredOn((span) -> span.getAttributes().get(stringKey("db.query.text")) != null)
				.hasSize((own == OwnListener.class) ? 1 : 0);
			this.application.close();
		}
	}

	@Test
	void shouldBeSilentWhenDisabled() {
		MongoCollection<Document> orders = start(Nothing.class, "kosmos.tracing.mongodb.enabled=false");
		this.application.inTrace(() -> orders.find().first());
		assertThat(this.application.ended()).extracting(SpanData::getName).containsExactly("request");
	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

	@Configuration
	static class Shelf {

		private final com.mongodb.reactivestreams.client.MongoClient client;

		Shelf(com.mongodb.reactivestreams.client.MongoClient client) {
			this.client = client;
		}

		@Traced("shelf.fill")
		Mono<Document> fill() {
			var orders = this.client.getDatabase("shop").getCollection("orders");
			return Flux.from(orders.insertOne(new Document("_id", 1)))
				.publishOn(Schedulers.boundedElastic())
				.then(Mono.defer(() -> Mono.from(orders.find().first())));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnListener {

		@Bean
		MongoClientSettingsBuilderCustomizer ownListener(OpenTelemetry openTelemetry) {
			return (settings) -> settings
				.addCommandListener(MongoTelemetry.create(openTelemetry).createCommandListener());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnObservability {

		@Bean
		MongoClientSettingsBuilderCustomizer ownObservability(ObservationRegistry registry) {
			return (MongoClientSettings.Builder settings) -> settings
				.observabilitySettings(ObservabilitySettings.micrometerBuilder().observationRegistry(registry).build());
		}

	}

}
