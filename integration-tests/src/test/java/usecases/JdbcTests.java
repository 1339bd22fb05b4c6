package usecases;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.kosmos.tracing.servers.PostgresServer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class JdbcTests {

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

	private JdbcTemplate start(String... properties) {
		String[] all = new String[properties.length + 3];
		all[0] = "spring.datasource.url=" + server.jdbcUrl();
		all[1] = "spring.datasource.username=" + PostgresServer.USER;
		all[2] = "spring.datasource.password=" + PostgresServer.USER;
		System.arraycopy(properties, 0, all, 3, properties.length);
		this.application = DatabaseApplication.start(List.of("org.springframework.boot.jdbc."), Nothing.class, all);
		JdbcTemplate template = this.application.bean(JdbcTemplate.class);
		template.execute("drop table if exists item");
		template.execute("create table item (id int primary key, name text)");
		assertThat(this.application.ended()).isEmpty();
		return template;
	}

	private static Map<AttributeKey<?>, Object> statement(String operation, String summary, String text) {
		String address = server.jdbcUrl().split("/")[2];
		Map<AttributeKey<?>, Object> attributes = new HashMap<>(
				Map.of(stringKey("db.system.name"), "postgresql", stringKey("db.namespace"), "orchestrator",
						stringKey("db.operation.name"), operation, stringKey("server.address"), address.split(":")[0],
						longKey("server.port"), Long.valueOf(address.split(":")[1])));
		if (summary != null) {
			attributes.put(stringKey("db.query.summary"), summary);
			attributes.put(stringKey("db.query.text"), text);
		}
		return attributes;
	}

	private static Map<AttributeKey<?>, Object> attributes(SpanData span) {
		return span.getAttributes().asMap();
	}

	@Test
	void shouldMakeStatementClientSpanBelowCurrentSpan() {
		JdbcTemplate template = start();
		this.application.inTrace(
				() -> template.queryForList("select name from item where id = ? and name <> 'secret' limit 10", 1));
		SpanData span = this.application.awaitOnlyBelowRequest();
		assertThat(span.getName()).isEqualTo("SELECT item");
		assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
		assertThat(attributes(span))
			.isEqualTo(statement("SELECT", "SELECT item", "select name from item where id = ? and name <> ? limit ?"));
	}

	@Test
	void shouldGiveSqlStateOfFailedStatement() {
		JdbcTemplate template = start();
		this.application.inTrace(() -> {
			template.update("insert into item values (1, 'secret')");
			assertThatExceptionOfType(DuplicateKeyException.class)
				.isThrownBy(() -> template.update("insert into item values (1, 'secret')"));
			return null;
		});
		SpanData failed = this.application.awaitBelowRequest(2).get(1);
		assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		Map<AttributeKey<?>, Object> expected = statement("INSERT", "INSERT item", "insert into item values (?, ?)");
		expected.put(stringKey("db.response.status_code"), "23505");
		expected.put(stringKey("error.type"), "23505");
		assertThat(attributes(failed)).isEqualTo(expected);
		assertThat(failed.getEvents()).extracting("name").containsExactly("exception");
	}

	@Test
	void shouldMakeOneSpanOfBatchWithItsSize() {
		JdbcTemplate template = start();
		this.application.inTrace(() -> template.batchUpdate("insert into item values (?, 'secret')",
				List.of(new Object[] { 1 }, new Object[] { 2 }, new Object[] { 3 })));
		SpanData span = this.application.awaitOnlyBelowRequest();
		assertThat(span.getName()).isEqualTo("BATCH INSERT item");
		Map<AttributeKey<?>, Object> expected = statement("BATCH INSERT", "BATCH INSERT item",
				"insert into item values (?, ?)");
		expected.put(longKey("db.operation.batch.size"), 3L);
		assertThat(attributes(span)).isEqualTo(expected);
	}

	@Test
	void shouldMakeSpanOfBatchOfDifferentStatements() {
		JdbcTemplate template = start();
		this.application.inTrace(() -> template.batchUpdate("insert into item values (1, 'secret')",
				"delete from item where id = 4711"));
		SpanData span = this.application.awaitOnlyBelowRequest();
		assertThat(attributes(span))
			.containsEntry(stringKey("db.query.text"), "insert into item values (?, ?); delete from item where id = ?")
			.containsEntry(longKey("db.operation.batch.size"), 2L)
			.doesNotContainKey(stringKey("db.operation.name"));
	}

	@Test
	void shouldShowEndOfTransaction() {
		JdbcTemplate template = start();
		TransactionTemplate transaction = this.application.bean(TransactionTemplate.class);
		this.application.inTrace(() -> transaction.execute((status) -> template.update("delete from item")));
		assertThat(this.application.awaitBelowRequest(2)).extracting(SpanData::getName)
			.containsExactly("DELETE item", "COMMIT");
		SpanData commit = this.application.awaitBelowRequest(2).get(1);
		assertThat(commit.getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(attributes(commit)).isEqualTo(statement("COMMIT", null, null));
		this.application.reset();
		this.application.inTrace(() -> transaction.execute((status) -> {
			status.setRollbackOnly();
			return template.update("delete from item");
		}));
		assertThat(this.application.awaitBelowRequest(2)).extracting(SpanData::getName)
			.containsExactly("DELETE item", "ROLLBACK");
	}

	@Test
	void shouldNotShowEndOfTransactionIfNotWanted() {
		JdbcTemplate template = start("kosmos.tracing.jdbc.transactions=false");
		this.application.inTrace(() -> this.application.bean(TransactionTemplate.class)
			.execute((status) -> template.update("delete from item")));
		assertThat(this.application.awaitOnlyBelowRequest().getName()).isEqualTo("DELETE item");
	}

	@Test
	void shouldShowWaitForConnection() throws Exception {
		JdbcTemplate template = start("spring.datasource.hikari.maximum-pool-size=1",
				"spring.datasource.hikari.connection-timeout=300");
		HikariDataSource pool = (HikariDataSource) this.application.bean(DataSource.class);
		try (var taken = pool.getConnection()) {
			this.application.inTrace(() -> {
				assertThatException().isThrownBy(() -> template.update("delete from item"));
				return null;
			});
		}
		SpanData span = this.application.awaitOnlyBelowRequest();
		assertThat(span.getName()).isEqualTo("getConnection");
		assertThat(span.getKind()).isEqualTo(SpanKind.INTERNAL);
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(attributes(span)).isEqualTo(Map.of(stringKey("db.client.connection.pool.name"), "dataSource",
				stringKey("error.type"), "java.sql.SQLTransientConnectionException"));
		assertThat(Duration.ofNanos(span.getEndEpochNanos() - span.getStartEpochNanos()))
			.isBetween(Duration.ofMillis(290), Duration.ofSeconds(10));
	}

	@Test
	void shouldShowEachWaitForConnectionIfWanted() {
		JdbcTemplate template = start("kosmos.tracing.jdbc.connection-threshold=0");
		this.application.inTrace(() -> template.update("delete from item"));
		assertThat(this.application.awaitBelowRequest(2)).extracting(SpanData::getName)
			.containsExactly("getConnection", "DELETE item");
	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

}
