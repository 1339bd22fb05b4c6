/**
 * The decision: which traces are recorded.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.sampling;

import org.jspecify.annotations.NullMarked;
