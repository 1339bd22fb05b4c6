/**
 * An OpenAI-compatible gateway in front of a model, traced by kosmos-tracing.
 */
@NullMarked
package io.kosmos.samples.gateway;

import org.jspecify.annotations.NullMarked;
