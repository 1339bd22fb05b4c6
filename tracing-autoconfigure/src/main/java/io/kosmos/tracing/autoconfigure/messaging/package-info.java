/**
 * Messages that no library traces.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.messaging;

import org.jspecify.annotations.NullMarked;
