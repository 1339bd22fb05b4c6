/**
 * The demo: both samples as processes, one request, and its trace as a tree on the
 * terminal.
 */
@NullMarked
package io.kosmos.samples.demo;

import org.jspecify.annotations.NullMarked;
