/**
 * Spans of HTTP calls to others.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.http;

import org.jspecify.annotations.NullMarked;
