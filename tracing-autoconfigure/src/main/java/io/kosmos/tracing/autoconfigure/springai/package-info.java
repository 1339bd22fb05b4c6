/**
 * Spans for the models, tools, vector stores and chat clients of Spring AI.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.springai;

import org.jspecify.annotations.NullMarked;
