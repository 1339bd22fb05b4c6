/**
 * What becomes of spans when something breaks.
 */
@NullMarked
package usecases.faults;

import org.jspecify.annotations.NullMarked;
