/**
 * Spans for the statements that an application sends through its data sources.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.jdbc;

import org.jspecify.annotations.NullMarked;
