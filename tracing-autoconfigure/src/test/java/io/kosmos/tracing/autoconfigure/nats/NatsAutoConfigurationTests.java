package io.kosmos.tracing.autoconfigure.nats;

import java.lang.reflect.Proxy;

import io.kosmos.tracing.autoconfigure.messaging.MessagingAutoConfiguration;
import io.kosmos.tracing.autoconfigure.nats.NatsProperties.Consumer;
import io.kosmos.tracing.autoconfigure.span.SpansAutoConfiguration;
import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.Message;
import io.nats.client.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class NatsAutoConfigurationTests {

	private final Connection connection = connection();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SpansAutoConfiguration.class, MessagingAutoConfiguration.class,
				NatsAutoConfiguration.class))
		.withBean("nats", Connection.class, () -> this.connection);

	@Test
	void shouldTraceAConnection() {
		this.runner.run((context) -> {
			assertThat(TracedObject.isTraced(context.getBean(Connection.class))).isTrue();
			assertThat(context.getBean(NatsProperties.class)).isEqualTo(new NatsProperties(true, Consumer.CHILD));
		});
	}

	@Test
	void shouldTraceAConnectionOnce() {
		this.runner.run((context) -> {
			Connection traced = context.getBean(Connection.class);
			assertThat(context.getBeanFactory().applyBeanPostProcessorsAfterInitialization(traced, "again"))
				.isSameAs(traced);
			assertThat(traced).isEqualTo(traced).isNotEqualTo("a text").hasSameHashCodeAs(this.connection);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos.tracing.enabled=false", "kosmos.tracing.nats.enabled=false" })
	void whenOffShouldLeaveTheConnectionAlone(String off) {
		this.runner.withPropertyValues(off)
			.run((context) -> assertThat(context.getBean(Connection.class)).isSameAs(this.connection));
	}

	@Test
	void withoutJnatsShouldSupplyNothing() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SpansAutoConfiguration.class, MessagingAutoConfiguration.class,
					NatsAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("io.nats"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(NatsAutoConfiguration.class));
	}

	@Test
	void shouldTellANativeImageOfItsProxies() {
		RuntimeHints hints = new RuntimeHints();
		new TracedObject.Hints().registerHints(hints, null);
		for (Class<?> type : new Class<?>[] { Connection.class, Message.class, ConsumerContext.class }) {
			assertThat(RuntimeHintsPredicates.proxies().forInterfaces(type)).accepts(hints);
		}
	}

	private static Connection connection() {
		return (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, arguments) -> switch (method.getName()) {
					case "getOptions" -> new Options.Builder().build();
					case "equals" -> proxy == arguments[0];
					case "hashCode" -> 42;
					case "toString" -> "connection";
					default -> null;
				});
	}

}
