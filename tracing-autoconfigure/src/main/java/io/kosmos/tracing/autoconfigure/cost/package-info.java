/**
 * What models cost.
 */
@NullMarked
package io.kosmos.tracing.autoconfigure.cost;

import org.jspecify.annotations.NullMarked;
