package io.kosmos.tracing.autoconfigure.mongodb;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the spans of MongoDB commands.
 *
 * @param enabled Whether each command of the MongoDB clients that Boot builds becomes a
 * span.
 */
@ConfigurationProperties("kosmos.tracing.mongodb")
record MongodbProperties(@DefaultValue("true") boolean enabled) {
}
