package io.kosmos.tracing.autoconfigure.actuate;

import java.security.Principal;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} that knows who asks, and answers in
 * terms of HTTP: 404 for what is not there, and 400 for a bad value with the message in
 * its body, which Boot's page of errors would keep to itself. Thread-safe.
 */
@EndpointWebExtension(endpoint = TracingEndpoint.class)
final class TracingEndpointWebExtension {

	private final TracingEndpoint endpoint;

	private final TracingEndpointProperties properties;

	TracingEndpointWebExtension(TracingEndpoint endpoint, TracingEndpointProperties properties) {
		this.endpoint = endpoint;
		this.properties = properties;
	}

	@ReadOperation
	Map<String, ?> all(SecurityContext securityContext) {
		return this.endpoint.all(isShown(securityContext));
	}

	@ReadOperation
	WebEndpointResponse<Map<String, ?>> one(SecurityContext securityContext, @Selector String section) {
		return found(this.endpoint.one(section, isShown(securityContext)));
	}

	@WriteOperation
	WebEndpointResponse<Map<String, ?>> run(SecurityContext securityContext, @Selector String operation,
			@Nullable String value) {
		Principal principal = securityContext.getPrincipal();
		try {
			return found(this.endpoint.tryRun(operation, value, (principal != null) ? principal.getName() : null));
		}
		catch (IllegalArgumentException ex) {
			return new WebEndpointResponse<>(Map.of("message", String.valueOf(ex.getMessage())),
					WebEndpointResponse.STATUS_BAD_REQUEST);
		}
	}

	private boolean isShown(SecurityContext securityContext) {
		return this.properties.showValues().isShown(securityContext, this.properties.roles());
	}

	private static WebEndpointResponse<Map<String, ?>> found(@Nullable Map<String, ?> body) {
		return (body != null) ? new WebEndpointResponse<>(body)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
