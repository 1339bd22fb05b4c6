/**
 * Requests across every boundary between two real services.
 */
@NullMarked
package usecases.boundaries;

import org.jspecify.annotations.NullMarked;
