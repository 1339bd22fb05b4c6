package io.kosmos.tracing.autoconfigure.jdbc;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Configuration of the spans of JDBC.
 *
 * @param enabled Whether each statement sent through a DataSource bean becomes a span.
 * @param transactions Whether each commit and rollback becomes a span.
 * @param connectionThreshold Time to wait for a connection from which on the wait becomes
 * a span. A wait that ends without a connection always does.
 */
@ConfigurationProperties("kosmos.tracing.jdbc")
record JdbcProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean transactions,
		@DefaultValue("100ms") Duration connectionThreshold) {

	JdbcProperties {
		if (connectionThreshold.isNegative()) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.jdbc.connection-threshold",
					connectionThreshold, "It must not be negative.");
		}
	}
}
