package io.kosmos.tracing.autoconfigure.http;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * HTTP calls.
 *
 * @param enabled Whether the starter adds to the HTTP spans of Spring Boot. They are made
 * without it too.
 * @param jdkClient Whether beans of the type java.net.http.HttpClient are traced.
 * @param reportUntraced Whether HTTP clients whose calls have no span are named in a
 * warning at start-up.
 */
@ConfigurationProperties("kosmos.tracing.http")
public record HttpProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean jdkClient,
		@DefaultValue("true") boolean reportUntraced) {

}
