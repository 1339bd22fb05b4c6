package io.kosmos.tracing.autoconfigure.export;

/**
 * Ended spans as OTLP.
 *
 * @param bytes one serialized {@code ExportTraceServiceRequest}; shared, never changed
 * @param spans number of spans in it
 */
record Message(byte[] bytes, int spans) {

}
