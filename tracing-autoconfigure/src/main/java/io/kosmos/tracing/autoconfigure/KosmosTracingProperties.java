package io.kosmos.tracing.autoconfigure;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What belongs to tracing as a whole.
 *
 * @param enabled Whether tracing is on. Off, the application runs as if this library and
 * Boot's tracing were not there.
 * @param service Identity of the service.
 * @param resourceAttributes Further attributes of the resource, by name.
 */
@ConfigurationProperties("kosmos.tracing")
public record KosmosTracingProperties(@DefaultValue("true") boolean enabled, @DefaultValue Service service,
		@DefaultValue Map<String, String> resourceAttributes) {

	/**
	 * Identity of the service.
	 *
	 * @param name Name of the service, written as service.name. Unless set,
	 * OTEL_SERVICE_NAME, else spring.application.name.
	 * @param version Version of the service, written as service.version. Unless set, the
	 * version of the build information, if there is any.
	 * @param namespace Group of services it belongs to, written as service.namespace.
	 * @param environment Deployment environment, such as production, written as
	 * deployment.environment.name and deployment.environment.
	 */
	public record Service(@Nullable String name, @Nullable String version, @Nullable String namespace,
			@Nullable String environment) {

	}

}
