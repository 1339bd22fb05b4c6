package io.kosmos.tracing.autoconfigure.export;

import java.time.Instant;

/**
 * Something that went wrong on the way to a destination.
 *
 * @param at when
 * @param destination name of the destination
 * @param text what, without secrets
 */
record Problem(Instant at, String destination, String text) {

}
