package io.kosmos.tracing.autoconfigure.request;

import java.io.IOException;

import io.opentelemetry.context.Scope;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;

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
		try (Scope ignored = this.edge.enter((name) -> http.getHeaders(name).asIterator()).makeCurrent()) {
			chain.doFilter(request, response);
		}
	}

}
