/**
 * Messages that Spring AMQP and Spring Kafka send and handle.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.broker;

import org.jspecify.annotations.NullMarked;
