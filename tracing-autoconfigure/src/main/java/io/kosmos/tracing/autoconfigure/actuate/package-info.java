/**
 * What an operator sees of tracing, and may ask of it, over the actuator.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
