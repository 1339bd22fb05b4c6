package io.kosmos.tracing.autoconfigure.request;

import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import io.kosmos.tracing.RequestIds;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Where the ids of an incoming request enter: from the configured headers, and where
 * those say nothing, from what the caller passed on. Thread-safe.
 */
final class RequestEdge {

	private static final Log logger = LogFactory.getLog(RequestEdge.class);

	/** W3C's header of all baggage, and the beginning of Jaeger's headers of an entry. */
	private static final Pattern BAGGAGE = Pattern.compile("baggage|uberctx-.*");

	private final RequestProperties.Headers headers;

	private final SingletonSupplier<TextMapPropagator> propagator;

	private final SingletonSupplier<List<String>> baggage;

	private final RefusedIds refused;

	RequestEdge(RequestProperties.Headers headers, Supplier<TextMapPropagator> propagator, RefusedIds refused) {
		this.headers = headers;
		this.propagator = SingletonSupplier.of(propagator);
		this.baggage = SingletonSupplier
			.of(() -> this.propagator.obtain().fields().stream().filter(BAGGAGE.asMatchPredicate()).toList());
		this.refused = refused;
	}

	/**
	 * The current context with the ids of a request, as it is when they cannot be read.
	 */
	<C> Context enter(C request, TextMapGetter<C> headers) {
		Context context = Context.current();
		try {
			return enter(context, request, headers);
		}
		catch (RuntimeException ex) {
			logger.debug("Request goes on without ids because its headers could not be read", ex);
			return context;
		}
	}

	private <C> Context enter(Context context, C request, TextMapGetter<C> getter) {
		RequestIds ids = new RequestIds(read(request, getter, this.headers.tenant()),
				read(request, getter, this.headers.user()), read(request, getter, this.headers.conversation()),
				read(request, getter, this.headers.request()))
			.orElse(RequestIds.fromContext(context));
		Context entered = ids.storeInContext(context);
		if (this.baggage.obtain().stream().anyMatch((header) -> getter.getAll(request, header).hasNext())) {
			ids = RequestIds.fromContext(this.propagator.obtain().extract(entered, request, getter));
			entered = ids.storeInContext(entered);
		}
		return entered;
	}

	private <C> @Nullable String read(C request, TextMapGetter<C> getter, String header) {
		if (!StringUtils.hasLength(header)) {
			return null;
		}
		Iterator<String> values = getter.getAll(request, header);
		return values.hasNext() ? this.refused.check(values.next(), "header " + header) : null;
	}

}
