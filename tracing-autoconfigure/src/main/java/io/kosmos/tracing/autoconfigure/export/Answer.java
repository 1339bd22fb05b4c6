package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a receiver made of a request.
 *
 * @param outcome in a word
 * @param rejected number of spans that an accepted request lost, by the receiver's own
 * word ({@code partial_success})
 * @param retryAfter how long the receiver asks to be left alone
 * @param reason what happened, in words for a log line and without a secret
 */
record Answer(Outcome outcome, long rejected, @Nullable Duration retryAfter, String reason) {

}
