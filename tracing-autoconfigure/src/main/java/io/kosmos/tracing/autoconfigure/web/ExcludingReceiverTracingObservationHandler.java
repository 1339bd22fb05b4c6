package io.kosmos.tracing.autoconfigure.web;

import java.util.List;
import java.util.Locale;
import java.util.Set;

import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Starts the server span of an excluded request in an {@link UntracedContext}. The
 * observation itself goes on, and with it the metrics of the request.
 * <p>
 * The span of every other request has the method and the path, of which a sampler may
 * want to know, from its start: {@code http.request.method} and {@code url.path} of the
 * <a href="https://opentelemetry.io/docs/specs/semconv/http/http-spans/">conventions for
 * HTTP</a>, the path without the query and of {@value #MAX_PATH} characters at most, and
 * until Spring names it, the name that Spring gives where no route matches.
 */
final class ExcludingReceiverTracingObservationHandler
		extends PropagatingReceiverTracingObservationHandler<ReceiverContext<?>> {

	private static final Log logger = LogFactory.getLog(ExcludingReceiverTracingObservationHandler.class);

	static final int MAX_PATH = 1024;

	private static final Set<String> METHODS = Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST",
			"PUT", "QUERY", "TRACE");

	private final List<RequestExclusion> exclusions;

	private final List<RequestLine> lines;

	ExcludingReceiverTracingObservationHandler(Tracer tracer, Propagator propagator, List<RequestExclusion> exclusions,
			List<RequestLine> lines) {
		super(tracer, propagator);
		this.exclusions = exclusions;
		this.lines = lines;
	}

	@Override
	public void onStart(ReceiverContext<?> context) {
		if (!isExcluded(context)) {
			super.onStart(context);
			return;
		}
		UntracedContext.mark(context);
		try (Scope scope = UntracedContext.mark(Context.current()).makeCurrent()) {
			super.onStart(context);
		}
	}

	@Override
	public Span.Builder customizeExtractedSpan(ReceiverContext<?> context, Span.Builder builder) {
		try {
			for (RequestLine line : this.lines) {
				String method = line.method(context);
				if (method != null) {
					write(method, line.path(context), builder);
				}
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Span begins without method and path because they could not be read", ex);
		}
		return builder;
	}

	private static void write(String method, @Nullable String path, Span.Builder builder) {
		boolean known = METHODS.contains(method);
		builder.name((known) ? "http " + method.toLowerCase(Locale.ROOT) : "http");
		builder.tag("http.request.method", (known) ? method : "_OTHER");
		if (path != null) {
			builder.tag("url.path", (path.length() <= MAX_PATH) ? path : path.substring(0, MAX_PATH));
		}
	}

	private boolean isExcluded(ReceiverContext<?> context) {
		try {
			for (RequestExclusion exclusion : this.exclusions) {
				if (exclusion.isExcluded(context)) {
					return true;
				}
			}
		}
		catch (RuntimeException ex) {
			logger.debug("Request is traced because it could not be told whether it is excluded", ex);
		}
		return false;
	}

}
