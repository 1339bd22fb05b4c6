/**
 * Spans of Redis commands.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.redis;

import org.jspecify.annotations.NullMarked;
