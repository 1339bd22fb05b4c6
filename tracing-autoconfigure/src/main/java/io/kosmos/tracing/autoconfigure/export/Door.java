package io.kosmos.tracing.autoconfigure.export;

import java.util.function.Function;

import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * What every span goes through on its way out, whoever gets it.
 *
 * @param tail keeps or drops what is below a local root, {@code null} to keep all. Used
 * by one thread
 * @param leaving what becomes of a span before it leaves, {@code null} if it may not; a
 * span for which this throws does not leave. Used by one thread
 * @param exporters exporters of the application, {@code null} if it has none
 */
record Door(@Nullable TailBuffer tail, Function<SpanData, @Nullable SpanData> leaving,
		@Nullable ApplicationExporters exporters) {

}
