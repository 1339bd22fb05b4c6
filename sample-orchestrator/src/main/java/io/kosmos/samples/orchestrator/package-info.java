/**
 * A small agent service: Zeus decides on a route, Athena searches what is known, a model
 * behind the gateway answers.
 */
@NullMarked
package io.kosmos.samples.orchestrator;

import org.jspecify.annotations.NullMarked;
