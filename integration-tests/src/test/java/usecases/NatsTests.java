package usecases;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.MessageSpans;
import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.Traced;
import io.kosmos.tracing.servers.NatsServer;
import io.nats.client.Connection;
import io.nats.client.ConsumeOptions;
import io.nats.client.ConsumerContext;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.FetchConsumer;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.MessageConsumer;
import io.nats.client.MessageHandler;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PublishOptions;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.nats.service.Service;
import io.nats.service.ServiceEndpoint;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurationImportSelector;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AnnotationAttributes;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * An application that talks to a real NATS, with and without JetStream.
 */
class NatsTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@TempDir
	static Path directory;

	static NatsServer server;

	private ConfigurableApplicationContext context;

	@BeforeAll
	static void startServer() {
		server = NatsServer.start(directory);
	}

	@AfterAll
	static void stopServer() throws Exception {
		server.close();
	}

	@BeforeEach
	void start() {
		start(Map.of());
	}

	private void start(Map<String, Object> properties) {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(properties)
			.properties("kosmos.tracing.exporter.enabled=false", "spring.main.banner-mode=off",
					"nats.url=" + server.url())
			.run();
	}

	private void restart(Map<String, Object> properties) {
		stop();
		start(properties);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	@Test
	void shouldContinueTheTraceInAHandler() throws Exception {
		Dispatcher dispatcher = connection().createDispatcher((message) -> bean(Worker.class).work());
		dispatcher.subscribe("orders.new", "workers");
		spans().in("caller", () -> connection().publish("orders.new", new byte[5]));
		SpanData work = await("Worker.work");
		SpanData send = await("send orders.new");
		assertThat(send).hasParent(await("caller"))
			.hasKind(SpanKind.PRODUCER)
			.hasStatus(StatusData.ok())
			.hasTotalRecordedLinks(0)
			.hasAttributes(sent("send", "orders.new", 5).build());
		SpanData process = await("process orders.new");
		assertThat(process).hasParent(send)
			.hasKind(SpanKind.CONSUMER)
			.hasStatus(StatusData.ok())
			.hasTotalRecordedLinks(0)
			.hasAttributes(
					consumed("process", "process", "orders.new", 5).put("messaging.consumer.group.name", "workers")
						.build());
		assertThat(work).hasParent(process);
		assertThat(bean(Worker.class).traceInMdc()).isEqualTo(process.getTraceId());
	}

	@Test
	void shouldSendTheContextWhateverMethodSends() throws Exception {
		AtomicInteger handled = new AtomicInteger();
		Dispatcher dispatcher = connection().createDispatcher((message) -> handled.incrementAndGet());
		dispatcher.subscribe("all");
		Headers headers = new Headers().put("Color", "blue");
		Message message = NatsMessage.builder().subject("all").headers(headers).data("body").build();
		spans().in("caller", () -> {
			connection().publish("all", null);
			connection().publish("all", headers, new byte[1]);
			connection().publish("all", "reply", new byte[1]);
			connection().publish("all", "reply", headers, new byte[1]);
			connection().publish("all", "reply", null, new byte[1]);
			connection().publish(message);
		});
		Awaitility.await().atMost(PATIENCE).until(() -> handled.get() == 6);
		await("process all", 6);
		SpanData caller = await("caller");
		assertThat(ended()).hasSize(13).allSatisfy((span) -> assertThat(span).hasTraceId(caller.getTraceId()));
		assertThat(ended("process all")).extracting(SpanData::getParentSpanId)
			.containsExactlyElementsOf(ended("send all").stream().map(SpanData::getSpanId).toList());
		// What the application holds is its own.
		assertThat(headers.keySet()).containsExactly("Color");
		assertThat(message.getHeaders().keySet()).containsExactly("Color");
	}

	@Test
	void shouldReplaceTheContextOfAMessageThatIsSentOn() throws Exception {
		connection().createDispatcher().subscribe("in", (message) -> {
			Headers headers = new Headers(message.getHeaders()).put("tracestate", "stale=1");
			connection().publish("out", headers, message.getData());
		});
		Subscription out = connection().subscribe("out");
		connection().publish("in", "hello".getBytes());
		Message message = out.nextMessage(PATIENCE);
		assertThat(message.getHeaders().getFirst("traceparent")).contains(await("send out").getSpanId());
		assertThat(message.getHeaders().get("tracestate")).isNull();
		assertThat(await("send out")).hasParent(await("process in"));
	}

	@Test
	void shouldTraceARequestAndItsReply() throws Exception {
		Dispatcher dispatcher = connection().createDispatcher();
		dispatcher.subscribe("sum", (message) -> message.getConnection().publish(message.getReplyTo(), new byte[3]));
		Message reply = spans().in("caller", () -> connection().request("sum", new byte[2], PATIENCE));
		assertThat(reply.getData()).hasSize(3);
		SpanData request = await("request sum");
		assertThat(request).hasParent(await("caller"))
			.hasKind(SpanKind.PRODUCER)
			.hasStatus(StatusData.ok())
			.hasAttributes(sent("request", "sum", 2).build());
		SpanData process = await("process sum");
		assertThat(process).hasParent(request);
		SpanData answer = await("send");
		assertThat(answer).hasParent(process).hasKind(SpanKind.PRODUCER);
		assertThat(answer.getAttributes().asMap()).containsEntry(MessagingAttributes.DESTINATION_TEMPORARY, true);
		assertThat(answer.getAttributes().get(MessagingAttributes.DESTINATION_NAME)).startsWith("_INBOX.");
	}

	@Test
	void shouldTraceARequestInAFuture() throws Exception {
		connection().createDispatcher()
			.subscribe("sum", (message) -> connection().publish(message.getReplyTo(), new byte[3]));
		Message request = NatsMessage.builder().subject("sum").data(new byte[2]).build();
		for (CompletableFuture<Message> reply : List.of(connection().request("sum", new byte[2]),
				connection().request("sum", new Headers(), new byte[2]), connection().request(request),
				connection().requestWithTimeout("sum", new byte[2], PATIENCE),
				connection().requestWithTimeout("sum", null, new byte[2], PATIENCE),
				connection().requestWithTimeout(request, PATIENCE))) {
			assertThat(reply.get(10, TimeUnit.SECONDS).getData()).hasSize(3);
		}
		await("process sum", 6);
		await("send", 6);
		assertThat(ended("request sum")).hasSize(6)
			.allSatisfy((span) -> assertThat(span).hasStatus(StatusData.ok())
				.hasAttributes(sent("request", "sum", 2).build()));
		assertThat(ended("process sum")).extracting(SpanData::getTraceId)
			.containsExactlyElementsOf(ended("request sum").stream().map(SpanData::getTraceId).toList());
		assertThat(request.getHeaders()).isNull();
	}

	@Test
	void shouldTellThatNobodyAnswered() throws Exception {
		assertThat(connection().request("nobody", new byte[0], Duration.ofSeconds(5))).isNull();
		assertThat(connection().request("nobody", new byte[0])).failsWithin(PATIENCE);
		assertThat(await("request nobody", 2)).allSatisfy((span) -> assertThat(span)
			.hasStatus(StatusData.create(StatusCode.ERROR, "No reply: nobody listens, or nobody answered in time")));
	}

	@Test
	void shouldKeepTheTraceOfAMessageWhoseHandlerFails() {
		connection().createDispatcher().subscribe("poison", (message) -> {
			throw new IllegalArgumentException("unreadable");
		});
		spans().in("caller", () -> connection().publish("poison", new byte[1]));
		SpanData process = await("process poison");
		assertThat(process).hasParent(await("send poison"))
			.hasStatus(StatusData.create(StatusCode.ERROR, "unreadable"))
			.hasAttributes(
					consumed("process", "process", "poison", 1).put("error.type", "java.lang.IllegalArgumentException")
						.build());
		assertThat(process.getEvents()).extracting(EventData::getName).containsExactly("exception");
	}

	@Test
	void shouldNameSpansByWhatManySubjectsHaveInCommon() throws Exception {
		CountDownLatch handled = new CountDownLatch(2);
		Dispatcher dispatcher = connection().createDispatcher((message) -> handled.countDown());
		dispatcher.subscribe("assets.*.alarms").subscribe("devices.>");
		connection().publish("assets.pump.alarms", new byte[1]);
		connection().publish("devices.4711.e3a1c7d4-5b26-4b3e-9f0e-0f6a6f7f4d11.state", new byte[1]);
		assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(await("send assets.pump.alarms")).hasAttributes(sent("send", "assets.pump.alarms", 1).build());
		assertThat(await("process assets.*.alarms"))
			.hasAttributes(consumed("process", "process", "assets.pump.alarms", 1)
				.put("messaging.destination.template", "assets.*.alarms")
				.build());
		assertThat(await("send devices.*.*.state").getAttributes().get(MessagingAttributes.DESTINATION_NAME))
			.isEqualTo("devices.4711.e3a1c7d4-5b26-4b3e-9f0e-0f6a6f7f4d11.state");
		assertThat(await("process devices.>")).hasKind(SpanKind.CONSUMER);
	}

	@Test
	void shouldReceiveWithoutAHandler() throws Exception {
		Subscription subscription = connection().subscribe("polled", "workers");
		assertThat(subscription.nextMessage(Duration.ofMillis(1))).isNull();
		spans().in("sender", () -> connection().publish("polled", new byte[4]));
		Message message = subscription.nextMessage(PATIENCE);
		bean(MessageSpans.class).process("nats", message.getSubject(), message.getHeaders().toMap()).in(() -> {
		});
		spans().in("sender", () -> connection().publish("polled", new byte[4]));
		spans().in("poller", () -> subscription.nextMessage(10_000));
		List<SpanData> sends = await("send polled", 2);
		List<SpanData> receives = await("receive polled", 2);
		assertThat(receives.get(0)).hasParent(sends.get(0))
			.hasKind(SpanKind.CLIENT)
			.hasTotalRecordedLinks(0)
			.hasAttributes(consumed("receive", "receive", "polled", 4).put("messaging.consumer.group.name", "workers")
				.build());
		assertThat(await("process polled")).hasParent(sends.get(0));
		assertThat(receives.get(1)).hasParent(await("poller"));
		assertThat(receives.get(1).getLinks()).singleElement()
			.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(sends.get(1).getSpanId()));
	}

	@Test
	void shouldLinkWhereTheApplicationWants() {
		restart(Map.of("kosmos.tracing.nats.consumer", "link"));
		connection().createDispatcher().subscribe("linked", (message) -> bean(Worker.class).work());
		connection().publish("linked", new byte[1]);
		SpanData process = await("process linked");
		SpanData send = await("send linked");
		assertThat(process).hasNoParent();
		assertThat(process.getTraceId()).isNotEqualTo(send.getTraceId());
		assertThat(process.getLinks()).singleElement()
			.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(send.getSpanId()));
		assertThat(await("Worker.work")).hasParent(process);
	}

	@Test
	void shouldTakeTheIdsOfTheRequestToAnAllowedServer() {
		restart(Map.of("kosmos.tracing.baggage.keys", "kosmos.tenant.id", "kosmos.tracing.baggage.hosts",
				"127.0.0.1,localhost"));
		AtomicReference<RequestIds> ids = new AtomicReference<>();
		connection().createDispatcher().subscribe("ids", (message) -> ids.set(RequestIds.current()));
		bean(RequestContext.class).tenant("acme").in(() -> connection().publish("ids", new byte[0]));
		assertThat(await("process ids").getAttributes().get(KosmosAttributes.TENANT_ID)).isEqualTo("acme");
		assertThat(ids.get().tenant()).isEqualTo("acme");
	}

	@Test
	void shouldTraceJetStreamWithAHandler() throws Exception {
		stream("ORDERS", "orders.>");
		JetStream jetStream = connection().jetStream();
		AtomicInteger deliveries = new AtomicInteger();
		Dispatcher dispatcher = connection().createDispatcher();
		MessageHandler handler = (message) -> {
			if (deliveries.incrementAndGet() == 1) {
				message.nak();
				throw new IllegalStateException("not now");
			}
			message.ack();
			message.ack();
		};
		JetStreamSubscription subscription = jetStream.subscribe("orders.>", dispatcher, handler, false,
				PushSubscribeOptions.builder().durable("billing").build());
		PublishAck ack = spans().in("caller", () -> jetStream.publish("orders.1", new byte[7],
				PublishOptions.builder().messageId("order-1").build()));
		assertThat(ack.getSeqno()).isOne();
		await("ack orders.>");
		SpanData send = await("send orders.*");
		assertThat(send).hasParent(await("caller"))
			.hasKind(SpanKind.PRODUCER)
			.hasStatus(StatusData.ok())
			.hasAttributes(sent("send", "orders.1", 7).put("messaging.destination.template", "orders.*")
				.put("messaging.message.id", "order-1")
				.put("kosmos.nats.stream", "ORDERS")
				.put("kosmos.nats.stream_sequence", 1)
				.build());
		List<SpanData> processes = await("process orders.>", 2);
		assertThat(processes.get(0)).hasParent(send)
			.hasStatus(StatusData.create(StatusCode.ERROR, "not now"))
			.hasAttributes(
					delivered("process", "process", 1).put("error.type", "java.lang.IllegalStateException").build());
		assertThat(processes.get(1)).hasParent(send)
			.hasKind(SpanKind.CONSUMER)
			.hasStatus(StatusData.ok())
			.hasAttributes(delivered("process", "process", 2).build());
		assertThat(await("nak orders.>")).hasParent(processes.get(0))
			.hasKind(SpanKind.CLIENT)
			.hasAttributes(delivered("nak", "settle", 1).build());
		assertThat(ended("ack orders.>")).singleElement()
			.satisfies((span) -> assertThat(span).hasParent(processes.get(1))
				.hasAttributes(delivered("ack", "settle", 2).build()));
		dispatcher.unsubscribe(subscription);
		connection().closeDispatcher(dispatcher);
		assertThat(subscription.isActive()).isFalse();
	}

	@Test
	void shouldEndTheSpanOfAnAsynchronousPublishWithItsAcknowledgement() throws Exception {
		stream("EVENTS", "events");
		JetStream jetStream = connection().jetStream();
		assertThat(jetStream.publishAsync("events", new byte[1]).get(10, TimeUnit.SECONDS).getSeqno()).isOne();
		assertThat(await("send events")).hasStatus(StatusData.ok())
			.hasAttributes(sent("send", "events", 1).put("kosmos.nats.stream", "EVENTS")
				.put("kosmos.nats.stream_sequence", 1)
				.build());
		assertThatThrownBy(() -> jetStream.publish("nowhere", new byte[1])).isInstanceOf(IOException.class);
		assertThat(jetStream.publishAsync("nowhere", new byte[1])).failsWithin(PATIENCE);
		assertThat(await("send nowhere", 2)).allSatisfy((span) -> assertThat(span.getAttributes().asMap())
			.containsEntry(AttributeKey.stringKey("error.type"), "java.io.IOException"));
	}

	@Test
	void shouldTracePullConsumers() throws Exception {
		stream("JOBS", "jobs.*");
		connection().getStreamContext("JOBS")
			.createOrUpdateConsumer(ConsumerConfiguration.builder().durable("worker").filterSubject("jobs.*").build());
		ConsumerContext consumer = connection().getConsumerContext("JOBS", "worker");
		JetStream jetStream = connection().jetStream();
		for (int i = 0; i < 5; i++) {
			jetStream.publish("jobs.print", new byte[1]);
		}
		List<SpanData> sends = await("send jobs.print", 5);
		consumer.next(PATIENCE).ack();
		try (FetchConsumer fetch = consumer.fetchMessages(1)) {
			fetch.nextMessage().ackSync(PATIENCE);
		}
		try (IterableConsumer iterable = consumer.iterate(ConsumeOptions.builder().batchSize(10).build())) {
			iterable.nextMessage(PATIENCE).nakWithDelay(Duration.ofMinutes(1));
			iterable.nextMessage(10_000).term();
			iterable.nextMessage(10_000).ack();
		}
		List<SpanData> receives = await("receive jobs.*", 5);
		for (int i = 0; i < 5; i++) {
			assertThat(receives.get(i)).hasParent(sends.get(i)).hasKind(SpanKind.CLIENT);
			assertThat(receives.get(i)).hasAttributes(
					consumed("receive", "receive", "jobs.print", 1).put("messaging.destination.template", "jobs.*")
						.put("messaging.destination.subscription.name", "worker")
						.put("kosmos.nats.stream", "JOBS")
						.put("kosmos.nats.stream_sequence", i + 1)
						.put("kosmos.message.delivery_attempt", 1)
						.build());
		}
		assertThat(await("ack jobs.*", 3)).extracting(SpanData::getParentSpanId)
			.containsExactly(sends.get(0).getSpanId(), sends.get(1).getSpanId(), sends.get(4).getSpanId());
		assertThat(await("nak jobs.*")).hasParent(sends.get(2));
		assertThat(await("term jobs.*")).hasParent(sends.get(3));
		CountDownLatch handled = new CountDownLatch(1);
		try (MessageConsumer consume = consumer.consume((message) -> handled.countDown())) {
			jetStream.publish("jobs.scan", new byte[1]);
			assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(await("process jobs.*")).hasParent(await("send jobs.scan")).hasKind(SpanKind.CONSUMER);
	}

	@Test
	void shouldNameSpansByTheFilterOfAConsumerWhereverItComesFrom() throws Exception {
		stream("PEOPLE", "people.*");
		connection().getStreamContext("PEOPLE")
			.createOrUpdateConsumer(
					ConsumerConfiguration.builder().durable("worker").filterSubject("people.*").build());
		JetStream jetStream = connection().jetStream();
		jetStream.publish("people.alice", new byte[1]);
		jetStream.publish("people.bob", new byte[1]);
		jetStream.getConsumerContext("PEOPLE", "worker").next(PATIENCE).ack();
		jetStream.getStreamContext("PEOPLE").getConsumerContext("worker").next(PATIENCE).ack();
		await("receive people.*", 2);
		await("ack people.*", 2);
		connection().getStreamContext("PEOPLE")
			.createOrderedConsumer(new OrderedConsumerConfiguration().filterSubject("people.*"))
			.next(PATIENCE);
		await("receive people.*", 3);
	}

	@Test
	void shouldNameSpansByTheSubjectOfEachSubscription() throws Exception {
		stream("PETS", "pets.*");
		JetStream jetStream = connection().jetStream();
		JetStreamSubscription plain = jetStream.subscribe("pets.*");
		Dispatcher dispatcher = connection().createDispatcher();
		JetStreamSubscription dispatched = jetStream.subscribe("pets.*", dispatcher, (message) -> {
		}, true);
		dispatched.getDispatcher().subscribe("toys.>", (message) -> {
		});
		jetStream.publish("pets.rex", new byte[1]);
		plain.nextMessage(PATIENCE).ack();
		await("receive pets.*");
		await("process pets.*");
		connection().publish("toys.ball", new byte[1]);
		await("process toys.>");
	}

	@Test
	void shouldLinkTheMessagesOfABatch() throws Exception {
		stream("BATCH", "batch");
		JetStream jetStream = connection().jetStream();
		JetStreamSubscription subscription = jetStream.subscribe("batch",
				PullSubscribeOptions.builder().durable("batcher").build());
		for (int i = 0; i < 3; i++) {
			jetStream.publish("batch", new byte[1]);
		}
		List<Message> batch = subscription.fetch(3, PATIENCE);
		assertThat(batch).hasSize(3);
		batch.forEach(Message::ack);
		SpanData receive = await("receive batch");
		assertThat(receive).hasNoParent()
			.hasKind(SpanKind.CLIENT)
			.hasAttributes(attributes("receive", "receive", "batch").put("messaging.batch.message_count", 3)
				.put("messaging.destination.subscription.name", "batcher")
				.put("kosmos.nats.stream", "BATCH")
				.build());
		assertThat(receive.getLinks()).extracting((link) -> link.getSpanContext().getSpanId())
			.containsExactlyElementsOf(await("send batch", 3).stream().map(SpanData::getSpanId).toList());
		jetStream.publish("batch", new byte[1]);
		subscription.iterate(1, PATIENCE).forEachRemaining(Message::ack);
		assertThat(await("receive batch", 2).get(1)).hasParent(await("send batch", 4).get(3));
		await("ack batch", 4);
	}

	@Test
	void shouldTraceTheServicesOfJnats() throws Exception {
		ServiceEndpoint endpoint = ServiceEndpoint.builder()
			.endpointName("echo")
			.handler((message) -> message.respond(connection(), message.getData()))
			.build();
		Service service = Service.builder()
			.connection(connection())
			.name("EchoService")
			.version("1.0.0")
			.addServiceEndpoint(endpoint)
			.build();
		service.startService();
		connection().flush(PATIENCE);
		assertThat(connection().request("echo", "hi".getBytes(), PATIENCE).getData()).hasSize(2);
		assertThat(await("process echo")).hasParent(await("request echo"));
		service.stop();
	}

	@Test
	void shouldSendWhatLeavesNoRoomForHeaders() throws Exception {
		Subscription subscription = connection().subscribe("large");
		connection().publish("large", new byte[(int) connection().getMaxPayload()]);
		assertThat(subscription.nextMessage(PATIENCE).hasHeaders()).isFalse();
		assertThat(await("send large")).hasStatus(StatusData.ok());
	}

	@Test
	void shouldFailAsJnatsDoes() {
		assertThatThrownBy(() -> connection().publish(null, new byte[0])).isInstanceOf(IllegalArgumentException.class);
		assertThatThrownBy(() -> connection().publish((Message) null)).isInstanceOf(IllegalArgumentException.class);
		assertThatThrownBy(() -> connection().publish("with space", new byte[0]))
			.isInstanceOf(IllegalArgumentException.class);
		assertThatThrownBy(() -> connection().getStreamContext("absent")).isInstanceOf(JetStreamApiException.class);
	}

	@Test
	void shouldTraceAConnectionThatIsNoBean() throws Exception {
		try (Connection other = (Connection) this.context.getBeanFactory()
			.applyBeanPostProcessorsAfterInitialization(Nats.connect(server.url()), "other")) {
			other.publish("by.other", new byte[1]);
			assertThat(await("send by.other")).hasKind(SpanKind.PRODUCER);
		}
	}

	@Test
	void shouldSendNoHeadersWhereTheyAreOff() throws Exception {
		restart(Map.of("nats.headers", "false"));
		Subscription subscription = connection().subscribe("plain");
		connection().publish("plain", new byte[1]);
		assertThat(subscription.nextMessage(PATIENCE).hasHeaders()).isFalse();
		assertThat(await("send plain")).hasStatus(StatusData.ok());
		assertThat(await("receive plain")).hasNoParent();
	}

	@Test
	void shouldLeaveTheConnectionAloneWhenOff() throws Exception {
		restart(Map.of("kosmos.tracing.nats.enabled", "false"));
		assertThat(connection().getClass().getName()).isEqualTo("io.nats.client.impl.NatsConnection");
		restart(Map.of("kosmos.tracing.enabled", "false"));
		assertThat(connection().getClass().getName()).isEqualTo("io.nats.client.impl.NatsConnection");
	}

	private void stream(String name, String subject) throws IOException, JetStreamApiException {
		connection().jetStreamManagement()
			.addStream(
					StreamConfiguration.builder().name(name).subjects(subject).storageType(StorageType.Memory).build());
	}

	private static AttributesBuilder attributes(String operation, String type, String subject) {
		URI address = URI.create(server.url());
		return Attributes.builder()
			.put("messaging.system", "nats")
			.put("messaging.operation.name", operation)
			.put("messaging.operation.type", type)
			.put("messaging.destination.name", subject)
			.put("server.address", address.getHost())
			.put("server.port", address.getPort());
	}

	private static AttributesBuilder sent(String operation, String subject, long size) {
		return attributes(operation, "send", subject).put("messaging.message.body.size", size);
	}

	private static AttributesBuilder consumed(String operation, String type, String subject, long size) {
		return attributes(operation, type, subject).put("messaging.message.body.size", size);
	}

	private static AttributesBuilder delivered(String operation, String type, long count) {
		AttributesBuilder redelivered = (count > 1)
				? consumed(operation, type, "orders.1", 7).put("kosmos.message.redelivered", true)
				: consumed(operation, type, "orders.1", 7);
		return redelivered.put("messaging.destination.template", "orders.>")
			.put("messaging.message.id", "order-1")
			.put("messaging.destination.subscription.name", "billing")
			.put("kosmos.nats.stream", "ORDERS")
			.put("kosmos.nats.stream_sequence", 1)
			.put("kosmos.message.delivery_attempt", count);
	}

	private Connection connection() {
		return bean(Connection.class);
	}

	private Spans spans() {
		return bean(Spans.class);
	}

	private <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	private List<SpanData> ended() {
		return bean(Recorder.class).exporter().getFinishedSpanItems();
	}

	private List<SpanData> ended(String name) {
		return ended().stream().filter((span) -> span.getName().equals(name)).toList();
	}

	private SpanData await(String name) {
		return await(name, 1).get(0);
	}

	private List<SpanData> await(String name, int count) {
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(ended()).filteredOn((span) -> span.getName().equals(name))
				.as(() -> name + " among " + ended().stream().map(SpanData::getName).toList())
				.hasSize(count));
		return ended(name);
	}

	/**
	 * Holds the exporter, which as a bean would get every span from Boot once more.
	 */
	record Recorder(InMemorySpanExporter exporter) {

	}

	static class Worker {

		private volatile String traceInMdc;

		@Traced
		public void work() {
			this.traceInMdc = MDC.get("traceId");
		}

		public String traceInMdc() {
			return this.traceInMdc;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Tracing.class)
	static class Application {

		@Bean
		Connection connection(Environment environment) throws Exception {
			Options.Builder options = new Options.Builder().server(environment.getRequiredProperty("nats.url"))
				.connectionTimeout(PATIENCE)
				.errorListener(new ErrorListener() {
				});
			return Nats.connect(environment.getProperty("nats.headers", Boolean.class, true) ? options.build()
					: options.noHeaders().noNoResponders().build());
		}

		@Bean
		Worker worker() {
			return new Worker();
		}

		@Bean
		Recorder recorder() {
			return new Recorder(InMemorySpanExporter.create());
		}

		@Bean
		SpanProcessor recordingSpanProcessor(Recorder recorder) {
			return SimpleSpanProcessor.create(recorder.exporter());
		}

	}

	/**
	 * What traces, and nothing of all else that is on the class path.
	 */
	static class Tracing extends AutoConfigurationImportSelector {

		@Override
		protected AnnotationAttributes getAttributes(AnnotationMetadata metadata) {
			return new AnnotationAttributes();
		}

		@Override
		protected List<String> getCandidateConfigurations(AnnotationMetadata metadata,
				AnnotationAttributes attributes) {
			return super.getCandidateConfigurations(metadata, attributes).stream()
				.filter((name) -> name.startsWith("io.kosmos.") || name.contains(".opentelemetry.")
						|| name.contains("MicrometerTracing") || name.contains(".aop.")
						|| name.endsWith(".ObservationAutoConfiguration"))
				.toList();
		}

		@Override
		protected Set<String> getExclusions(AnnotationMetadata metadata, AnnotationAttributes attributes) {
			return Set.of();
		}

	}

}
