/**
 * The headers that carry a trace between processes.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.propagation;

import org.jspecify.annotations.NullMarked;
