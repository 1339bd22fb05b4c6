/**
 * {@code @Traced} and {@code Spans}: a method or a block of code becomes a span.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.annotation;

import org.jspecify.annotations.NullMarked;
