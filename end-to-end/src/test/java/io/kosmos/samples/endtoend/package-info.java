@NullMarked
package io.kosmos.samples.endtoend;

import org.jspecify.annotations.NullMarked;
