package usecases;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.kosmos.tracing.Traced;
import io.kosmos.tracing.servers.PostgresServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.proxy.ProxyConnectionFactory;
import io.r2dbc.proxy.observation.ObservationProxyExecutionListener;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.annotation.Transactional;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

class R2dbcTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private static PostgresServer server;

	private DatabaseApplication application;

	@BeforeAll
	static void startServer(@TempDir Path directory) throws Exception {
		server = PostgresServer.start(directory);
	}

	@AfterAll
	static void stopServer() throws Exception {
		server.close();
	}

	@AfterEach
	void stopApplication() {
		this.application.close();
	}

	private static String url() {
		return server.jdbcUrl().replace("jdbc:", "r2dbc:");
	}

	private DatabaseClient start(Class<?> beans, String... properties) {
		String[] all = Stream
			.concat(Stream.of("spring.r2dbc.url=" + url(), "spring.r2dbc.username=" + PostgresServer.USER,
					"spring.r2dbc.password=" + PostgresServer.USER), Stream.of(properties))
			.toArray(String[]::new);
		this.application = DatabaseApplication.start(List.of("org.springframework.boot.r2dbc."), beans, all);
		DatabaseClient client = DatabaseClient.create(this.application.bean(ConnectionFactory.class));
		client.sql("drop table if exists item").then().block(SOON);
		client.sql("create table item (id int primary key, name text)").then().block(SOON);
		return client;
	}

	private static Map<AttributeKey<?>, Object> query(String operation, String summary, String text) {
		String address = server.jdbcUrl().split("/")[2];
		return new HashMap<>(Map.of(stringKey("db.system.name"), "postgresql", stringKey("db.namespace"),
				"orchestrator", stringKey("db.operation.name"), operation, stringKey("db.query.summary"), summary,
				stringKey("db.query.text"), text, stringKey("server.address"), address.split(":")[0],
				longKey("server.port"), Long.valueOf(address.split(":")[1])));
	}

	private static Map<AttributeKey<?>, Object> attributes(SpanData span) {
		return span.getAttributes().asMap();
	}

	@Test
	void shouldMakeQueryClientSpanBelowCurrentSpan() {
		DatabaseClient client = start(Nothing.class);
		client.sql("insert into item values (1, 'a'), (2, 'b')").then().block(SOON);
		this.application
			.inTrace(() -> client.sql("select name from item where id > $1 and name <> 'secret' order by id")
				.bind("$1", 0)
				.fetch()
				.all()
				.collectList()
				.block(SOON));
		SpanData span = this.application.awaitOnlyBelowRequest();
		assertThat(span.getName()).isEqualTo("SELECT item");
		assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
		Map<AttributeKey<?>, Object> expected = query("SELECT", "SELECT item",
				"select name from item where id > $1 and name <> ? order by id");
		expected.put(longKey("db.response.returned_rows"), 2L);
		assertThat(attributes(span)).isEqualTo(expected);
		assertThat(span.getEvents()).isEmpty();
	}

	@Test
	void shouldNotMakeATraceOfQueriesOutsideAnyTrace() {
		DatabaseClient client = start(Nothing.class);
		client.sql("select * from item").fetch().all().collectList().block(SOON);
		assertThat(this.application.ended()).isEmpty();
	}

	@Test
	void shouldKeepMetricsOfBoot() {
		DatabaseClient client = start(Nothing.class);
		this.application.inTrace(() -> client.sql("select * from item").fetch().all().collectList().block(SOON));
		assertThat(this.application.awaitOnlyBelowRequest().getName()).isEqualTo("SELECT item");
		assertThat(this.application.bean(MeterRegistry.class).get("r2dbc.query").timers()).isNotEmpty();
	}

	@Test
	void shouldGiveSqlStateOfFailedQuery() {
		DatabaseClient client = start(Nothing.class);
		this.application.inTrace(() -> {
			client.sql("insert into item values (1, 'secret')").then().block(SOON);
			assertThatException()
				.isThrownBy(() -> client.sql("insert into item values (1, 'secret')").then().block(SOON));
			return null;
		});
		SpanData failed = this.application.awaitBelowRequest(2).get(1);
		assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		Map<AttributeKey<?>, Object> expected = query("INSERT", "INSERT item", "insert into item values (?, ?)");
		expected.put(stringKey("db.response.status_code"), "23505");
		expected.put(stringKey("error.type"), "23505");
		assertThat(attributes(failed)).isEqualTo(expected);
		assertThat(failed.getEvents()).singleElement()
			.satisfies((event) -> assertThat(event.getAttributes().get(stringKey("exception.type")))
				.contains("DataIntegrityViolation"));
	}

	@Test
	void shouldMakeOneSpanOfBatchWithItsSize() {
		DatabaseClient client = start(Nothing.class);
		this.application
			.inTrace(
					() -> client.inConnection((
							connection) -> Mono.from(Flux
								.from(connection.createStatement("insert into item values ($1, 'secret')")
									.bind(0, 1)
									.add()
									.bind(0, 2)
									.execute())
								.flatMap((result) -> result.getRowsUpdated())
								.collectList()))
						.block(SOON));
		Map<AttributeKey<?>, Object> expected = query("BATCH INSERT", "BATCH INSERT item",
				"insert into item values ($1, ?)");
		expected.put(longKey("db.operation.batch.size"), 2L);
		SpanData span = this.application.awaitOnlyBelowRequest();
		assertThat(span.getName()).isEqualTo("BATCH INSERT item");
		assertThat(attributes(span)).isEqualTo(expected);
	}

	@Test
	void shouldTraceQueriesOfTransactionBelowTracedMethod() {
		start(Shelf.class);
		this.application.bean(Shelf.class).fill().block(SOON);
		Awaitility.await().until(() -> this.application.ended().size() >= 3);
		List<SpanData> spans = this.application.ended();
		SpanData method = spans.stream()
			.filter((span) -> span.getName().equals("shelf.fill"))
			.findFirst()
			.orElseThrow();
		assertThat(spans).filteredOn((span) -> span.getParentSpanId().equals(method.getSpanId()))
			.extracting(SpanData::getName)
			.containsSubsequence("INSERT item", "SELECT item");
	}

	@Test
	void shouldEndCancelledQuery() {
		DatabaseClient client = start(Nothing.class);
		this.application.inTrace(() -> {
			assertThatException().isThrownBy(() -> client.sql("select pg_sleep(5)")
				.fetch()
				.all()
				.then()
				.timeout(Duration.ofMillis(300))
				.block(SOON));
			return null;
		});
		SpanData span = this.application.awaitOnlyBelowRequest();
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
		assertThat(attributes(span)).containsEntry(booleanKey("kosmos.cancelled"), true);
	}

	@Test
	void shouldTraceConnectionFactoriesOfTheApplicationOnce() {
		for (Class<?> own : List.of(OwnPool.class, OwnProxy.class, Bare.class)) {
			DatabaseClient client = start(own, "own.url=" + url().replace("//", "//" + PostgresServer.USER + "@"));
			this.application.reset();
			this.application.inTrace(() -> client.sql("select * from item").fetch().all().collectList().block(SOON));
			assertThat(this.application.awaitOnlyBelowRequest().getName()).as(own.getSimpleName())
				.isEqualTo("SELECT item");
			this.application.close();
		}
	}

	@Test
	void shouldBeSilentWhenDisabled() {
		DatabaseClient client = start(Nothing.class, "kosmos.tracing.r2dbc.enabled=false");
		this.application.reset();
		this.application.inTrace(() -> client.sql("select * from item").fetch().all().collectList().block(SOON));
		assertThat(this.application.ended()).extracting(SpanData::getName).containsExactly("request");
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

		private final ConnectionFactory connectionFactory;

		Shelf(ConnectionFactory connectionFactory) {
			this.connectionFactory = connectionFactory;
		}

		@Traced("shelf.fill")
		@Transactional
		Mono<Long> fill() {
			DatabaseClient client = DatabaseClient.create(this.connectionFactory);
			return client.sql("insert into item values (1, 'a')")
				.fetch()
				.rowsUpdated()
				.publishOn(Schedulers.boundedElastic())
				.flatMap((count) -> client.sql("select count(*) from item").fetch().one())
				.map((row) -> 1L);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnPool {

		@Bean(destroyMethod = "dispose")
		ConnectionPool connectionFactory(@Value("${own.url}") String url) {
			return new ConnectionPool(
					ConnectionPoolConfiguration.builder(ConnectionFactories.get(url)).initialSize(1).build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnProxy {

		@Bean
		ConnectionFactory connectionFactory(@Value("${own.url}") String url, ObservationRegistry observations) {
			ConnectionFactory driver = ConnectionFactories.get(url);
			return ProxyConnectionFactory.builder(driver)
				.listener(new ObservationProxyExecutionListener(observations, driver, null))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Bare {

		@Bean
		ConnectionFactory connectionFactory(@Value("${own.url}") String url) {
			return ConnectionFactories.get(url);
		}

	}

}
