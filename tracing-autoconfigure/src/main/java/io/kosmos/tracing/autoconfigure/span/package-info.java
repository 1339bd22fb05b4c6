/**
 * {@code @Traced} and its siblings, {@code Spans} and {@code AgentSpans}: a method or a
 * block of code becomes a span, and the span of an agent, a model, a tool or a workflow
 * knows what that means.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.span;

import org.jspecify.annotations.NullMarked;
