package io.kosmos.tracing.autoconfigure.r2dbc;

import java.util.Map;

import io.opentelemetry.instrumentation.api.incubator.semconv.db.SqlDialect;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.r2dbc.OptionsCapableConnectionFactory;

/**
 * What a connection factory connects to, in the words of the semantic conventions.
 *
 * @param system {@code db.system.name}
 * @param namespace {@code db.namespace}, if it is known
 * @param address {@code server.address}, if it is known
 * @param port {@code server.port}, if it is known
 */
record Database(String system, @Nullable String namespace, @Nullable String address, @Nullable Long port) {

	/** By the name that the driver gives in its metadata. */
	private static final Map<String, String> SYSTEMS = Map.of("PostgreSQL", "postgresql", "H2", "h2database", "MySQL",
			"mysql", "MariaDB", "mariadb", "Microsoft SQL Server", "microsoft.sql_server", "Oracle Database",
			"oracle.db");

	private static final boolean OF_BOOT = ConnectionFactoryBeanPostProcessor
		.isPresent("org.springframework.boot.r2dbc.OptionsCapableConnectionFactory");

	static Database of(ConnectionFactory connectionFactory) {
		String system = system(connectionFactory);
		ConnectionFactoryOptions options = OF_BOOT ? BootOptions.of(connectionFactory) : null;
		if (options == null) {
			return new Database(system, null, null, null);
		}
		Object port = options.getValue(ConnectionFactoryOptions.PORT);
		return new Database(system, text(options, ConnectionFactoryOptions.DATABASE),
				text(options, ConnectionFactoryOptions.HOST), (port != null) ? Long.valueOf(port.toString()) : null);
	}

	private static String system(ConnectionFactory connectionFactory) {
		try {
			return SYSTEMS.getOrDefault(connectionFactory.getMetadata().getName(), "other_sql");
		}
		catch (UnsupportedOperationException ex) {
			// A routing one has none without a default target.
			return "other_sql";
		}
	}

	private static @Nullable String text(ConnectionFactoryOptions options, Option<String> option) {
		Object value = options.getValue(option);
		return (value != null && !value.toString().isEmpty()) ? value.toString() : null;
	}

	/**
	 * How texts in double quotes are understood: in doubt as literals, which have to go.
	 */
	SqlDialect dialect() {
		return (this.system.equals("postgresql") || this.system.equals("oracle.db"))
				? SqlDialect.DOUBLE_QUOTES_ARE_IDENTIFIERS : SqlDialect.DOUBLE_QUOTES_ARE_STRING_LITERALS;
	}

	/**
	 * Loaded only when Boot's R2DBC is there.
	 */
	private static final class BootOptions {

		static @Nullable ConnectionFactoryOptions of(ConnectionFactory connectionFactory) {
			OptionsCapableConnectionFactory capable = ConnectionFactoryBeanPostProcessor.find(connectionFactory,
					OptionsCapableConnectionFactory.class);
			return (capable != null) ? capable.getOptions() : null;
		}

	}

}
