package io.kosmos.tracing.autoconfigure.redis;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the spans of Redis commands.
 *
 * @param enabled Whether each command that Lettuce sends becomes a span.
 */
@ConfigurationProperties("kosmos.tracing.redis")
record RedisProperties(@DefaultValue("true") boolean enabled) {
}
