/**
 * The current span where threads change and where logs are written.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.context;

import org.jspecify.annotations.NullMarked;
