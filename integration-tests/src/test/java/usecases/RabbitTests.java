package usecases;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.rabbitmq.client.Channel;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.Traced;
import io.kosmos.tracing.servers.RabbitMqServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.amqp.rabbit.retry.MessageRecoverer;
import org.springframework.amqp.rabbit.retry.RepublishMessageRecoverer;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.equalTo;
import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.satisfies;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages over RabbitMQ.
 */
class RabbitTests {

	private static final AttributeKey<Boolean> REDELIVERED = AttributeKey.booleanKey("kosmos.message.redelivered");

	private static final AttributeKey<Long> ATTEMPT = longKey("kosmos.message.delivery_attempt");

	private static RabbitMqServer server;

	@BeforeAll
	static void startServer(@TempDir Path directory) throws IOException {
		server = RabbitMqServer.start(directory);
	}

	@AfterAll
	static void stopServer() throws Exception {
		server.close();
	}

	private static BrokerApplication application(Class<?>... configurations) {
		return new BrokerApplication(RabbitAutoConfiguration.class).with(configurations)
			.with("spring.rabbitmq.host=" + server.host(), "spring.rabbitmq.port=" + server.port());
	}

	private static <T> T poll(BlockingQueue<T> queue) {
		try {
			return queue.poll(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void shouldMakeMessageOneTraceFromSenderToListener() {
		application(Orders.class).run((running) -> {
			Message message = MessageBuilder.withBody("order".getBytes(StandardCharsets.UTF_8))
				.setMessageId("4711")
				.setCorrelationId("c-1")
				.build();
			running.spans().in("shop", () -> running.bean(RabbitTemplate.class).send("", "orders", message));
			List<SpanData> spans = running.await(4);
			SpanData shop = spans.get(0);
			OpenTelemetryAssertions.assertThat(spans.get(1))
				.hasName("send orders")
				.hasKind(SpanKind.PRODUCER)
				.hasParent(shop)
				.hasStatus(StatusData.unset())
				.hasAttributesSatisfyingExactly(equalTo(stringKey("messaging.system"), "rabbitmq"),
						equalTo(stringKey("messaging.operation.name"), "send"),
						equalTo(stringKey("messaging.operation.type"), "send"),
						equalTo(stringKey("messaging.destination.name"), "orders"),
						equalTo(stringKey("messaging.rabbitmq.destination.routing_key"), "orders"),
						equalTo(stringKey("messaging.message.id"), "4711"),
						equalTo(stringKey("messaging.message.conversation_id"), "c-1"),
						equalTo(longKey("messaging.message.body.size"), 5L),
						equalTo(stringKey("server.address"), server.host()),
						equalTo(longKey("server.port"), (long) server.port()));
			OpenTelemetryAssertions.assertThat(spans.get(2))
				.hasName("process orders")
				.hasKind(SpanKind.CONSUMER)
				.hasParent(spans.get(1))
				.hasStatus(StatusData.unset())
				.hasTotalRecordedLinks(0)
				.hasAttributesSatisfyingExactly(equalTo(stringKey("messaging.system"), "rabbitmq"),
						equalTo(stringKey("messaging.operation.name"), "process"),
						equalTo(stringKey("messaging.operation.type"), "process"),
						equalTo(stringKey("messaging.destination.name"), "orders"),
						equalTo(stringKey("messaging.rabbitmq.destination.routing_key"), "orders"),
						satisfies(longKey("messaging.rabbitmq.message.delivery_tag"), (tag) -> tag.isGreaterThan(0)),
						equalTo(stringKey("messaging.message.id"), "4711"),
						equalTo(stringKey("messaging.message.conversation_id"), "c-1"),
						equalTo(longKey("messaging.message.body.size"), 5L),
						equalTo(stringKey("server.address"), server.host()),
						equalTo(longKey("server.port"), (long) server.port()));
			OpenTelemetryAssertions.assertThat(spans.get(3)).hasName("warehouse.pack").hasParent(spans.get(2));
		});
	}

	@Test
	void shouldLinkTraceOfListenerIfToldSo() {
		application(Orders.class).with("kosmos.tracing.rabbit.consumer=link").run((running) -> {
			running.bean(RabbitTemplate.class).convertAndSend("", "orders", "order");
			List<SpanData> spans = running.await(3);
			SpanData send = spans.get(0);
			OpenTelemetryAssertions.assertThat(spans.get(1)).hasName("process orders").hasNoParent();
			assertThat(spans.get(1).getTraceId()).isNotEqualTo(send.getTraceId());
			assertThat(spans.get(1).getLinks()).singleElement()
				.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(send.getSpanId()));
			OpenTelemetryAssertions.assertThat(spans.get(2)).hasName("warehouse.pack").hasParent(spans.get(1));
		});
	}

	@Test
	void shouldNameExchangeAndQueueButNoRoutingKey() {
		application(Events.class).run((running) -> {
			running.bean(RabbitTemplate.class).convertAndSend("plant", "device.4711.alarm", "hot");
			List<SpanData> spans = running.await(2);
			OpenTelemetryAssertions.assertThat(spans.get(0))
				.hasName("send plant")
				.hasAttribute(stringKey("messaging.destination.name"), "plant:device.4711.alarm")
				.hasAttribute(stringKey("messaging.rabbitmq.destination.routing_key"), "device.4711.alarm");
			OpenTelemetryAssertions.assertThat(spans.get(1))
				.hasName("process alarms")
				.hasParent(spans.get(0))
				.hasAttribute(stringKey("messaging.destination.name"), "plant:device.4711.alarm:alarms");
		});
	}

	@Test
	void shouldKeepIdsOfRequestAndMdcInListener() {
		application(Ids.class).with("kosmos.tracing.baggage.keys=kosmos.tenant.id").run((running) -> {
			Message message = MessageBuilder.withBody(new byte[0])
				.setHeader("baggage", "kosmos.tenant.id=acme")
				.build();
			running.spans().in("shop", () -> running.bean(RabbitTemplate.class).send("", "ids", message));
			List<SpanData> spans = running.await(3);
			assertThat(spans.get(2).getName()).isEqualTo("process ids");
			assertThat(spans.get(2).getAttributes().get(stringKey("kosmos.tenant.id"))).isEqualTo("acme");
			assertThat(poll(running.bean(Ids.class).seen)).isEqualTo(Map.of("tenant", "acme", "mdcTenant", "acme",
					"mdcTrace", spans.get(2).getTraceId(), "mdcSpan", spans.get(2).getSpanId()));
		});
	}

	@Test
	void shouldShowRedeliveryInSameTraceAndFollowMessageToDeadLetterQueue() {
		application(Poison.class).run((running) -> {
			running.bean(RabbitTemplate.class).convertAndSend("", "poison", "bad");
			List<SpanData> spans = running.await(4);
			assertThat(spans).extracting(SpanData::getName)
				.containsExactly("send poison", "process poison", "process poison", "process poison.dead");
			assertThat(spans).extracting(SpanData::getTraceId).containsOnly(spans.get(0).getTraceId());
			OpenTelemetryAssertions.assertThat(spans.get(1))
				.hasParent(spans.get(0))
				.hasStatus(StatusData.create(StatusCode.ERROR, "cannot handle"))
				.hasAttribute(stringKey("error.type"), IllegalStateException.class.getName())
				.hasEventsSatisfyingExactly((event) -> event.hasName("exception"));
			assertThat(spans.get(1).getAttributes().get(REDELIVERED)).isNull();
			OpenTelemetryAssertions.assertThat(spans.get(2)).hasParent(spans.get(0)).hasAttribute(REDELIVERED, true);
			OpenTelemetryAssertions.assertThat(spans.get(3)).hasParent(spans.get(0)).hasStatus(StatusData.unset());
		});
	}

	@Test
	void shouldGiveEachFurtherAttemptASpanAndKeepTraceOfRepublishedMessage() {
		application(Republished.class)
			.with("spring.rabbitmq.listener.simple.retry.enabled=true",
					"spring.rabbitmq.listener.simple.retry.max-retries=2",
					"spring.rabbitmq.listener.simple.retry.initial-interval=1ms")
			.run((running) -> {
				running.bean(RabbitTemplate.class).convertAndSend("", "retried", "bad");
				List<SpanData> spans = running.await(6);
				assertThat(spans).extracting(SpanData::getName)
					.containsExactly("send retried", "process retried", "retry retried", "retry retried",
							"send retried.dead", "process retried.dead");
				OpenTelemetryAssertions.assertThat(spans.get(2))
					.hasParent(spans.get(1))
					.hasKind(SpanKind.INTERNAL)
					.hasAttributesSatisfyingExactly(equalTo(ATTEMPT, 2L),
							equalTo(stringKey("error.type"), IllegalStateException.class.getName()));
				OpenTelemetryAssertions.assertThat(spans.get(3)).hasParent(spans.get(1)).hasAttribute(ATTEMPT, 3L);
				OpenTelemetryAssertions.assertThat(spans.get(1))
					.hasEventsSatisfyingExactly((event) -> event.hasName("exception"));
				OpenTelemetryAssertions.assertThat(spans.get(4)).hasParent(spans.get(1));
				OpenTelemetryAssertions.assertThat(spans.get(5)).hasParent(spans.get(4));
			});
	}

	@Test
	void shouldMakeBatchOneSpanWithLinkToEachMessage() {
		application(Batches.class).run((running) -> {
			for (int i = 0; i < 3; i++) {
				running.bean(RabbitTemplate.class).convertAndSend("", "batches", "number " + i);
			}
			running.bean(RabbitListenerEndpointRegistry.class).start();
			List<SpanData> spans = running.await(5);
			SpanData batch = spans.get(3);
			OpenTelemetryAssertions.assertThat(batch)
				.hasName("process batches")
				.hasKind(SpanKind.CONSUMER)
				.hasNoParent()
				.hasAttributesSatisfyingExactly(equalTo(stringKey("messaging.system"), "rabbitmq"),
						equalTo(stringKey("messaging.operation.name"), "process"),
						equalTo(stringKey("messaging.operation.type"), "process"),
						equalTo(stringKey("messaging.destination.name"), "batches"),
						equalTo(longKey("messaging.batch.message_count"), 3L),
						equalTo(stringKey("server.address"), server.host()),
						equalTo(longKey("server.port"), (long) server.port()));
			assertThat(batch.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
				.containsExactly(spans.get(0).getSpanId(), spans.get(1).getSpanId(), spans.get(2).getSpanId());
			assertThat(batch.getLinks()).extracting(LinkData::getAttributes)
				.allSatisfy((attributes) -> assertThat(attributes.get(longKey("messaging.message.body.size")))
					.isEqualTo(8));
			OpenTelemetryAssertions.assertThat(spans.get(4)).hasName("warehouse.pack").hasParent(batch);
		});
	}

	@Test
	void shouldTraceRequestAndReply() {
		application(Questions.class).run((running) -> {
			running.spans().in("shop", () -> {
				assertThat(running.bean(RabbitTemplate.class).convertSendAndReceive("", "questions", "why"))
					.isEqualTo("because");
				running.spans().in("after", () -> {
				});
			});
			List<SpanData> spans = running.await(4);
			assertThat(spans).extracting(SpanData::getName)
				.containsExactly("shop", "send questions", "process questions", "after");
			OpenTelemetryAssertions.assertThat(spans.get(1)).hasParent(spans.get(0));
			OpenTelemetryAssertions.assertThat(spans.get(2)).hasParent(spans.get(1));
			OpenTelemetryAssertions.assertThat(spans.get(3)).hasParent(spans.get(0));
		});
	}

	@Test
	void shouldEndSpanOfAsynchronousListenerWhenItIsDone() {
		application(Asynchronous.class).run((running) -> {
			running.bean(RabbitTemplate.class).convertAndSend("", "asynchronous", "slow");
			CompletableFuture<Void> work = poll(running.bean(Asynchronous.class).works);
			running.bean(RabbitTemplate.class).convertAndSend("", "asynchronous", "second");
			CompletableFuture<Void> second = poll(running.bean(Asynchronous.class).works);
			assertThat(running.await(2)).extracting(SpanData::getName)
				.containsExactly("send asynchronous", "send asynchronous");
			work.complete(null);
			second.completeExceptionally(new IllegalStateException("cannot handle"));
			List<SpanData> spans = running.await(4);
			assertThat(spans).extracting(SpanData::getName).filteredOn("process asynchronous"::equals).hasSize(2);
			assertThat(spans).extracting(SpanData::getStatus)
				.extracting(StatusData::getStatusCode)
				.filteredOn(StatusCode.ERROR::equals)
				.hasSize(1);
		});
	}

	@Test
	void shouldNotFailListenerForAnyHeader() {
		application(Hostile.class).run((running) -> {
			RabbitTemplate plain = new RabbitTemplate(running.bean(ConnectionFactory.class));
			List<Object> values = List.of("x", "00-zz-zz-01", 17, true, List.of("a", "b"), Map.of("a", 1),
					"00-" + "a".repeat(5000), new byte[] { -1, -2, 0, 13, 10 }, "a\r\nb: c",
					"00-00000000000000000000000000000000-0000000000000000-01");
			for (Object value : values) {
				MessageBuilder message = MessageBuilder.withBody("x".getBytes(StandardCharsets.UTF_8));
				for (String header : List.of("traceparent", "tracestate", "baggage", "b3", "X-B3-TraceId",
						"x-delivery-count")) {
					message.setHeader(header, value);
				}
				plain.send("", "hostile", message.build());
			}
			List<SpanData> spans = running.await(values.size());
			assertThat(running.bean(Hostile.class).handled).hasValue(values.size());
			assertThat(spans).allSatisfy(
					(span) -> OpenTelemetryAssertions.assertThat(span).hasNoParent().hasStatus(StatusData.unset()));
		});
	}

	@Test
	void shouldTraceTemplateAndFactoryOfApplication() {
		application(Own.class).run((running) -> {
			running.bean(RabbitTemplate.class).convertAndSend("", "own", "order");
			List<SpanData> spans = running.await(2);
			assertThat(spans).extracting(SpanData::getName).containsExactly("send own", "process own");
			OpenTelemetryAssertions.assertThat(spans.get(1)).hasParent(spans.get(0));
		});
	}

	@Test
	void shouldLeaveTemplateAloneThatBootsPropertySwitchesOff() {
		application(Orders.class).with("spring.rabbitmq.template.observation-enabled=false").run((running) -> {
			running.bean(RabbitTemplate.class).convertAndSend("", "orders", "order");
			assertThat(running.await(2)).extracting(SpanData::getName)
				.containsExactly("process orders", "warehouse.pack");
		});
	}

	@Test
	void shouldKeepNamesOfMetersAndBoundRoutingKeys() {
		application(Events.class).run((running) -> {
			for (int i = 0; i < 150; i++) {
				running.bean(RabbitTemplate.class).convertAndSend("plant", "device." + i, "hot");
			}
			running.await(300);
			MeterRegistry meters = running.bean(MeterRegistry.class);
			assertThat(meters.get("spring.rabbit.template").timers()).hasSize(101)
				.allSatisfy((timer) -> assertThat(timer.getId().getTags()).extracting(Tag::getKey)
					.containsExactlyInAnyOrder("error", "messaging.destination.name",
							"messaging.rabbitmq.destination.routing_key", "spring.rabbit.template.name"));
			assertThat(meters.get("spring.rabbit.listener").timers()).singleElement()
				.satisfies((timer) -> assertThat(timer.getId().getTags()).extracting(Tag::getKey)
					.containsExactlyInAnyOrder("error", "messaging.destination.name", "spring.rabbit.listener.id"));
		});
	}

	@Test
	void shouldTraceManualAcknowledgementInTransaction() {
		application(Manual.class).with("spring.rabbitmq.listener.simple.acknowledge-mode=manual").run((running) -> {
			RabbitTemplate template = running.bean(RabbitTemplate.class);
			template.setChannelTransacted(true);
			template.convertAndSend("", "manual", "order");
			assertThat(running.await(2)).extracting(SpanData::getName).containsExactly("send manual", "process manual");
			assertThat(running.bean(RabbitAdmin.class).getQueueInfo("manual").getMessageCount()).isZero();
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Orders {

		@Bean
		Queue orders() {
			return new Queue("orders", false);
		}

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

		@RabbitListener(queues = "orders")
		void handle(String order) {
			this.warehouse.pack();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Events {

		@Bean
		Declarables alarms() {
			Queue queue = new Queue("alarms", false);
			TopicExchange exchange = new TopicExchange("plant", false, true);
			return new Declarables(queue, exchange, BindingBuilder.bind(queue).to(exchange).with("device.#"));
		}

		@RabbitListener(queues = "alarms")
		void handle(String alarm) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Ids {

		private final BlockingQueue<Map<String, String>> seen = new LinkedBlockingQueue<>();

		private final RequestContext request;

		Ids(RequestContext request) {
			this.request = request;
		}

		@Bean
		static Queue ids() {
			return new Queue("ids", false);
		}

		@RabbitListener(queues = "ids")
		void handle(byte[] message) {
			this.seen.add(Map.of("tenant", String.valueOf(this.request.current().tenant()), "mdcTenant",
					String.valueOf(MDC.get("tenantId")), "mdcTrace", String.valueOf(MDC.get("traceId")), "mdcSpan",
					String.valueOf(MDC.get("spanId"))));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Poison {

		private final AtomicInteger deliveries = new AtomicInteger();

		@Bean
		static Declarables poison() {
			return new Declarables(QueueBuilder.nonDurable("poison")
				.deadLetterExchange("")
				.deadLetterRoutingKey("poison.dead")
				.build(), new Queue("poison.dead", false));
		}

		@RabbitListener(queues = "poison")
		void handle(String message) {
			if (this.deliveries.incrementAndGet() == 1) {
				throw new IllegalStateException("cannot handle");
			}
			throw new AmqpRejectAndDontRequeueException("will never handle");
		}

		@RabbitListener(queues = "poison.dead")
		void bury(String message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Republished {

		@Bean
		static Declarables retried() {
			return new Declarables(new Queue("retried", false), new Queue("retried.dead", false));
		}

		@Bean
		static MessageRecoverer recoverer(RabbitTemplate template) {
			return new RepublishMessageRecoverer(template, "", "retried.dead");
		}

		@RabbitListener(queues = "retried")
		void handle(String message) {
			throw new IllegalStateException("cannot handle");
		}

		@RabbitListener(queues = "retried.dead")
		void bury(String message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Batches {

		@Bean
		static Queue batches() {
			return new Queue("batches", false);
		}

		@Bean
		static Warehouse warehouse() {
			return new Warehouse();
		}

		@Bean
		static SimpleRabbitListenerContainerFactory batchFactory(ConnectionFactory connectionFactory) {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			factory.setConnectionFactory(connectionFactory);
			factory.setBatchListener(true);
			factory.setConsumerBatchEnabled(true);
			factory.setBatchSize(3);
			factory.setReceiveTimeout(Duration.ofSeconds(5).toMillis());
			return factory;
		}

		private final Warehouse warehouse;

		Batches(Warehouse warehouse) {
			this.warehouse = warehouse;
		}

		@RabbitListener(id = "batches", queues = "batches", containerFactory = "batchFactory", autoStartup = "false")
		void handle(List<String> messages) {
			this.warehouse.pack();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Questions {

		@Bean
		static Queue questions() {
			return new Queue("questions", false);
		}

		@RabbitListener(queues = "questions")
		String answer(String question) {
			return "because";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Asynchronous {

		private final BlockingQueue<CompletableFuture<Void>> works = new LinkedBlockingQueue<>();

		@Bean
		static Queue asynchronous() {
			return new Queue("asynchronous", false);
		}

		@RabbitListener(queues = "asynchronous")
		CompletableFuture<Void> handle(String message) {
			CompletableFuture<Void> work = new CompletableFuture<>();
			this.works.add(work);
			return work;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Hostile {

		private final AtomicInteger handled = new AtomicInteger();

		@Bean
		static Queue hostile() {
			return new Queue("hostile", false);
		}

		@RabbitListener(queues = "hostile")
		void handle(String message) {
			this.handled.incrementAndGet();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		static Queue own() {
			return new Queue("own", false);
		}

		@Bean
		static RabbitTemplate template(ConnectionFactory connectionFactory) {
			return new RabbitTemplate(connectionFactory);
		}

		@Bean
		static SimpleRabbitListenerContainerFactory ownFactory(ConnectionFactory connectionFactory) {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			factory.setConnectionFactory(connectionFactory);
			return factory;
		}

		@RabbitListener(queues = "own", containerFactory = "ownFactory")
		void handle(String message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Manual {

		@Bean
		static Queue manual() {
			return new Queue("manual", false);
		}

		@RabbitListener(queues = "manual")
		void handle(Message message, Channel channel) throws IOException {
			channel.basicAck(message.getMessageProperties().getDeliveryTag(), false);
		}

	}

}
