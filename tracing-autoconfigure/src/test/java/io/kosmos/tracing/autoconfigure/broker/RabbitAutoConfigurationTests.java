package io.kosmos.tracing.autoconfigure.broker;

import java.time.Duration;
import java.util.List;

import io.kosmos.tracing.TracingFailures;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.config.DirectRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.support.micrometer.RabbitMessageReceiverContext;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

class RabbitAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				MicrometerTracingAutoConfiguration.class, RabbitAutoConfiguration.class))
		.withBean(TracingFailures.class, () -> (site, failure) -> {
			throw new AssertionError(site, failure);
		})
		.withUserConfiguration(Messaging.class);

	@ParameterizedTest
	@ValueSource(strings = { "template", "simpleFactory", "directFactory", "container" })
	void shouldSwitchObservationOn(String bean) {
		this.contextRunner.run((context) -> assertThat(isObserved(context.getBean(bean))).isTrue());
	}

	@ParameterizedTest
	@CsvSource({ "template, template", "listener.simple, simpleFactory", "listener.direct, directFactory",
			"listener.simple, container" })
	void shouldLeaveAloneWhatBootsPropertySwitchesOff(String property, String bean) {
		this.contextRunner.withPropertyValues("spring.rabbitmq." + property + ".observation-enabled=false")
			.run((context) -> assertThat(isObserved(context.getBean(bean))).isFalse());
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos.tracing.enabled", "kosmos.tracing.rabbit.enabled" })
	void shouldDoNothingWhenSwitchedOff(String property) {
		this.contextRunner.withPropertyValues(property + "=false").run((context) -> {
			assertThat(context).doesNotHaveBean(RabbitAutoConfiguration.class);
			assertThat(isObserved(context.getBean("template"))).isFalse();
		});
	}

	@Test
	void shouldDoNothingWithoutSpringAmqp() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RabbitAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(RabbitTemplate.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RabbitAutoConfiguration.class));
	}

	@Test
	void shouldDoNothingWithoutTracer() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RabbitAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RabbitAutoConfiguration.class));
	}

	@Test
	void shouldWorkWithoutMeters() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(MeterRegistry.class.getPackageName()))
			.run((context) -> assertThat(context).hasSingleBean(RabbitSenderHandler.class)
				.doesNotHaveBean(RoutingKeyMeterFilter.class));
	}

	@Test
	void shouldHandleObservationsBeforeMicrometer() {
		this.contextRunner.run((context) -> assertThat(
				context.getBeanProvider(TracingObservationHandler.class).orderedStream().limit(2).map(Object::getClass))
			.containsExactlyInAnyOrder(RabbitReceiverHandler.class, RabbitSenderHandler.class));
	}

	@Test
	void shouldPutAdviceOfApplicationBetweenOurs() {
		this.contextRunner.run((context) -> {
			Advice[] advice = context.getBean(SimpleRabbitListenerContainerFactory.class).getAdviceChain();
			assertThat(advice).hasSize(4);
			assertThat(advice[0]).isInstanceOf(RabbitBatchInterceptor.class);
			assertThat(advice[1]).isSameAs(Messaging.ADVICE);
			assertThat(advice[2]).isInstanceOf(RabbitRetryInterceptor.class);
			assertThat(advice[3]).isInstanceOf(RabbitListenerInterceptor.class);
		});
	}

	@Test
	void shouldEndSpanOfMessageThatIsNeverSettled() {
		InMemorySpanExporter exporter = InMemorySpanExporter.create();
		this.contextRunner.withBean(SpanProcessor.class, () -> SimpleSpanProcessor.create(exporter))
			.withPropertyValues("management.tracing.sampling.probability=1")
			.run((context) -> {
				MessageProperties properties = new MessageProperties();
				properties.setConsumerQueue("orders");
				RabbitMessageReceiverContext observed = new RabbitMessageReceiverContext(
						new Message(new byte[0], properties), "listener");
				observed.put(Settlement.class, new Settlement(1, Duration.ofMillis(1)));
				RabbitReceiverHandler handler = context.getBean(RabbitReceiverHandler.class);
				handler.onStart(observed);
				handler.onStop(observed);
				Awaitility.await()
					.untilAsserted(() -> assertThat(exporter.getFinishedSpanItems()).singleElement()
						.satisfies((span) -> OpenTelemetryAssertions.assertThat(span)
							.hasName("process orders")
							.hasStatus(StatusData.create(StatusCode.ERROR,
									"The message was neither acknowledged nor rejected"))
							.hasAttribute(AttributeKey.stringKey("error.type"), "unsettled")));
			});
	}

	@Test
	void shouldJoinPartsOfDestinationAsConventionsSay() {
		assertThat(RabbitMessages.destination("", "")).isEqualTo("amq.default");
		assertThat(RabbitMessages.destination("", "orders")).isEqualTo("orders");
		assertThat(RabbitMessages.destination("shop", "")).isEqualTo("shop");
		assertThat(RabbitMessages.destination("shop", "new", "orders")).isEqualTo("shop:new:orders");
		assertThat(RabbitMessages.destination("shop", "orders", "orders")).isEqualTo("shop:orders");
		assertThat(RabbitMessages.destination("", null, "orders")).isEqualTo("orders");
	}

	@Test
	void shouldNameNothingThatBrokerOrSpringMadeUp() {
		assertThat(RabbitMessages.name("orders")).isEqualTo("orders");
		assertThat(RabbitMessages.name("amq.gen-JzTY20BRgKO-HjmUJj0wLg")).isEqualTo("(anonymous)");
		assertThat(RabbitMessages.name("spring.gen-JzTY20BRgKO")).isEqualTo("(anonymous)");
		assertThat(RabbitMessages.name("amq.rabbitmq.reply-to.g1h2AA5yZXBseUA")).isEqualTo("(temporary)");
	}

	@Test
	void shouldReadHeadersOfAnyType() {
		MessageProperties properties = new MessageProperties();
		properties.setHeader("text", "a");
		properties.setHeader("bytes", new byte[] { 'b' });
		properties.setHeader("number", 1);
		properties.setHeader("list", List.of("c"));
		assertThat(RabbitMessages.GETTER.get(properties, "text")).isEqualTo("a");
		assertThat(RabbitMessages.GETTER.get(properties, "bytes")).isEqualTo("b");
		assertThat(RabbitMessages.GETTER.get(properties, "number")).isNull();
		assertThat(RabbitMessages.GETTER.get(properties, "list")).isNull();
		assertThat(RabbitMessages.GETTER.get(properties, "none")).isNull();
	}

	@Test
	void shouldBoundRoutingKeysOfMeters() {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		meters.config().meterFilter(new RoutingKeyMeterFilter());
		String key = "messaging.rabbitmq.destination.routing_key";
		for (int i = 0; i < 1000; i++) {
			meters.counter("spring.rabbit.template", key, "device." + i).increment();
			meters.counter("spring.rabbit.template", key, "amq.rabbitmq.reply-to." + i).increment();
			meters.counter("other", key, "device." + i).increment();
		}
		assertThat(meters.get("spring.rabbit.template").counters()).hasSize(RoutingKeyMeterFilter.MAX_VALUES + 2)
			.flatExtracting((counter) -> counter.getId().getTags())
			.contains(Tag.of(key, "(temporary)"), Tag.of(key, "(other)"));
		assertThat(meters.get("spring.rabbit.template").tag(key, "(other)").counter().count()).isEqualTo(900);
		assertThat(meters.get("other").counters()).hasSize(1000);
	}

	private static boolean isObserved(Object bean) {
		return Boolean.TRUE.equals(ReflectionTestUtils.getField(bean, "observationEnabled"));
	}

	@Configuration(proxyBeanMethods = false)
	static class Messaging {

		static final MethodInterceptor ADVICE = (invocation) -> invocation.proceed();

		@Bean
		CachingConnectionFactory connectionFactory() {
			return new CachingConnectionFactory("localhost", 1);
		}

		@Bean
		RabbitTemplate template(ConnectionFactory connectionFactory) {
			return new RabbitTemplate(connectionFactory);
		}

		@Bean
		SimpleRabbitListenerContainerFactory simpleFactory() {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			factory.setAdviceChain(ADVICE, RetryInterceptorBuilder.stateless().build());
			return factory;
		}

		@Bean
		DirectRabbitListenerContainerFactory directFactory() {
			return new DirectRabbitListenerContainerFactory();
		}

		@Bean
		SimpleMessageListenerContainer container(ConnectionFactory connectionFactory) {
			SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(connectionFactory);
			container.setAutoStartup(false);
			return container;
		}

	}

}
