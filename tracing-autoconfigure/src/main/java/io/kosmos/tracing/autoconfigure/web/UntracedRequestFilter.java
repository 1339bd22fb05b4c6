package io.kosmos.tracing.autoconfigure.web;

import java.io.IOException;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;

/**
 * Keeps what is done inside a request that has no server span from becoming traces of its
 * own.
 */
final class UntracedRequestFilter implements Filter {

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		try (Scope scope = UntracedContext.mark(Context.root()).makeCurrent()) {
			chain.doFilter(request, response);
		}
	}

}
