package usecases;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.Traced;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.kafka.support.Acknowledgment;
import org.springframework.kafka.test.EmbeddedKafkaBroker;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;
import org.springframework.util.backoff.FixedBackOff;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.equalTo;
import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.satisfies;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Records over Kafka.
 */
class KafkaTests {

	private static final AttributeKey<Long> ATTEMPT = longKey("kosmos.message.delivery_attempt");

	private static final AttributeKey<Boolean> REDELIVERED = booleanKey("kosmos.message.redelivered");

	private static EmbeddedKafkaBroker broker;

	@BeforeAll
	static void startBroker() {
		broker = new EmbeddedKafkaKraftBroker(1, 1).brokerProperties(Map.of("auto.create.topics.enable", "true",
				"transaction.state.log.replication.factor", "1", "transaction.state.log.min.isr", "1"));
		broker.afterPropertiesSet();
	}

	@AfterAll
	static void stopBroker() {
		broker.destroy();
	}

	private static BrokerApplication application(Class<?>... configurations) {
		return new BrokerApplication(KafkaAutoConfiguration.class).with(configurations)
			.with("spring.kafka.bootstrap-servers=" + broker.getBrokersAsString(),
					"spring.kafka.consumer.auto-offset-reset=earliest", "spring.kafka.consumer.group-id=tests",
					"spring.kafka.consumer.properties.metadata.max.age.ms=500");
	}

	private static String host() {
		return broker.getBrokersAsString().split(":")[0];
	}

	private static long port() {
		return Long.parseLong(broker.getBrokersAsString().split(":")[1]);
	}

	@SuppressWarnings("unchecked")
	private static KafkaTemplate<Object, Object> template(BrokerApplication.Running running) {
		return running.bean(KafkaTemplate.class);
	}

	private static <T> T poll(BlockingQueue<T> queue) {
		try {
			return queue.poll(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void shouldMakeRecordOneTraceFromSenderToListener() {
		application(Orders.class).run((running) -> {
			running.spans().in("shop", () -> template(running).send("orders", "k-1", "order").join());
			List<SpanData> spans = running.await(4);
			OpenTelemetryAssertions.assertThat(spans.get(1))
				.hasName("send orders")
				.hasKind(SpanKind.PRODUCER)
				.hasParent(spans.get(0))
				.hasStatus(StatusData.unset())
				.hasAttributesSatisfyingExactly(equalTo(stringKey("messaging.system"), "kafka"),
						equalTo(stringKey("messaging.operation.name"), "send"),
						equalTo(stringKey("messaging.operation.type"), "send"),
						equalTo(stringKey("messaging.destination.name"), "orders"),
						equalTo(stringKey("messaging.destination.partition.id"), "0"),
						equalTo(longKey("messaging.kafka.offset"), 0L),
						equalTo(stringKey("messaging.kafka.message.key"), "k-1"),
						equalTo(longKey("messaging.message.body.size"), 5L),
						equalTo(stringKey("server.address"), host()), equalTo(longKey("server.port"), port()));
			OpenTelemetryAssertions.assertThat(spans.get(2))
				.hasName("process orders")
				.hasKind(SpanKind.CONSUMER)
				.hasParent(spans.get(1))
				.hasStatus(StatusData.unset())
				.hasTotalRecordedLinks(0)
				.hasAttributesSatisfyingExactly(equalTo(stringKey("messaging.system"), "kafka"),
						equalTo(stringKey("messaging.operation.name"), "process"),
						equalTo(stringKey("messaging.operation.type"), "process"),
						equalTo(stringKey("messaging.destination.name"), "orders"),
						equalTo(stringKey("messaging.destination.partition.id"), "0"),
						equalTo(longKey("messaging.kafka.offset"), 0L),
						equalTo(stringKey("messaging.kafka.message.key"), "k-1"),
						equalTo(longKey("messaging.message.body.size"), 5L),
						equalTo(stringKey("messaging.consumer.group.name"), "tests"), equalTo(ATTEMPT, 1L),
						satisfies(stringKey("messaging.client.id"), (id) -> id.startsWith("consumer-tests")),
						equalTo(stringKey("server.address"), host()), equalTo(longKey("server.port"), port()));
			OpenTelemetryAssertions.assertThat(spans.get(3)).hasName("warehouse.pack").hasParent(spans.get(2));
		});
	}

	@Test
	void shouldTellTombstone() {
		application(Tombstones.class).run((running) -> {
			template(running).send("tombstones", "k-1", null).join();
			assertThat(running.await(2)).allSatisfy((span) -> OpenTelemetryAssertions.assertThat(span)
				.hasAttribute(booleanKey("messaging.kafka.message.tombstone"), true));
		});
	}

	@Test
	void shouldLinkTraceOfListenerIfToldSo() {
		application(Linked.class).with("kosmos.tracing.kafka.consumer=link").run((running) -> {
			template(running).send("linked", "order").join();
			List<SpanData> spans = running.await(2);
			OpenTelemetryAssertions.assertThat(spans.get(1)).hasName("process linked").hasNoParent();
			assertThat(spans.get(1).getTraceId()).isNotEqualTo(spans.get(0).getTraceId());
			assertThat(spans.get(1).getLinks()).singleElement()
				.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(spans.get(0).getSpanId()));
		});
	}

	@Test
	void shouldKeepIdsOfRequestAndMdcInListener() {
		application(Ids.class).with("kosmos.tracing.baggage.keys=kosmos.tenant.id").run((running) -> {
			ProducerRecord<Object, Object> record = new ProducerRecord<>("ids", "x");
			record.headers().add("baggage", "kosmos.tenant.id=acme".getBytes(StandardCharsets.UTF_8));
			template(running).send(record).join();
			List<SpanData> spans = running.await(2);
			assertThat(spans.get(1).getAttributes().get(stringKey("kosmos.tenant.id"))).isEqualTo("acme");
			assertThat(poll(running.bean(Ids.class).seen)).isEqualTo(Map.of("tenant", "acme", "mdcTenant", "acme",
					"mdcTrace", spans.get(1).getTraceId(), "mdcSpan", spans.get(1).getSpanId()));
		});
	}

	@Test
	void shouldMakeBatchOneSpanWithLinkToEachRecord() {
		application(Batches.class).with("spring.kafka.listener.type=batch").run((running) -> {
			for (int i = 0; i < 3; i++) {
				template(running).send("batches", "key", "number " + i).join();
			}
			running.bean(KafkaListenerEndpointRegistry.class).getListenerContainer("batches").start();
			List<SpanData> spans = running.await(6);
			SpanData batch = spans.get(3);
			OpenTelemetryAssertions.assertThat(batch)
				.hasName("process batches")
				.hasKind(SpanKind.CONSUMER)
				.hasNoParent()
				.hasStatus(StatusData.unset())
				.hasAttributesSatisfyingExactly(equalTo(stringKey("messaging.system"), "kafka"),
						equalTo(stringKey("messaging.operation.name"), "process"),
						equalTo(stringKey("messaging.operation.type"), "process"),
						equalTo(stringKey("messaging.destination.name"), "batches"),
						equalTo(stringKey("messaging.destination.partition.id"), "0"),
						equalTo(stringKey("messaging.consumer.group.name"), "tests"),
						equalTo(longKey("messaging.batch.message_count"), 3L),
						equalTo(stringKey("server.address"), host()), equalTo(longKey("server.port"), port()));
			assertThat(batch.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(spans.get(0).getSpanId(), spans.get(1).getSpanId(), spans.get(2).getSpanId());
			assertThat(batch.getLinks()).extracting(LinkData::getAttributes)
				.extracting((attributes) -> attributes.get(longKey("messaging.kafka.offset")))
				.containsExactly(0L, 1L, 2L);
			OpenTelemetryAssertions.assertThat(spans.get(4)).hasName("warehouse.pack").hasParent(batch);
			OpenTelemetryAssertions.assertThat(spans.get(5)).hasName("send packed").hasParent(batch);
		});
	}

	@Test
	void shouldKeepTraceOfPoisonRecordOfBatch() {
		application(PoisonBatch.class).with("spring.kafka.listener.type=batch").run((running) -> {
			template(running).send("poison-batch", "good").join();
			running.spans().in("shop", () -> template(running).send("poison-batch", "bad").join());
			running.bean(KafkaListenerEndpointRegistry.class).getListenerContainer("poison-batch").start();
			List<SpanData> spans = running.await(6);
			SpanData batch = spans.get(3);
			OpenTelemetryAssertions.assertThat(batch)
				.hasName("process poison-batch")
				.hasStatusSatisfying((status) -> status.isError());
			OpenTelemetryAssertions.assertThat(spans.get(4)).hasName("send poison-batch-dlt").hasParent(spans.get(2));
			assertThat(spans.get(5).getName()).isEqualTo("process poison-batch-dlt");
			assertThat(spans.get(5).getLinks()).singleElement()
				.satisfies(
						(link) -> assertThat(link.getSpanContext().getTraceId()).isEqualTo(spans.get(2).getTraceId()));
		});
	}

	@Test
	void shouldShowEachAttemptInSameTraceAndFollowRecordToDeadLetterTopic() {
		application(Poison.class).run((running) -> {
			template(running).send("poison", "bad").join();
			List<SpanData> spans = running.await(5);
			assertThat(spans).extracting(SpanData::getName)
				.containsExactly("send poison", "process poison", "process poison", "send poison-dlt",
						"process poison-dlt");
			OpenTelemetryAssertions.assertThat(spans.get(1))
				.hasParent(spans.get(0))
				.hasStatus(StatusData.create(StatusCode.ERROR, "cannot handle"))
				.hasAttribute(stringKey("error.type"), IllegalStateException.class.getName())
				.hasAttribute(ATTEMPT, 1L)
				.hasEventsSatisfyingExactly((event) -> event.hasName("exception"));
			OpenTelemetryAssertions.assertThat(spans.get(2))
				.hasParent(spans.get(0))
				.hasAttribute(ATTEMPT, 2L)
				.hasAttribute(REDELIVERED, true)
				.hasStatus(StatusData.create(StatusCode.ERROR, "cannot handle"));
			OpenTelemetryAssertions.assertThat(spans.get(3)).hasParent(spans.get(2));
			OpenTelemetryAssertions.assertThat(spans.get(4))
				.hasParent(spans.get(3))
				.hasAttribute(ATTEMPT, 1L)
				.hasStatus(StatusData.unset());
		});
	}

	@Test
	void shouldTraceRecordThatCannotBeRead() {
		application(Unreadable.class)
			.with("spring.kafka.consumer.value-deserializer="
					+ "org.springframework.kafka.support.serializer.ErrorHandlingDeserializer",
					"spring.kafka.consumer.properties.spring.deserializer.value.delegate.class="
							+ IntegerDeserializer.class.getName())
			.run((running) -> {
				template(running).send("unreadable", "no number").join();
				List<SpanData> spans = running.await(3);
				assertThat(spans).extracting(SpanData::getName)
					.containsExactly("send unreadable", "process unreadable", "send unreadable-dlt");
				OpenTelemetryAssertions.assertThat(spans.get(1))
					.hasParent(spans.get(0))
					.hasStatusSatisfying((status) -> status.isError());
				OpenTelemetryAssertions.assertThat(spans.get(2)).hasParent(spans.get(1));
				assertThat(running.bean(MeterRegistry.class).get("spring.kafka.listener").timer().count()).isOne();
			});
	}

	@Test
	void shouldEndSpanOfRecordThatAnInterceptorDrops() {
		application(Dropped.class).run((running) -> {
			template(running).send("dropped", "order").join();
			assertThat(running.await(2)).extracting(SpanData::getName)
				.containsExactly("send dropped", "process dropped");
		});
	}

	@Test
	void shouldEndSpanOfAsynchronousListenerWhenItIsDone() {
		application(Asynchronous.class).run((running) -> {
			template(running).send("asynchronous", "slow").join();
			CompletableFuture<Void> work = poll(running.bean(Asynchronous.class).works);
			assertThat(running.ended()).extracting(SpanData::getName).containsExactly("send asynchronous");
			work.completeExceptionally(new IllegalStateException("cannot handle"));
			OpenTelemetryAssertions.assertThat(running.await(2).get(1))
				.hasName("process asynchronous")
				.hasStatus(StatusData.create(StatusCode.ERROR, "cannot handle"));
		});
	}

	@Test
	void shouldNotFailListenerForAnyHeader() {
		application(Hostile.class).run((running) -> {
			DefaultKafkaProducerFactory<String, byte[]> producers = new DefaultKafkaProducerFactory<>(
					Map.of("bootstrap.servers", broker.getBrokersAsString()), new StringSerializer(),
					new ByteArraySerializer());
			KafkaTemplate<String, byte[]> plain = new KafkaTemplate<>(producers);
			List<byte[]> values = List.of(new byte[0], new byte[] { -1, -2, 0, 13, 10 },
					"00-zz-zz-01".getBytes(StandardCharsets.UTF_8),
					("00-" + "a".repeat(5000)).getBytes(StandardCharsets.UTF_8),
					"00-00000000000000000000000000000000-0000000000000000-01".getBytes(StandardCharsets.UTF_8));
			for (byte[] value : values) {
				ProducerRecord<String, byte[]> record = new ProducerRecord<>("hostile", "x".getBytes());
				for (String header : List.of("traceparent", "tracestate", "baggage", "b3", "X-B3-TraceId")) {
					record.headers().add(header, value);
				}
				plain.send(record).join();
			}
			ProducerRecord<String, byte[]> record = new ProducerRecord<>("hostile", "x".getBytes());
			record.headers().add("traceparent", null);
			plain.send(record).join();
			producers.destroy();
			List<SpanData> spans = running.await(values.size() + 1);
			assertThat(running.bean(Hostile.class).handled).hasValue(values.size() + 1);
			assertThat(spans).allSatisfy(
					(span) -> OpenTelemetryAssertions.assertThat(span).hasNoParent().hasStatus(StatusData.unset()));
		});
	}

	@Test
	void shouldTraceTemplateAndFactoryOfApplication() {
		application(Own.class).run((running) -> {
			template(running).send("own", "order").join();
			List<SpanData> spans = running.await(2);
			assertThat(spans).extracting(SpanData::getName).containsExactly("send own", "process own");
			OpenTelemetryAssertions.assertThat(spans.get(1)).hasParent(spans.get(0));
		});
	}

	@Test
	void shouldLeaveAloneWhatBootsPropertiesSwitchOff() {
		application(Switched.class).with("spring.kafka.template.observation-enabled=false").run((running) -> {
			template(running).send("switched", "order").join();
			assertThat(running.await(1)).extracting(SpanData::getName).containsExactly("process switched");
		});
	}

	@Test
	void shouldTraceManualAcknowledgementAndTransactions() {
		application(Transactional.class)
			.with("spring.kafka.listener.ack-mode=manual", "spring.kafka.producer.transaction-id-prefix=tx-")
			.run((running) -> {
				template(running).executeInTransaction((operations) -> operations.send("transactional", "order"));
				List<SpanData> spans = running.await(2);
				assertThat(spans).extracting(SpanData::getName)
					.containsExactly("send transactional", "process transactional");
				OpenTelemetryAssertions.assertThat(spans.get(1)).hasParent(spans.get(0));
			});
	}

	@Test
	void shouldKeepNamesAndTagsOfMeters() {
		application(Metered.class).run((running) -> {
			template(running).send("metered", "key", "order").join();
			running.await(2);
			MeterRegistry meters = running.bean(MeterRegistry.class);
			assertThat(meters.get("spring.kafka.template").timer().getId().getTags()).extracting(Tag::getKey)
				.containsExactlyInAnyOrder("error", "messaging.destination.kind", "messaging.destination.name",
						"messaging.operation", "messaging.system", "spring.kafka.template.name");
			assertThat(meters.get("spring.kafka.listener").timer().getId().getTags()).extracting(Tag::getKey)
				.containsExactlyInAnyOrder("error", "messaging.kafka.consumer.group", "messaging.operation",
						"messaging.source.kind", "messaging.source.name", "messaging.system",
						"spring.kafka.listener.id");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Orders {

		@Bean
		Warehouse warehouse() {
			return new Warehouse();
		}

		@Bean
		OrderListener orderListener(Warehouse warehouse) {
			return new OrderListener(warehouse);
		}

	}

	static class Warehouse {

		@Traced("warehouse.pack")
		void pack() {
		}

	}

	record OrderListener(Warehouse warehouse) {

		@KafkaListener(topics = "orders")
		void handle(String order) {
			this.warehouse.pack();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Tombstones {

		@KafkaListener(topics = "tombstones")
		void handle(ConsumerRecord<String, String> record) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Linked {

		@KafkaListener(topics = "linked")
		void handle(String message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Ids {

		private final BlockingQueue<Map<String, String>> seen = new LinkedBlockingQueue<>();

		private final RequestContext request;

		Ids(RequestContext request) {
			this.request = request;
		}

		@KafkaListener(topics = "ids")
		void handle(String message) {
			this.seen.add(Map.of("tenant", String.valueOf(this.request.current().tenant()), "mdcTenant",
					String.valueOf(MDC.get("tenantId")), "mdcTrace", String.valueOf(MDC.get("traceId")), "mdcSpan",
					String.valueOf(MDC.get("spanId"))));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Batches {

		private final Warehouse warehouse;

		private final KafkaTemplate<Object, Object> template;

		Batches(Warehouse warehouse, KafkaTemplate<Object, Object> template) {
			this.warehouse = warehouse;
			this.template = template;
		}

		@Bean
		static Warehouse warehouse() {
			return new Warehouse();
		}

		@KafkaListener(id = "batches", idIsGroup = false, topics = "batches", autoStartup = "false")
		void handle(List<String> messages) {
			this.warehouse.pack();
			this.template.send("packed", "all").join();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PoisonBatch {

		@Bean
		static DefaultErrorHandler errorHandler(KafkaTemplate<Object, Object> template) {
			return new DefaultErrorHandler(new DeadLetterPublishingRecoverer(template), new FixedBackOff(0, 0));
		}

		@KafkaListener(id = "poison-batch", idIsGroup = false, topics = "poison-batch", autoStartup = "false")
		void handle(List<String> messages) {
			throw new BatchListenerFailedException("cannot handle", messages.indexOf("bad"));
		}

		@KafkaListener(topics = "poison-batch-dlt")
		void bury(List<String> messages) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Poison {

		@Bean
		static DefaultErrorHandler errorHandler(KafkaTemplate<Object, Object> template) {
			return new DefaultErrorHandler(new DeadLetterPublishingRecoverer(template), new FixedBackOff(0, 1));
		}

		@KafkaListener(topics = "poison")
		void handle(String message) {
			throw new IllegalStateException("cannot handle");
		}

		@KafkaListener(topics = "poison-dlt")
		void bury(String message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Unreadable {

		@Bean
		static DefaultErrorHandler errorHandler(@Qualifier("bytes") KafkaTemplate<Object, Object> bytes) {
			return new DefaultErrorHandler(new DeadLetterPublishingRecoverer(bytes), new FixedBackOff(0, 0));
		}

		@Bean
		@Primary
		static KafkaTemplate<Object, Object> template(ProducerFactory<Object, Object> producers) {
			return new KafkaTemplate<>(producers);
		}

		@Bean
		static KafkaTemplate<Object, Object> bytes(ProducerFactory<Object, Object> producers) {
			return new KafkaTemplate<>(producers, Map.of("value.serializer", ByteArraySerializer.class.getName()));
		}

		@KafkaListener(topics = "unreadable")
		void handle(Integer message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Dropped {

		@Bean
		static RecordInterceptor<Object, Object> interceptor() {
			return (record, consumer) -> null;
		}

		@KafkaListener(topics = "dropped")
		void handle(String message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Asynchronous {

		private final BlockingQueue<CompletableFuture<Void>> works = new LinkedBlockingQueue<>();

		@KafkaListener(topics = "asynchronous")
		CompletableFuture<Void> handle(String message) {
			CompletableFuture<Void> work = new CompletableFuture<>();
			this.works.add(work);
			return work;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Hostile {

		private final AtomicInteger handled = new AtomicInteger();

		@KafkaListener(topics = "hostile")
		void handle(String message) {
			this.handled.incrementAndGet();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		static KafkaTemplate<Object, Object> template(ProducerFactory<Object, Object> producers) {
			return new KafkaTemplate<>(producers);
		}

		@Bean
		static ConcurrentKafkaListenerContainerFactory<Object, Object> ownFactory(
				ConsumerFactory<Object, Object> consumers) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumers);
			return factory;
		}

		@KafkaListener(topics = "own", containerFactory = "ownFactory")
		void handle(String message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Switched {

		@KafkaListener(topics = "switched")
		void handle(String message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Transactional {

		@KafkaListener(topics = "transactional")
		void handle(String message, Acknowledgment acknowledgment) {
			acknowledgment.acknowledge();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Metered {

		@KafkaListener(topics = "metered")
		void handle(String message) {
		}

	}

}
