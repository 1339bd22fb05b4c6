package io.kosmos.tracing.autoconfigure.context;

/**
 * A task that brings its context along, so that nobody gives it another one.
 */
interface ContextTask {

}
