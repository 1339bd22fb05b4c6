package io.kosmos.tracing.autoconfigure.jdbc;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import io.kosmos.tracing.TracingFailures;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.instrumentation.jdbc.datasource.JdbcTelemetry;
import io.opentelemetry.instrumentation.jdbc.datasource.OpenTelemetryDataSource;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.jdbc.health.DataSourceHealthIndicator;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
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
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class JdbcAutoConfigurationTests {

	private final InMemorySpanExporter spans = InMemorySpanExporter.create();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class,
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				MicrometerTracingAutoConfiguration.class, DataSourceAutoConfiguration.class,
				JdbcTemplateAutoConfiguration.class, JdbcAutoConfiguration.class))
		.withPropertyValues("management.tracing.sampling.probability=1.0",
				// The first connection starts the pool.
				"kosmos.tracing.jdbc.connection-threshold=1h",
				"spring.datasource.url=jdbc:h2:mem:orders;DB_CLOSE_DELAY=-1")
		.withBean("recorder", SimpleSpanProcessor.class, () -> SimpleSpanProcessor.builder(this.spans).build());

	private Scope trace;

	@BeforeEach
	void beInsideATrace() {
		this.trace = Span
			.wrap(SpanContext.create("1".repeat(32), "2".repeat(16), TraceFlags.getSampled(), TraceState.getDefault()))
			.makeCurrent();
	}

	@AfterEach
	void leaveTheTrace() {
		this.trace.close();
	}

	@Test
	void shouldNotMakeATraceOfAStatementOutsideAnyTrace() {
		this.trace.close();
		this.contextRunner.run((context) -> {
			context.getBean(JdbcTemplate.class).execute("select 1");
			assertThat(this.spans.getFinishedSpanItems()).isEmpty();
		});
	}

	@Test
	void shouldMakeStatementClientSpanBelowCurrentSpan() {
		this.contextRunner.run((context) -> {
			Span parent = context.getBean(Tracer.class).spanBuilder("parent").startSpan();
			try (Scope scope = parent.makeCurrent()) {
				context.getBean(JdbcTemplate.class)
					.queryForList("select table_name from information_schema.tables where table_name = 'SECRET' "
							+ "and 4711 > 12");
			}
			parent.end();
			SpanData statement = this.spans.getFinishedSpanItems().get(0);
			assertThat(this.spans.getFinishedSpanItems()).hasSize(2);
			assertThat(statement.getName()).isEqualTo("SELECT information_schema.tables");
			assertThat(statement.getKind()).isEqualTo(SpanKind.CLIENT);
			assertThat(statement.getParentSpanId()).isEqualTo(parent.getSpanContext().getSpanId());
			assertThat(statement.getTraceId()).isEqualTo(parent.getSpanContext().getTraceId());
			assertThat(statement.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
			assertThat(text(statement, "db.system.name")).isEqualTo("h2database");
			assertThat(text(statement, "db.namespace")).isEqualTo("orders");
			assertThat(text(statement, "db.operation.name")).isEqualTo("SELECT");
			assertThat(text(statement, "db.query.summary")).isEqualTo("SELECT information_schema.tables");
			assertThat(text(statement, "db.query.text"))
				.isEqualTo("select table_name from information_schema.tables where table_name = ? and ? > ?");
			assertThat(text(statement, "db.statement")).isNull();
			assertThat(text(statement, "db.system")).isNull();
		});
	}

	@Test
	void shouldRemoveLiteralsOfPreparedStatement() {
		this.contextRunner.run((context) -> {
			context.getBean(JdbcTemplate.class)
				.queryForList("select table_name from information_schema.tables where table_name <> 'SECRET' "
						+ "and table_name = ?", "x");
			assertThat(text(single(), "db.query.text"))
				.isEqualTo("select table_name from information_schema.tables where table_name <> ? and table_name = ?");
		});
	}

	@Test
	void shouldMarkFailedStatement() {
		this.contextRunner.run((context) -> {
			JdbcTemplate template = context.getBean(JdbcTemplate.class);
			assertThatExceptionOfType(BadSqlGrammarException.class)
				.isThrownBy(() -> template.execute("select * from nowhere"));
			SpanData statement = single();
			assertThat(statement.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(text(statement, "error.type")).isEqualTo("42102");
			assertThat(text(statement, "db.response.status_code")).isEqualTo("42102");
			assertThat(statement.getEvents()).singleElement()
				.satisfies((event) -> assertThat(event.getName()).isEqualTo("exception"));
		});
	}

	@Test
	void shouldMakeOneSpanOfBatch() {
		this.contextRunner.run((context) -> {
			JdbcTemplate template = context.getBean(JdbcTemplate.class);
			template.execute("create table if not exists batch_item (id int)");
			this.spans.reset();
			template.batchUpdate("insert into batch_item values (?)",
					List.of(new Object[] { 1 }, new Object[] { 2 }, new Object[] { 3 }));
			assertThat(single().getName()).isEqualTo("BATCH INSERT batch_item");
			assertThat(text(single(), "db.operation.name")).isEqualTo("BATCH INSERT");
			assertThat(single().getAttributes().get(longKey("db.operation.batch.size"))).isEqualTo(3);
		});
	}

	@Test
	void shouldShowWaitForConnectionOnceThroughRoutingDataSource() {
		this.contextRunner.withUserConfiguration(Routing.class)
			.withPropertyValues("kosmos.tracing.jdbc.connection-threshold=0")
			.run((context) -> {
				JdbcTemplate template = new JdbcTemplate(context.getBean("routing", DataSource.class));
				for (String shard : List.of("bean", "own")) {
					Routing.shard.set(shard);
					this.spans.reset();
					template.execute("select 1");
					assertThat(this.spans.getFinishedSpanItems()).extracting(SpanData::getName)
						.containsExactly("getConnection", "SELECT");
					assertThat(text(this.spans.getFinishedSpanItems().get(0), "db.client.connection.pool.name"))
						.isEqualTo(shard.equals("bean") ? "bean" : "routing");
				}
			});
	}

	@Test
	void shouldNotTraceConnections() {
		this.contextRunner.run((context) -> {
			Span parent = context.getBean(Tracer.class).spanBuilder("parent").startSpan();
			try (Scope scope = parent.makeCurrent();
					Connection connection = context.getBean(DataSource.class).getConnection()) {
				assertThat(connection.isValid(1)).isTrue();
			}
			assertThat(this.spans.getFinishedSpanItems()).isEmpty();
		});
	}

	@Test
	void shouldKeepPoolInjectableAndUsableAsItsOwnType() {
		this.contextRunner.withUserConfiguration(PoolUser.class)
			.withPropertyValues("spring.datasource.hikari.pool-name=orders-pool")
			.run((context) -> {
				HikariDataSource pool = context.getBean(PoolUser.Owner.class).pool();
				assertThat(pool).isSameAs(context.getBean(DataSource.class));
				assertThat(pool.getPoolName()).isEqualTo("orders-pool");
				assertThat(pool.isWrapperFor(HikariDataSource.class)).isTrue();
				context.getBean(JdbcTemplate.class).execute("select 1");
				assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isPositive();
				assertThat(DataSourceUnwrapper.unwrap(pool, HikariConfigMXBean.class, HikariDataSource.class))
					.isNotNull();
				assertThat(pool.unwrap(HikariDataSource.class)).isNotNull();
				assertThat(new DataSourceHealthIndicator(pool).health().getStatus()).isEqualTo(Status.UP);
			});
	}

	@Test
	void shouldShowStateOfPoolToItsMetrics() {
		this.contextRunner.run((context) -> {
			DataSource pool = context.getBean(DataSource.class);
			DataSourcePoolMetadataProvider provider = context.getBean(DataSourcePoolMetadataProvider.class);
			try (Connection connection = pool.getConnection()) {
				assertThat(provider.getDataSourcePoolMetadata(pool).getActive()).isOne();
				assertThat(provider.getDataSourcePoolMetadata(new DelegatingDataSource(pool)).getActive()).isOne();
			}
		});
	}

	@Test
	void shouldClosePoolWithContext() {
		AtomicReference<HikariDataSource> pool = new AtomicReference<>();
		this.contextRunner.run((context) -> {
			context.getBean(JdbcTemplate.class).execute("select 1");
			pool.set(context.getBean(HikariDataSource.class));
			assertThat(pool.get().isClosed()).isFalse();
		});
		assertThat(pool.get().isClosed()).isTrue();
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> pool.get().getConnection());
	}

	@Test
	void shouldTraceDataSourceOfFinalClass() {
		this.contextRunner.withBean("dataSource", DataSource.class, () -> h2("final")).run((context) -> {
			context.getBean(JdbcTemplate.class).execute("select 1");
			assertThat(text(single(), "db.namespace")).isEqualTo("final");
		});
	}

	@Test
	void shouldLeaveFinalClassThatIsInjectedAsItself(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(FinalClass.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(FinalClass.Owner.class).database()).isSameAs(context.getBean("database"));
			assertThat(output).containsOnlyOnce(
					"'database' are not traced: its class org.h2.jdbcx.JdbcDataSource is final. Declare the bean as DataSource");
		});
	}

	@Test
	void shouldHandOutConnectionThatCannotBeTraced() {
		for (Throwable broken : new Throwable[] { null, new IllegalStateException(), new AbstractMethodError() }) {
			List<Throwable> failures = new ArrayList<>();
			this.contextRunner.withBean("dataSource", DataSource.class, () -> connecting(() -> withMetaData(broken)))
				.withBean(TracingFailures.class, () -> (site, failure) -> failures.add(failure))
				.run((context) -> {
					try (Connection connection = context.getBean(DataSource.class).getConnection()) {
						assertThat(connection.createStatement().execute("select 1")).isTrue();
					}
					assertThat(failures).hasSize(1);
					assertThat(this.spans.getFinishedSpanItems()).isEmpty();
				});
		}
	}

	@Test
	void shouldNotLetFailureOfTracingReachCallers() {
		List<Throwable> failures = new ArrayList<>();
		AtomicReference<SQLException> refusal = new AtomicReference<>();
		this.contextRunner.withPropertyValues("kosmos.tracing.jdbc.connection-threshold=0")
			.withBean("broken", SpanProcessor.class, BrokenSpanProcessor::new)
			.withBean("dataSource", DataSource.class, () -> connecting(() -> {
				if (refusal.get() != null) {
					throw refusal.get();
				}
				return h2("guarded").getConnection();
			}))
			.withBean(TracingFailures.class, () -> (site, failure) -> failures.add(failure))
			.run((context) -> {
				DataSource dataSource = context.getBean(DataSource.class);
				dataSource.getConnection().close();
				refusal.set(new SQLException("refused"));
				assertThatExceptionOfType(SQLException.class).isThrownBy(dataSource::getConnection)
					.isSameAs(refusal.get());
				assertThat(failures).hasSize(2);
			});
	}

	@Test
	void shouldTraceConnectionWithCredentials() {
		this.contextRunner
			.withBean("dataSource", DataSource.class,
					() -> new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:credentials"))
			.run((context) -> {
				try (Connection connection = context.getBean(DataSource.class).getConnection("sa", "")) {
					connection.createStatement().execute("select 1");
				}
				assertThat(text(single(), "db.namespace")).isEqualTo("credentials");
			});
	}

	@Test
	void shouldTraceOnceThroughDelegatingDataSources() {
		this.contextRunner.withUserConfiguration(Delegating.class).run((context) -> {
			new JdbcTemplate(context.getBean("lazy", DataSource.class)).execute("select 1");
			assertThat(single()).isNotNull();
			this.spans.reset();
			new JdbcTemplate(context.getBean("transactionAware", DataSource.class)).execute("select 1");
			assertThat(text(single(), "db.namespace")).isEqualTo("inner");
		});
	}

	@Test
	void shouldTraceOnceAndNameRightDatabaseThroughRoutingDataSource() {
		this.contextRunner.withUserConfiguration(Routing.class).run((context) -> {
			JdbcTemplate template = new JdbcTemplate(context.getBean("routing", DataSource.class));
			for (String shard : List.of("bean", "own", "bean")) {
				Routing.shard.set(shard);
				this.spans.reset();
				template.execute("select 1");
				assertThat(text(single(), "db.namespace")).isEqualTo(shard);
			}
		});
	}

	@Test
	void shouldTraceScopedDataSourceOnce() {
		this.contextRunner.withUserConfiguration(Scoped.class).run((context) -> {
			new JdbcTemplate(context.getBean("scoped", DataSource.class)).execute("select 1");
			assertThat(single()).isNotNull();
		});
	}

	@Test
	void shouldLeaveDataSourceThatUserWrapped() {
		this.contextRunner.withUserConfiguration(UserWrapped.class).run((context) -> {
			assertThat(context.getBean(DataSource.class)).isExactlyInstanceOf(OpenTelemetryDataSource.class);
			context.getBean(JdbcTemplate.class).execute("select 1");
			assertThat(single()).isNotNull();
		});
	}

	@Test
	void shouldBackOffWhenDisabled() {
		for (String property : List.of("kosmos.tracing.enabled=false", "kosmos.tracing.jdbc.enabled=false")) {
			this.contextRunner.withPropertyValues(property).run((context) -> {
				context.getBean(JdbcTemplate.class).execute("select 1");
				assertThat(this.spans.getFinishedSpanItems()).isEmpty();
				assertThat(context.getBean(DataSource.class)).isExactlyInstanceOf(HikariDataSource.class);
			});
		}
	}

	@Test
	void shouldBackOffWithoutLibrary() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(JdbcTelemetry.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.getBean(DataSource.class)
				.isExactlyInstanceOf(HikariDataSource.class));
	}

	@Test
	void shouldWorkWithoutOpenTelemetry() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					JdbcTemplateAutoConfiguration.class, JdbcAutoConfiguration.class))
			.run((context) -> context.getBean(JdbcTemplate.class).execute("select 1"));
		this.contextRunner.withPropertyValues("management.opentelemetry.enabled=false")
			.run((context) -> context.getBean(JdbcTemplate.class).execute("select 1"));
		assertThat(this.spans.getFinishedSpanItems()).isEmpty();
	}

	@Test
	void shouldNotLeaveSystemPropertyBehind() {
		this.contextRunner.run((context) -> {
			context.getBean(JdbcTemplate.class).execute("select 1");
			assertThat(System.getProperty("otel.semconv-stability.opt-in")).isNull();
		});
	}

	private SpanData single() {
		assertThat(this.spans.getFinishedSpanItems()).hasSize(1);
		return this.spans.getFinishedSpanItems().get(0);
	}

	private static String text(SpanData span, String key) {
		return span.getAttributes().get(stringKey(key));
	}

	private static JdbcDataSource h2(String name) {
		JdbcDataSource dataSource = new JdbcDataSource();
		dataSource.setURL("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
		return dataSource;
	}

	private static DataSource connecting(Callable<Connection> connections) {
		return new AbstractDataSource() {

			@Override
			public Connection getConnection() throws SQLException {
				try {
					return connections.call();
				}
				catch (SQLException ex) {
					throw ex;
				}
				catch (Exception ex) {
					throw new SQLException(ex);
				}
			}

			@Override
			public Connection getConnection(String username, String password) throws SQLException {
				return getConnection();
			}

		};
	}

	private static Connection withMetaData(Throwable broken) throws SQLException {
		Connection connection = h2("meta").getConnection();
		return (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
					if (!method.getName().equals("getMetaData")) {
						return method.invoke(connection, arguments);
					}
					if (broken != null) {
						throw broken;
					}
					return null;
				});
	}

	private static final class BrokenSpanProcessor implements SpanProcessor {

		@Override
		public void onStart(Context parentContext, ReadWriteSpan span) {
			throw new IllegalStateException("broken");
		}

		@Override
		public boolean isStartRequired() {
			return true;
		}

		@Override
		public void onEnd(ReadableSpan span) {
		}

		@Override
		public boolean isEndRequired() {
			return false;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FinalClass {

		@Bean
		JdbcDataSource database() {
			return h2("final");
		}

		@Bean
		Owner owner(JdbcDataSource database) {
			return new Owner(database);
		}

		record Owner(JdbcDataSource database) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PoolUser {

		@Bean
		Owner owner(HikariDataSource pool) {
			return new Owner(pool);
		}

		record Owner(HikariDataSource pool) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Delegating {

		@Bean
		@Primary
		DataSource inner() {
			return h2("inner");
		}

		@Bean
		TransactionAwareDataSourceProxy transactionAware(DataSource inner) {
			return new TransactionAwareDataSourceProxy(inner);
		}

		@Bean
		LazyConnectionDataSourceProxy lazy() {
			return new LazyConnectionDataSourceProxy(new TransactionAwareDataSourceProxy(h2("lazy")));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Routing {

		static final AtomicReference<String> shard = new AtomicReference<>("bean");

		@Bean
		DataSource bean() {
			return h2("bean");
		}

		@Bean
		AbstractRoutingDataSource routing(DataSource bean) {
			AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {

				@Override
				protected Object determineCurrentLookupKey() {
					return shard.get();
				}

			};
			routing.setTargetDataSources(Map.of("bean", bean, "own", h2("own")));
			return routing;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Scoped {

		@Bean
		@org.springframework.context.annotation.Scope(scopeName = "prototype",
				proxyMode = org.springframework.context.annotation.ScopedProxyMode.TARGET_CLASS)
		SimpleDriverDataSource scoped() {
			return new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:scoped");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UserWrapped {

		@Bean
		DataSource dataSource(OpenTelemetry openTelemetry) {
			return JdbcTelemetry.create(openTelemetry).wrap(h2("user"));
		}

	}

}
