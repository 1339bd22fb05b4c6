package io.kosmos.tracing.autoconfigure.broker;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.MessagingAttributes;
import io.kosmos.tracing.TracingFailures;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.instrumentation.kafkaclients.v2_6.KafkaTelemetry;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.kafka.listener.CompositeBatchInterceptor;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.support.micrometer.KafkaRecordSenderContext;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

class KafkaAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				MicrometerTracingAutoConfiguration.class, KafkaAutoConfiguration.class))
		.withBean(TracingFailures.class, () -> (site, failure) -> {
			throw new AssertionError(site, failure);
		})
		.withUserConfiguration(Messaging.class);

	@ParameterizedTest
	@ValueSource(strings = { "template", "factory", "container" })
	void shouldSwitchObservationOn(String bean) {
		this.contextRunner.run((context) -> assertThat(isObserved(context.getBean(bean))).isTrue());
	}

	@ParameterizedTest
	@CsvSource({ "template, template", "listener, factory", "listener, container" })
	void shouldLeaveAloneWhatBootsPropertySwitchesOff(String property, String bean) {
		this.contextRunner.withPropertyValues("spring.kafka." + property + ".observation-enabled=false")
			.run((context) -> assertThat(isObserved(context.getBean(bean))).isFalse());
	}

	@ParameterizedTest
	@ValueSource(strings = { "template", "factory", "container" })
	void shouldLeaveAloneWhatOpenTelemetryInterceptorsTrace(String bean) {
		this.contextRunner.withPropertyValues(
				"test.interceptors=io.opentelemetry.instrumentation.kafkaclients.v2_6.internal.OpenTelemetryProducerInterceptor")
			.run((context) -> assertThat(isObserved(context.getBean(bean))).isFalse());
	}

	@Test
	void shouldDoNothingBesideKafkaTelemetry() {
		this.contextRunner.withBean(KafkaTelemetry.class, () -> KafkaTelemetry.create(OpenTelemetry.noop()))
			.run((context) -> {
				assertThat(context).doesNotHaveBean(KafkaAutoConfiguration.class);
				assertThat(isObserved(context.getBean("template"))).isFalse();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos.tracing.enabled", "kosmos.tracing.kafka.enabled" })
	void shouldDoNothingWhenSwitchedOff(String property) {
		this.contextRunner.withPropertyValues(property + "=false").run((context) -> {
			assertThat(context).doesNotHaveBean(KafkaAutoConfiguration.class);
			assertThat(isObserved(context.getBean("template"))).isFalse();
		});
	}

	@Test
	void shouldDoNothingWithoutSpringKafka() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(KafkaTemplate.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(KafkaAutoConfiguration.class));
	}

	@Test
	void shouldHandleObservationsBeforeMicrometer() {
		this.contextRunner.run((context) -> assertThat(
				context.getBeanProvider(TracingObservationHandler.class).orderedStream().limit(2).map(Object::getClass))
			.containsExactlyInAnyOrder(KafkaReceiverHandler.class, KafkaSenderHandler.class));
	}

	@Test
	void shouldNotAskForIdOfCluster() {
		this.contextRunner.run((context) -> assertThat(
				(String) ReflectionTestUtils.invokeMethod(context.getBean(KafkaTemplate.class), "clusterId"))
			.isNull());
	}

	@Test
	@SuppressWarnings("unchecked")
	void shouldCallInterceptorsOfApplication() {
		this.contextRunner.run((context) -> {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = context
				.getBean(ConcurrentKafkaListenerContainerFactory.class);
			ConsumerRecord<Object, Object> record = new ConsumerRecord<>("topic", 0, 0, null, null);
			assertThat(factory.getRecordInterceptor()).isInstanceOf(KafkaRecordInterceptor.class);
			factory.getRecordInterceptor().intercept(record, null);
			assertThat(factory.getBatchInterceptor()).isInstanceOf(KafkaBatchInterceptor.class);
			factory.getBatchInterceptor().intercept(ConsumerRecords.empty(), null);
			factory.getBatchInterceptor().success(ConsumerRecords.empty(), null);
			assertThat(context.getBean(Messaging.class).intercepted).containsExactly("record", "batch");
		});
	}

	@Test
	void shouldOpenOneSpanOfBatchInContainerOfObservedFactory() {
		InMemorySpanExporter exporter = InMemorySpanExporter.create();
		this.contextRunner.withUserConfiguration(Replies.class)
			.withBean(SpanProcessor.class, () -> SimpleSpanProcessor.create(exporter))
			.withPropertyValues("management.tracing.sampling.probability=1")
			.run((context) -> {
				assertOneSpan(context.getBean("replies", ConcurrentMessageListenerContainer.class), exporter);
				assertOneSpan(context.getBean("composed", ConcurrentMessageListenerContainer.class), exporter);
			});
	}

	private static void assertOneSpan(ConcurrentMessageListenerContainer<Object, Object> container,
			InMemorySpanExporter exporter) {
		exporter.reset();
		BatchInterceptor<Object, Object> interceptor = container.getBatchInterceptor();
		ConsumerRecords<Object, Object> records = new ConsumerRecords<>(
				Map.of(new TopicPartition("replies", 0), List.of(new ConsumerRecord<>("replies", 0, 0, null, "a"))),
				Map.of());
		interceptor.intercept(records, null);
		assertThat(Span.current().getSpanContext().isValid()).isTrue();
		interceptor.success(records, null);
		assertThat(Context.current()).isSameAs(Context.root());
		assertThat(exporter.getFinishedSpanItems()).extracting(SpanData::getName).containsExactly("process replies");
	}

	@Test
	void shouldNotAskConsumerFactoryForConfigurationThatItDoesNotTell() {
		this.contextRunner.withUserConfiguration(OwnConsumers.class)
			.run((context) -> assertThat(isObserved(context.getBean("ownFactory"))).isTrue());
	}

	@Test
	void shouldSendRecordAgainWhoseHeadersAreReadOnly() {
		this.contextRunner.run((context) -> {
			ProducerRecord<Object, Object> record = new ProducerRecord<>("orders", "order");
			send(context.getBean(KafkaSenderHandler.class), record);
			Header first = record.headers().lastHeader("traceparent");
			assertThat(first).isNotNull();
			((RecordHeaders) record.headers()).setReadOnly();
			send(context.getBean(KafkaSenderHandler.class), record);
			assertThat(record.headers().headers("traceparent")).containsExactly(first);
		});
	}

	private static void send(KafkaSenderHandler handler, ProducerRecord<Object, Object> record) {
		KafkaRecordSenderContext observed = new KafkaRecordSenderContext(record, "template", () -> null);
		handler.onStart(observed);
		handler.onStop(observed);
	}

	@Test
	void shouldTellServerOnlyIfThereIsOne() {
		assertThat(KafkaServers.server(Map.of("bootstrap.servers", "kafka:9092"))).isEqualTo(new Server("kafka", 9092));
		assertThat(KafkaServers.server(Map.of("bootstrap.servers", List.of("kafka:9092"))))
			.isEqualTo(new Server("kafka", 9092));
		assertThat(KafkaServers.server(Map.of("bootstrap.servers", "a:1,b:2"))).isNull();
		assertThat(KafkaServers.server(Map.of("bootstrap.servers", List.of("a:1", "b:2")))).isNull();
		assertThat(KafkaServers.server(Map.of("bootstrap.servers", "kafka"))).isNull();
		assertThat(KafkaServers.server(Map.of("bootstrap.servers", "kafka:x"))).isNull();
		assertThat(KafkaServers.server(Map.of())).isNull();
	}

	@Test
	void shouldNotTellServerOfConsumersOfSeveral() {
		KafkaServers servers = new KafkaServers();
		servers.addConsumers(Map.of("bootstrap.servers", "a:1"));
		assertThat(consumer(servers).get(MessagingAttributes.SERVER_ADDRESS)).isEqualTo("a");
		servers.addConsumers(Map.of("bootstrap.servers", "b:1"));
		assertThat(consumer(servers).isEmpty()).isTrue();
	}

	private static Attributes consumer(KafkaServers servers) {
		AttributesBuilder attributes = Attributes.builder();
		servers.describeConsumer(attributes);
		return attributes.build();
	}

	@Test
	void shouldWriteOnlyKeysThatHaveText() {
		assertThat(key("a")).isEqualTo("a");
		assertThat(key(17L)).isEqualTo("17");
		assertThat(key(new UUID(0, 1))).isEqualTo("00000000-0000-0000-0000-000000000001");
		assertThat(key(new byte[] { 1 })).isNull();
		assertThat(key(List.of("a"))).isNull();
		assertThat(key(null)).isNull();
	}

	private static String key(Object key) {
		AttributesBuilder attributes = Attributes.builder();
		KafkaRecords.describe(key, "value", attributes);
		return attributes.build().get(MessageAttributes.KEY);
	}

	@Test
	void shouldNotFailForDeliveryAttemptThatIsNoNumber() {
		ConsumerRecord<Object, Object> record = new ConsumerRecord<>("topic", 0, 0, null, null);
		record.headers().add("kafka_deliveryAttempt", new byte[] { 1 });
		assertThat(delivery(record).get(KosmosAttributes.MESSAGE_DELIVERY_ATTEMPT)).isNull();
		record.headers().add("kafka_deliveryAttempt", ByteBuffer.allocate(4).putInt(3).array());
		assertThat(delivery(record).get(KosmosAttributes.MESSAGE_DELIVERY_ATTEMPT)).isEqualTo(3);
		assertThat(delivery(record).get(KosmosAttributes.MESSAGE_REDELIVERED)).isTrue();
	}

	private static Attributes delivery(ConsumerRecord<?, ?> record) {
		AttributesBuilder attributes = Attributes.builder();
		KafkaRecords.describeDelivery(record, attributes);
		return attributes.build();
	}

	@Test
	void shouldHintAtProxyOfProducerAndFactoryOfContainer() {
		RuntimeHints hints = new RuntimeHints();
		new KafkaAutoConfiguration.ClientHints().registerHints(hints, null);
		assertThat(hints.proxies().jdkProxyHints()).singleElement()
			.satisfies((hint) -> assertThat(hint.getProxiedInterfaces()).singleElement()
				.hasToString(Producer.class.getName()));
		assertThat(RuntimeHintsPredicates.reflection()
			.onFieldAccess(AbstractMessageListenerContainer.class, "consumerFactory")).accepts(hints);
	}

	private static boolean isObserved(Object bean) {
		Object observed = bean;
		if (bean instanceof ConcurrentKafkaListenerContainerFactory<?, ?> factory) {
			observed = factory.getContainerProperties();
		}
		else if (bean instanceof ConcurrentMessageListenerContainer<?, ?> container) {
			observed = container.getContainerProperties();
		}
		return Boolean.TRUE.equals(ReflectionTestUtils.getField(observed, "observationEnabled"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Messaging {

		private final List<String> intercepted = new ArrayList<>();

		private final Map<String, Object> clients = new LinkedHashMap<>(Map.of("bootstrap.servers", "localhost:1"));

		Messaging(Environment environment) {
			String interceptors = environment.getProperty("test.interceptors");
			if (interceptors != null) {
				this.clients.put("interceptor.classes", interceptors);
			}
		}

		@Bean
		DefaultKafkaProducerFactory<Object, Object> producerFactory() {
			return new DefaultKafkaProducerFactory<>(this.clients);
		}

		@Bean
		DefaultKafkaConsumerFactory<Object, Object> consumerFactory() {
			return new DefaultKafkaConsumerFactory<>(this.clients);
		}

		@Bean
		KafkaTemplate<Object, Object> template(ProducerFactory<Object, Object> producerFactory) {
			return new KafkaTemplate<>(producerFactory);
		}

		@Bean
		ConcurrentKafkaListenerContainerFactory<Object, Object> factory(
				ConsumerFactory<Object, Object> consumerFactory) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumerFactory);
			factory.setRecordInterceptor((record, consumer) -> {
				this.intercepted.add("record");
				return record;
			});
			factory.setBatchInterceptor((records, consumer) -> {
				this.intercepted.add("batch");
				return records;
			});
			return factory;
		}

		@Bean
		ConcurrentMessageListenerContainer<Object, Object> container(ConsumerFactory<Object, Object> consumerFactory) {
			ConcurrentMessageListenerContainer<Object, Object> container = new ConcurrentMessageListenerContainer<>(
					consumerFactory, new ContainerProperties("topic"));
			container.setAutoStartup(false);
			return container;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Replies {

		@Bean
		ConcurrentMessageListenerContainer<Object, Object> replies(
				@Qualifier("factory") ConcurrentKafkaListenerContainerFactory<Object, Object> factory) {
			ConcurrentMessageListenerContainer<Object, Object> container = factory.createContainer("replies");
			container.setAutoStartup(false);
			return container;
		}

		@Bean
		ConcurrentMessageListenerContainer<Object, Object> composed(
				@Qualifier("factory") ConcurrentKafkaListenerContainerFactory<Object, Object> factory) {
			ConcurrentMessageListenerContainer<Object, Object> container = replies(factory);
			container.setBatchInterceptor(new CompositeBatchInterceptor<>(container.getBatchInterceptor(),
					(records, consumer) -> new ConsumerRecords<>(
							Map.of(new TopicPartition("replies", 0), records.records(new TopicPartition("replies", 0))),
							Map.of())));
			return container;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnConsumers {

		@Bean
		ConsumerFactory<Object, Object> ownConsumers() {
			return new DefaultKafkaConsumerFactory<>(Map.of()) {

				@Override
				public Map<String, Object> getConfigurationProperties() {
					throw new UnsupportedOperationException();
				}

			};
		}

		@Bean
		ConcurrentKafkaListenerContainerFactory<Object, Object> ownFactory(
				@Qualifier("ownConsumers") ConsumerFactory<Object, Object> consumerFactory) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumerFactory);
			return factory;
		}

	}

}
