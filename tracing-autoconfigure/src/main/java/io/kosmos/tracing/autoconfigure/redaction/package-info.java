/**
 * The door: what spans may not carry out of the process.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.redaction;

import org.jspecify.annotations.NullMarked;
