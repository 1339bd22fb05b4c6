package io.kosmos.tracing.autoconfigure.span;

import java.io.IOException;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Puts the sums of a request into the context in which it is served.
 */
final class ServletUsageFilter extends OncePerRequestFilter {

	static final String SUMS = ServletUsageFilter.class.getName() + ".sums";

	@Override
	protected boolean shouldNotFilterAsyncDispatch() {
		return false;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		Sums sums = (request.getAttribute(SUMS) instanceof Sums known) ? known : new Sums();
		request.setAttribute(SUMS, sums);
		try (Scope ignored = Context.current().with(Sums.REQUEST, sums).makeCurrent()) {
			chain.doFilter(request, response);
		}
	}

}
