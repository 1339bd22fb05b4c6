/**
 * What keeps one mistake from costing a backend its index, a process its memory, or a log
 * its truth.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.guard;

import org.jspecify.annotations.NullMarked;
