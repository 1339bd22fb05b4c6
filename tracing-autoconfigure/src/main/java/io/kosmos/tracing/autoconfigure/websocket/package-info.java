/**
 * WebSockets after their handshake, which is an HTTP request as any other.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.websocket;

import org.jspecify.annotations.NullMarked;
