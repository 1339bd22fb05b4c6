package io.kosmos.tracing.autoconfigure.r2dbc;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the spans of R2DBC queries.
 *
 * @param enabled Whether each query sent through a ConnectionFactory bean becomes a span.
 */
@ConfigurationProperties("kosmos.tracing.r2dbc")
record R2dbcProperties(@DefaultValue("true") boolean enabled) {
}
