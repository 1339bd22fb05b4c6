/**
 * Which web requests are traced at all: not those of the actuator and not those for
 * static resources, unless asked for.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.web;

import org.jspecify.annotations.NullMarked;
