package io.kosmos.tracing.autoconfigure.web;

import java.net.InetSocketAddress;

import io.micrometer.observation.transport.ReceiverContext;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;

/**
 * Requests to the actuator on the reactive stack.
 */
final class ReactiveActuatorRequests implements RequestExclusion {

	private final ActuatorPaths paths;

	ReactiveActuatorRequests(ActuatorPaths paths) {
		this.paths = paths;
	}

	@Override
	public boolean isExcluded(ReceiverContext<?> context) {
		if (!(context instanceof ServerRequestObservationContext serverContext)) {
			return false;
		}
		ServerHttpRequest request = serverContext.getCarrier();
		return request != null && this.paths.contain(port(request), decodedPath(request));
	}

	private static int port(ServerHttpRequest request) {
		InetSocketAddress address = request.getLocalAddress();
		return (address != null) ? address.getPort() : 0;
	}

	private static String decodedPath(ServerHttpRequest request) {
		StringBuilder path = new StringBuilder();
		for (PathContainer.Element element : request.getPath().pathWithinApplication().elements()) {
			path.append(
					(element instanceof PathContainer.PathSegment segment) ? segment.valueToMatch() : element.value());
		}
		return path.toString();
	}

}
