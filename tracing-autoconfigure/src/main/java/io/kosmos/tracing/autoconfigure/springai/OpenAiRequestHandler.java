package io.kosmos.tracing.autoconfigure.springai;

import io.micrometer.core.instrument.binder.okhttp3.OkHttpContext;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import okhttp3.Request;

/**
 * Starts the HTTP client span of a {@link OpenAiRequests marked} request as a child of
 * the span of the answer it is for. With that the mark is gone, so that the handler of
 * HTTP clients, which comes next in the group, does the rest.
 */
final class OpenAiRequestHandler implements TracingObservationHandler<OkHttpContext> {

	private final OpenAiRequests requests;

	private final PropagatingSenderTracingObservationHandler<OkHttpContext> delegate;

	OpenAiRequestHandler(OpenAiRequests requests, PropagatingSenderTracingObservationHandler<OkHttpContext> delegate) {
		this.requests = requests;
		this.delegate = delegate;
	}

	@Override
	public void onStart(OkHttpContext request) {
		StreamedAnswer answer = this.requests.answer(request.getRequest());
		Request.Builder builder = request.getCarrier();
		if (builder != null) {
			builder.removeHeader(OpenAiRequests.HEADER);
		}
		Context context = (answer != null) ? answer.context() : null;
		try (Scope ignored = (context != null) ? context.makeCurrent() : Scope.noop()) {
			this.delegate.onStart(request);
		}
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof OkHttpContext request && request.getRequest().header(OpenAiRequests.HEADER) != null;
	}

	@Override
	public Tracer getTracer() {
		return this.delegate.getTracer();
	}

}
