/**
 * Messages over NATS, core and JetStream.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.nats;

import org.jspecify.annotations.NullMarked;
