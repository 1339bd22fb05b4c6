package io.kosmos.tracing.autoconfigure.broker;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the spans of Kafka records.
 *
 * @param enabled Whether records that Spring Kafka sends and handles are observed and
 * become spans.
 * @param consumer Whether the work for a record is a child of the span that sent it, or a
 * trace of its own with a link to it.
 */
@ConfigurationProperties("kosmos.tracing.kafka")
record KafkaProperties(@DefaultValue("true") boolean enabled, @DefaultValue("child") ConsumerSpan consumer) {
}
