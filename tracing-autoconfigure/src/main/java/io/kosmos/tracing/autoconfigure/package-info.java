/**
 * The entry: whether tracing is on, what the service is called, and what was decided.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure;

import org.jspecify.annotations.NullMarked;
