package io.kosmos.tracing.autoconfigure.actuate;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The endpoint of tracing. Its values are shown unless told otherwise, other than those
 * of Boot's endpoints for all of the environment: which properties of tracing hold a
 * secret is known, and those are never shown.
 *
 * @param showValues When to show the values of properties that hold no secret.
 * @param roles Roles of which a user must have one to be shown values when authorized.
 * When empty, all authenticated users are authorized.
 */
@ConfigurationProperties("management.endpoint.kosmostracing")
public record TracingEndpointProperties(@DefaultValue("always") Show showValues, @DefaultValue Set<String> roles) {

}
