package io.kosmos.tracing.autoconfigure.http;

import java.util.Objects;
import java.util.function.Function;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of HTTP an error where the response is one, and says which in
 * {@code error.type}, as the
 * <a href="https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status">HTTP
 * conventions</a> have it. By themselves Spring's spans are errors only after an
 * exception that nobody handled.
 * <p>
 * It is to be registered after the handlers that make spans, which end them when an
 * observation stops: handlers are told of that in reverse order.
 *
 * @param <T> type of the context
 */
final class HttpErrorHandler<T extends Observation.Context> implements ObservationHandler<T> {

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private static final int FIRST_REFUSAL = 400;

	private final Class<T> type;

	private final int firstError;

	private final Function<T, @Nullable Integer> status;

	/**
	 * Create the handler.
	 * @param type type of the context
	 * @param firstError the lowest status that is an error to this side
	 * @param status reads the status, {@code null} where there is none
	 */
	HttpErrorHandler(Class<T> type, int firstError, Function<T, @Nullable Integer> status) {
		this.type = type;
		this.firstError = firstError;
		this.status = status;
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return this.type.isInstance(context);
	}

	@Override
	public void onStop(T context) {
		TracingContext tracing = context.get(TracingContext.class);
		if (tracing == null || !(tracing.getSpan() instanceof OtelSpan bridged)) {
			return;
		}
		Span span = OtelSpan.toOtel(bridged);
		Integer received = this.status.apply(context);
		Throwable error = context.getError();
		if (received != null && received >= this.firstError) {
			span.setAttribute(ERROR_TYPE, received.toString());
			span.setStatus(StatusCode.ERROR, (error != null) ? Objects.requireNonNullElse(error.getMessage(), "") : "");
		}
		else if (error != null && (received == null || received < FIRST_REFUSAL)) {
			span.setAttribute(ERROR_TYPE, error.getClass().getName());
		}
	}

}
