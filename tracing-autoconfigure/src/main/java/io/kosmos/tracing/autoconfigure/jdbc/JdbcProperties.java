package io.kosmos.tracing.autoconfigure.jdbc;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the spans of JDBC statements.
 *
 * @param enabled Whether each statement sent through a DataSource bean becomes a span.
 */
@ConfigurationProperties("kosmos.tracing.jdbc")
record JdbcProperties(@DefaultValue("true") boolean enabled) {
}
