package io.kosmos.tracing.autoconfigure.jdbc;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.kosmos.tracing.TracingFailures;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.instrumentation.api.incubator.semconv.db.internal.SqlCommenter;
import io.opentelemetry.instrumentation.api.instrumenter.Instrumenter;
import io.opentelemetry.instrumentation.jdbc.internal.DbRequest;
import io.opentelemetry.instrumentation.jdbc.internal.JdbcInstrumenterFactory;
import io.opentelemetry.instrumentation.jdbc.internal.OpenTelemetryConnection;
import io.opentelemetry.instrumentation.jdbc.internal.dbinfo.DbInfo;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;

/**
 * The library that traces statements, created when the first connection is asked for: a
 * data source may be needed before OpenTelemetry is, even by it. Thread-safe.
 */
final class StatementTelemetry {

	private static final Log logger = LogFactory.getLog(StatementTelemetry.class);

	private static final String SEMCONV_OPT_IN = "otel.semconv-stability.opt-in";

	private static final AttributeKey<String> POOL_NAME = AttributeKey.stringKey("db.client.connection.pool.name");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private final ObjectProvider<OpenTelemetry> openTelemetry;

	private final ObjectProvider<JdbcProperties> properties;

	private final ObjectProvider<TracingFailures> failures;

	private final Environment environment;

	private volatile @Nullable Instruments instruments;

	StatementTelemetry(ObjectProvider<OpenTelemetry> openTelemetry, ObjectProvider<JdbcProperties> properties,
			ObjectProvider<TracingFailures> failures, Environment environment) {
		this.openTelemetry = openTelemetry;
		this.properties = properties;
		this.failures = failures;
		this.environment = environment;
	}

	/**
	 * Traces the statements of a connection.
	 * @param connection the connection
	 * @param database what it is connected to
	 * @return a connection whose statements are traced, or the same when there is no
	 * OpenTelemetry yet or any more
	 */
	Connection trace(Connection connection, DbInfo database) {
		Instruments instruments = instruments();
		return (instruments != null) ? OpenTelemetryConnection.create(connection, database, instruments.statements(),
				instruments.transactions(), false, SqlCommenter.noop()) : connection;
	}

	/**
	 * Makes a long wait for a connection visible.
	 * @param dataSource name of the data source
	 * @param began when the wait began
	 * @param waited how long it was
	 * @param failure why there is no connection, or {@code null} if there is one
	 */
	void waited(String dataSource, Instant began, Duration waited, @Nullable Throwable failure) {
		Instruments instruments = instruments();
		if (instruments == null || (failure == null && waited.compareTo(instruments.connectionThreshold()) < 0)) {
			return;
		}
		Span span = instruments.tracer()
			.spanBuilder("getConnection")
			.setStartTimestamp(began)
			.setAttribute(POOL_NAME, dataSource)
			.startSpan();
		if (failure != null) {
			span.setAttribute(ERROR_TYPE, failure.getClass().getName());
			span.setStatus(StatusCode.ERROR);
			span.recordException(failure);
		}
		span.end(began.plus(waited));
	}

	/**
	 * Records what went wrong here, and never throws.
	 * @param failure what did
	 */
	void failed(Throwable failure) {
		try {
			TracingFailures failures = this.failures.getIfAvailable();
			if (failures != null) {
				failures.record("a JDBC connection", failure);
			}
		}
		catch (BeansException ex) {
			logger.debug("There is nothing yet, or any more, that counts this", failure);
		}
	}

	private @Nullable Instruments instruments() {
		Instruments instruments = this.instruments;
		if (instruments == null) {
			try {
				OpenTelemetry openTelemetry = this.openTelemetry.getIfUnique();
				JdbcProperties properties = this.properties.getIfAvailable();
				if (openTelemetry == null || properties == null) {
					return null;
				}
				instruments = create(openTelemetry, properties);
				this.instruments = instruments;
			}
			catch (BeansException ex) {
				return null;
			}
		}
		return instruments;
	}

	/*
	 * The library reads the wanted conventions once per class loader, from a system
	 * property or an environment variable only. The property is there just while it does,
	 * so that nothing else in the process sees a choice that the user did not make.
	 */
	private Instruments create(OpenTelemetry openTelemetry, JdbcProperties properties) {
		synchronized (StatementTelemetry.class) {
			String given = System.getProperty(SEMCONV_OPT_IN);
			System.setProperty(SEMCONV_OPT_IN, this.environment.getProperty(SEMCONV_OPT_IN, "database"));
			try {
				List<StatementAttributes> more = List.of(new StatementAttributes());
				return new Instruments(openTelemetry.getTracer("io.kosmos.tracing.jdbc"),
						JdbcInstrumenterFactory.createStatementInstrumenter(openTelemetry, List.copyOf(more), true,
								true, false),
						JdbcInstrumenterFactory.createTransactionInstrumenter(openTelemetry, List.copyOf(more),
								properties.transactions()),
						properties.connectionThreshold());
			}
			finally {
				if (given != null) {
					System.setProperty(SEMCONV_OPT_IN, given);
				}
				else {
					System.clearProperty(SEMCONV_OPT_IN);
				}
			}
		}
	}

	private record Instruments(Tracer tracer, Instrumenter<DbRequest, Void> statements,
			Instrumenter<DbRequest, Void> transactions, Duration connectionThreshold) {

	}

}
