package io.kosmos.tracing.autoconfigure.web;

import io.micrometer.observation.transport.ReceiverContext;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.server.observation.ServerRequestObservationContext;

/**
 * Requests to the actuator on the servlet stack.
 */
final class ServletActuatorRequests implements RequestExclusion {

	private final ActuatorPaths paths;

	ServletActuatorRequests(ActuatorPaths paths) {
		this.paths = paths;
	}

	@Override
	public boolean isExcluded(ReceiverContext<?> context) {
		if (!(context instanceof ServerRequestObservationContext serverContext)) {
			return false;
		}
		HttpServletRequest request = serverContext.getCarrier();
		return request != null && this.paths.contain(request.getLocalPort(), pathInServlet(request));
	}

	/*
	 * A servlet that is mapped to a prefix, such as the dispatcher servlet when it has a
	 * path of its own, has the rest in the path info.
	 */
	private static String pathInServlet(HttpServletRequest request) {
		String pathInfo = request.getPathInfo();
		return (pathInfo != null) ? pathInfo : request.getServletPath();
	}

}
