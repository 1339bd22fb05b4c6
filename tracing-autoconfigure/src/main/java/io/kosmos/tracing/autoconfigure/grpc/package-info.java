/**
 * Calls over gRPC: a span on each side, and the trace from one side to the other.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.grpc;

import org.jspecify.annotations.NullMarked;
