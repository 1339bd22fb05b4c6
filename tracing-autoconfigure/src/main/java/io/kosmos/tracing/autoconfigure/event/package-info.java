/**
 * The events of a framework that tells when a call begins and when it has ended become
 * spans.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.event;

import org.jspecify.annotations.NullMarked;
