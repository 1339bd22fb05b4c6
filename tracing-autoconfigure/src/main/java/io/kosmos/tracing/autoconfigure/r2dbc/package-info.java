/**
 * Spans of R2DBC queries.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.r2dbc;

import org.jspecify.annotations.NullMarked;
