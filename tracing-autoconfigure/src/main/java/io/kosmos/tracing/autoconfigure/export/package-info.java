/**
 * The way out: destinations, batches and span limits.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.export;

import org.jspecify.annotations.NullMarked;
