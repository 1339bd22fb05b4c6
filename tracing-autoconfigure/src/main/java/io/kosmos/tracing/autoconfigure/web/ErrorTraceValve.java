package io.kosmos.tracing.autoconfigure.web;

import java.io.IOException;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Lets Tomcat log what left all filters, and send errors, in the context of the request.
 * It stands around all that Tomcat does with a request in one thread.
 */
final class ErrorTraceValve extends ValveBase {

	ErrorTraceValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		try (ErrorTraceFilter.After after = ErrorTraceFilter.expect(request.getRequest())) {
			getNext().invoke(request, response);
		}
	}

}
