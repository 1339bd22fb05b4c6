package io.kosmos.tracing.autoconfigure.request;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

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

	private static final String BAGGAGE = "baggage";

	private final RequestProperties.Headers headers;

	private final SingletonSupplier<TextMapPropagator> propagator;

	private final RefusedIds refused;

	RequestEdge(RequestProperties.Headers headers, Supplier<TextMapPropagator> propagator, RefusedIds refused) {
		this.headers = headers;
		this.propagator = SingletonSupplier.of(propagator);
		this.refused = refused;
	}

	/**
	 * The current context with the ids of a request, as it is when they cannot be read.
	 */
	Context enter(HeaderReader request) {
		Context context = Context.current();
		try {
			return enter(context, request);
		}
		catch (RuntimeException ex) {
			logger.debug("Request goes on without ids because its headers could not be read", ex);
			return context;
		}
	}

	private Context enter(Context context, HeaderReader request) {
		RequestIds ids = new RequestIds(read(request, this.headers.tenant()), read(request, this.headers.user()),
				read(request, this.headers.conversation()), read(request, this.headers.request()))
			.orElse(RequestIds.fromContext(context));
		Context entered = ids.storeInContext(context);
		if (request.values(BAGGAGE).hasNext()) {
			ids = RequestIds
				.fromContext(this.propagator.obtain().extract(entered, request, HeaderReaderGetter.INSTANCE));
			entered = ids.storeInContext(entered);
		}
		return entered;
	}

	private @Nullable String read(HeaderReader request, String header) {
		if (!StringUtils.hasLength(header)) {
			return null;
		}
		Iterator<String> values = request.values(header);
		return values.hasNext() ? this.refused.check(values.next(), "header " + header) : null;
	}

	/**
	 * The headers of a request.
	 */
	@FunctionalInterface
	interface HeaderReader {

		Iterator<String> values(String name);

	}

	private enum HeaderReaderGetter implements TextMapGetter<HeaderReader> {

		INSTANCE;

		@Override
		public Iterable<String> keys(HeaderReader request) {
			return List.of();
		}

		@Override
		public @Nullable String get(@Nullable HeaderReader request, String key) {
			Iterator<String> values = getAll(request, key);
			return values.hasNext() ? values.next() : null;
		}

		@Override
		public Iterator<String> getAll(@Nullable HeaderReader request, String key) {
			return (request != null) ? request.values(key) : Collections.emptyIterator();
		}

	}

}
