package io.kosmos.tracing.autoconfigure.web;

import java.io.IOException;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * Keeps what comes after the server span in its trace: the error page, which the
 * container asks for when all filters have returned, and the lines that the container
 * itself logs. The outermost filter. The server span has ended by then; what the error
 * page does is below it, and logs have its ids.
 */
final class ErrorTraceFilter implements Filter {

	private static final String AFTER = ErrorTraceFilter.class.getName() + ".after";

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request.getDispatcherType() == DispatcherType.ERROR) {
			dispatchError(request, response, chain);
			return;
		}
		try {
			chain.doFilter(request, response);
		}
		finally {
			Context context = ServerSpanFilter.context(request);
			if (context != null && !request.isAsyncStarted() && request.getAttribute(AFTER) instanceof After after) {
				after.open(context);
			}
		}
	}

	/**
	 * Lets an asynchronous request, whose server span ends after this, keep the name of
	 * its own path instead of that of the error page.
	 */
	private static void dispatchError(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		Context context = ServerSpanFilter.context(request);
		ServerRequestObservationContext observed = (request instanceof HttpServletRequest http)
				? ServerHttpObservationFilter.findObservationContext(http).orElse(null) : null;
		String path = (observed != null) ? observed.getPathPattern() : null;
		try (Scope scope = (context != null) ? context.makeCurrent() : Scope.noop()) {
			chain.doFilter(request, response);
		}
		finally {
			if (observed != null) {
				observed.setPathPattern(path);
			}
		}
	}

	/**
	 * Expect a context to be left open, which is to be closed by the same thread.
	 */
	static After expect(ServletRequest request) {
		After after = new After();
		request.setAttribute(AFTER, after);
		return after;
	}

	/**
	 * The context in which a container ends the work of a thread for a request. It puts
	 * back what it found even when a filter around this one has a scope of its own, which
	 * then could not be closed in its turn.
	 */
	static final class After implements AutoCloseable {

		private final Context before = Context.current();

		private Scope scope = Scope.noop();

		private void open(Context context) {
			this.scope = context.makeCurrent();
		}

		@Override
		@SuppressWarnings("MustBeClosed")
		public void close() {
			this.scope.close();
			if (Context.current() != this.before) {
				this.before.makeCurrent();
			}
		}

	}

}
