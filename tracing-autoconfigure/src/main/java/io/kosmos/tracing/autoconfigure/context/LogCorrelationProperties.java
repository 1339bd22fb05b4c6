package io.kosmos.tracing.autoconfigure.context;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Trace ids in logs.
 *
 * @param enabled Whether traceId and spanId are in the MDC and in every log line.
 */
@ConfigurationProperties("kosmos.tracing.log-correlation")
public record LogCorrelationProperties(@DefaultValue("true") boolean enabled) {

}
