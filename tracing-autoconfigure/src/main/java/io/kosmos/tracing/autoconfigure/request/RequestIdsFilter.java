package io.kosmos.tracing.autoconfigure.request;

import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;

import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Lets the ids of a request in before its server span is started.
 */
final class RequestIdsFilter implements Filter {

	private final RequestEdge edge;

	RequestIdsFilter(RequestEdge edge) {
		this.edge = edge;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (!(request instanceof HttpServletRequest http)) {
			chain.doFilter(request, response);
			return;
		}
		try (Scope ignored = this.edge.enter(http, Headers.INSTANCE).makeCurrent()) {
			chain.doFilter(request, response);
		}
	}

	private enum Headers implements TextMapGetter<HttpServletRequest> {

		INSTANCE;

		@Override
		public Iterable<String> keys(HttpServletRequest request) {
			return Collections.list(request.getHeaderNames());
		}

		@Override
		public @Nullable String get(@Nullable HttpServletRequest request, String name) {
			return (request != null) ? request.getHeader(name) : null;
		}

		@Override
		public Iterator<String> getAll(@Nullable HttpServletRequest request, String name) {
			return (request != null) ? request.getHeaders(name).asIterator() : Collections.emptyIterator();
		}

	}

}
