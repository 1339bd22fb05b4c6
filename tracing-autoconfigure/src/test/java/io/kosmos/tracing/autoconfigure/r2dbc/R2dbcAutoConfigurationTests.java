package io.kosmos.tracing.autoconfigure.r2dbc;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.r2dbc.h2.H2ConnectionConfiguration;
import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.proxy.ProxyConnectionFactory;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.connection.TransactionAwareConnectionFactoryProxy;
import org.springframework.r2dbc.connection.lookup.AbstractRoutingConnectionFactory;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class R2dbcAutoConfigurationTests {

	private final InMemorySpanExporter spans = InMemorySpanExporter.create();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				MicrometerTracingAutoConfiguration.class, R2dbcAutoConfiguration.class))
		.withPropertyValues("management.tracing.sampling.probability=1.0")
		.withBean("recorder", SimpleSpanProcessor.class, () -> SimpleSpanProcessor.builder(this.spans).build())
		.withBean("connectionFactory", ConnectionFactory.class, R2dbcAutoConfigurationTests::h2);

	private static ConnectionFactory h2() {
		return ConnectionFactories.get("r2dbc:h2:mem:///reactive");
	}

	private void query(ConnectionFactory connectionFactory) {
		Span parent = Span
			.wrap(SpanContext.create("1".repeat(32), "2".repeat(16), TraceFlags.getSampled(), TraceState.getDefault()));
		try (Scope scope = parent.makeCurrent()) {
			Flux.usingWhen(connectionFactory.create(),
					(connection) -> Flux
						.from(connection.createStatement("select 4711, x from (values (1)) as t(x)").execute())
						.flatMap((result) -> result.map((row, metadata) -> 1)),
					(connection) -> connection.close())
				.blockLast();
		}
	}

	@Test
	void shouldTraceConnectionFactoryOfWhichOnlyTheDriverIsKnown() {
		this.contextRunner.run((context) -> {
			query(context.getBean(ConnectionFactory.class));
			SpanData span = single();
			assertThat(span.getParentSpanId()).isEqualTo("2".repeat(16));
			assertThat(span.getAttributes().asMap())
				.isEqualTo(Map.of(stringKey("db.system.name"), "h2database", stringKey("db.operation.name"), "SELECT",
						stringKey("db.query.summary"), span.getName(), stringKey("db.query.text"),
						"select ?, x from (values (?)) as t(x)", longKey("db.response.returned_rows"), 1L));
		});
	}

	@Test
	void shouldTraceOnceThroughProxyOfTheApplication() {
		this.contextRunner
			.withBean("proxy", ConnectionFactory.class, () -> ProxyConnectionFactory.builder(h2()).build())
			.run((context) -> {
				ConnectionFactory proxy = context.getBean("proxy", ConnectionFactory.class);
				assertThat(AopUtils.isAopProxy(proxy)).isFalse();
				query(proxy);
				assertThat(single()).isNotNull();
			});
	}

	@Test
	void shouldLeaveFinalClassThatIsInjectedAsItself(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(FinalClass.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(FinalClass.Owner.class).driver()).isSameAs(context.getBean("driver"));
			assertThat(output).containsOnlyOnce(
					"'driver' are not traced: its class io.r2dbc.h2.H2ConnectionFactory is final. Declare the bean as ConnectionFactory");
		});
	}

	@Test
	void shouldTraceOnceThroughBeansAroundOtherBeans() {
		this.contextRunner.withUserConfiguration(Wrapping.class).run((context) -> {
			for (String name : List.of("transactionAware", "proxied")) {
				this.spans.reset();
				query(context.getBean(name, ConnectionFactory.class));
				assertThat(single().getParentSpanId()).as(name).isEqualTo("2".repeat(16));
			}
		});
	}

	@Test
	void shouldTraceOnceThroughRoutingConnectionFactoryWithoutDefault() {
		this.contextRunner.withUserConfiguration(Routing.class).run((context) -> {
			ConnectionFactory routing = context.getBean("routing", ConnectionFactory.class);
			Map<String, String> systems = Map.of("bean", "h2database", "own", "other_sql");
			systems.forEach((shard, system) -> {
				Routing.shard.set(shard);
				this.spans.reset();
				query(routing);
				assertThat(single().getAttributes().get(stringKey("db.system.name"))).isEqualTo(system);
			});
		});
	}

	@Test
	void shouldNotMakeATraceOfQueryOutsideAnyTrace() {
		this.contextRunner.run((context) -> {
			Mono.from(context.getBean(ConnectionFactory.class).create())
				.flatMapMany((connection) -> connection.createStatement("select 1").execute())
				.flatMap((result) -> result.map((row, metadata) -> 1))
				.blockLast();
			assertThat(this.spans.getFinishedSpanItems()).isEmpty();
		});
	}

	@Test
	void shouldBackOffWhenDisabled() {
		for (String property : List.of("kosmos.tracing.enabled=false", "kosmos.tracing.r2dbc.enabled=false")) {
			this.contextRunner.withPropertyValues(property).run((context) -> {
				query(context.getBean(ConnectionFactory.class));
				assertThat(this.spans.getFinishedSpanItems()).isEmpty();
			});
		}
	}

	@Test
	void shouldBackOffWithoutProxyLibrary() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(ProxyConnectionFactory.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(R2dbcAutoConfiguration.class));
	}

	private SpanData single() {
		assertThat(this.spans.getFinishedSpanItems()).hasSize(1);
		return this.spans.getFinishedSpanItems().get(0);
	}

	@Configuration(proxyBeanMethods = false)
	static class FinalClass {

		@Bean
		H2ConnectionFactory driver() {
			return new H2ConnectionFactory(H2ConnectionConfiguration.builder().inMemory("final").build());
		}

		@Bean
		Owner owner(H2ConnectionFactory driver) {
			return new Owner(driver);
		}

		record Owner(H2ConnectionFactory driver) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Wrapping {

		@Bean
		TransactionAwareConnectionFactoryProxy transactionAware(
				@Qualifier("connectionFactory") ConnectionFactory connectionFactory) {
			return new TransactionAwareConnectionFactoryProxy(connectionFactory);
		}

		@Bean
		ConnectionFactory proxied(@Qualifier("connectionFactory") ConnectionFactory connectionFactory) {
			return ProxyConnectionFactory.builder(connectionFactory).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Routing {

		static final AtomicReference<String> shard = new AtomicReference<>("bean");

		@Bean
		AbstractRoutingConnectionFactory routing(@Qualifier("connectionFactory") ConnectionFactory connectionFactory) {
			AbstractRoutingConnectionFactory routing = new AbstractRoutingConnectionFactory() {

				@Override
				protected Mono<Object> determineCurrentLookupKey() {
					return Mono.just(shard.get());
				}

			};
			routing.setTargetConnectionFactories(Map.of("bean", connectionFactory, "own", h2()));
			return routing;
		}

	}

}
