/**
 * Tenant, user, conversation and request id: where they enter, and what they are written
 * to.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.request;

import org.jspecify.annotations.NullMarked;
