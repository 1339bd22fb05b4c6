package io.kosmos.tracing.autoconfigure.jdbc;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;

import javax.sql.DataSource;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.instrumentation.jdbc.internal.JdbcUtils;
import io.opentelemetry.instrumentation.jdbc.internal.OpenTelemetryConnection;
import io.opentelemetry.instrumentation.jdbc.internal.dbinfo.DbInfo;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * Answers {@code getConnection} with a connection whose statements are traced and leaves
 * every other call to the data source. Tracing that fails costs its span only.
 */
final class ConnectionInterceptor implements MethodInterceptor {

	private final String name;

	private final boolean routing;

	private final StatementTelemetry telemetry;

	private volatile @Nullable DbInfo database;

	ConnectionInterceptor(String name, DataSource target, StatementTelemetry telemetry) {
		this.name = name;
		this.routing = target instanceof AbstractRoutingDataSource;
		this.telemetry = telemetry;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		// Outside any trace, as when a schema is migrated at start-up, each statement
		// would be a trace of its own.
		if (!isGetConnection(invocation) || !Span.current().getSpanContext().isValid()) {
			return invocation.proceed();
		}
		Instant began = Instant.now();
		long start = System.nanoTime();
		Connection connection;
		try {
			connection = (Connection) invocation.proceed();
		}
		catch (Throwable ex) {
			// That of a routing one is told by the one it chose.
			if (!this.routing) {
				waitedInVain(began, since(start), ex);
			}
			throw ex;
		}
		if (connection == null || connection instanceof OpenTelemetryConnection) {
			return connection;
		}
		try {
			this.telemetry.waited(this.name, began, since(start), null);
			return this.telemetry.trace(connection, database(connection));
		}
		catch (Throwable ex) {
			// The caller would never get, nor close, what the pool gave.
			this.telemetry.failed(ex);
			return connection;
		}
	}

	private void waitedInVain(Instant began, Duration waited, Throwable failure) {
		try {
			this.telemetry.waited(this.name, began, waited, failure);
		}
		catch (Throwable ex) {
			this.telemetry.failed(ex);
		}
	}

	private static Duration since(long start) {
		return Duration.ofNanos(System.nanoTime() - start);
	}

	private static boolean isGetConnection(MethodInvocation invocation) {
		if (!"getConnection".equals(invocation.getMethod().getName())) {
			return false;
		}
		Class<?>[] types = invocation.getMethod().getParameterTypes();
		return types.length == 0 || (types.length == 2 && types[0] == String.class && types[1] == String.class);
	}

	private DbInfo database(Connection connection) {
		DbInfo database = this.database;
		if (database == null) {
			database = JdbcUtils.computeDbInfo(connection);
			// A routing one has several.
			if (!this.routing) {
				this.database = database;
			}
		}
		return database;
	}

}
