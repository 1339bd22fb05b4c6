package io.kosmos.tracing.autoconfigure.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.instrumentation.jdbc.internal.OpenTelemetryConnection;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * Answers {@code getConnection} with a connection whose statements are traced and leaves
 * every other call to the data source.
 */
final class ConnectionInterceptor implements MethodInterceptor {

	private final DataSource target;

	private final StatementTelemetry telemetry;

	private volatile @Nullable DataSource traced;

	ConnectionInterceptor(DataSource target, StatementTelemetry telemetry) {
		this.target = target;
		this.telemetry = telemetry;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		// Outside any trace, as when a schema is migrated at start-up, each statement
		// would be
		// a trace of its own.
		if (!isGetConnection(invocation) || !Span.current().getSpanContext().isValid()) {
			return invocation.proceed();
		}
		if (this.target instanceof AbstractRoutingDataSource) {
			return trace((Connection) invocation.proceed());
		}
		DataSource traced = this.traced;
		if (traced == null) {
			traced = this.telemetry.wrap(this.target);
			this.traced = traced;
		}
		if (traced == null) {
			return invocation.proceed();
		}
		@Nullable Object[] arguments = invocation.getArguments();
		return (arguments.length == 0) ? traced.getConnection()
				: traced.getConnection((String) arguments[0], (String) arguments[1]);
	}

	private static boolean isGetConnection(MethodInvocation invocation) {
		if (!"getConnection".equals(invocation.getMethod().getName())) {
			return false;
		}
		Class<?>[] types = invocation.getMethod().getParameterTypes();
		return types.length == 0 || (types.length == 2 && types[0] == String.class && types[1] == String.class);
	}

	/*
	 * The library remembers the database of a data source with the first connection. A
	 * routing one has several, so each connection is a data source to it.
	 */
	private @Nullable Connection trace(@Nullable Connection connection) throws SQLException {
		if (connection == null || connection instanceof OpenTelemetryConnection) {
			return connection;
		}
		DataSource traced = this.telemetry.wrap(new SingleConnection(connection));
		return (traced != null) ? traced.getConnection() : connection;
	}

	private static final class SingleConnection extends AbstractDataSource {

		private final Connection connection;

		SingleConnection(Connection connection) {
			this.connection = connection;
		}

		@Override
		public Connection getConnection() {
			return this.connection;
		}

		@Override
		public Connection getConnection(String username, String password) {
			return this.connection;
		}

	}

}
