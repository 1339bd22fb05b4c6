package io.kosmos.tracing.autoconfigure.web;

import java.io.IOException;

import io.opentelemetry.context.Context;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Stands right inside the filter that starts the server span, tells the caller of it
 * before anything of the response is sent, and leaves its context to
 * {@link ErrorTraceFilter}.
 */
final class ServerSpanFilter implements Filter {

	private static final String CONTEXT = ServerSpanFilter.class.getName() + ".context";

	private final CallerTrace trace;

	ServerSpanFilter(CallerTrace trace) {
		this.trace = trace;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		Context context = Context.current();
		request.setAttribute(CONTEXT, context);
		if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse httpResponse) {
			String header = header(http, context);
			if (header != null) {
				httpResponse.setHeader(CallerTrace.HEADER, header);
			}
		}
		chain.doFilter(request, response);
	}

	private @Nullable String header(HttpServletRequest request, Context context) {
		if (!this.trace.isTold()) {
			return null;
		}
		try {
			return this.trace.header(ServletRequestPathUtils.parse(request).pathWithinApplication(),
					CallerTrace.of(context));
		}
		catch (RuntimeException ex) {
			// A path that its servlet understands and Spring does not.
			return null;
		}
	}

	/**
	 * The context of the request's server span, which may have ended.
	 */
	static @Nullable Context context(ServletRequest request) {
		return (Context) request.getAttribute(CONTEXT);
	}

}
