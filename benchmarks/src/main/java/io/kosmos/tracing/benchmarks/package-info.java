/**
 * What one traced method call costs, side by side with what one would use instead.
 */
@NullMarked
package io.kosmos.tracing.benchmarks;

import org.jspecify.annotations.NullMarked;
