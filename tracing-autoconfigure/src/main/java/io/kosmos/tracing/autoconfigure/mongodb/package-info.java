/**
 * Spans of MongoDB commands.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.mongodb;

import org.jspecify.annotations.NullMarked;
