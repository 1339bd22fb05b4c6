/**
 * What an application imports: the annotations, the attributes and the programmatic API.
 * <p>
 * Nothing in this package throws into business code because of tracing: a value that
 * cannot be recorded is left out, counted and logged once.
 */
@NullMarked
package io.kosmos.tracing;

import org.jspecify.annotations.NullMarked;
