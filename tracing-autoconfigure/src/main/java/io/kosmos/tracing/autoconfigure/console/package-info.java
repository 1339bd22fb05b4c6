/**
 * Spans printed to standard output, for development.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.console;

import org.jspecify.annotations.NullMarked;
