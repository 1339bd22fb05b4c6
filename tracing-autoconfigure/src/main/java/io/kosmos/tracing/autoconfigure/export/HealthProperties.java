package io.kosmos.tracing.autoconfigure.export;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the health of the application says about tracing.
 *
 * @param downWhenUnreachable Whether the application is down, rather than of unknown
 * health, while spans cannot be delivered to one of the destinations.
 */
@ConfigurationProperties("kosmos.tracing.health")
public record HealthProperties(@DefaultValue("false") boolean downWhenUnreachable) {

}
