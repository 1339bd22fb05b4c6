package io.kosmos.tracing.autoconfigure.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the web requests that are not traced.
 *
 * @param excludeActuator Whether requests to actuator endpoints, and everything done
 * inside them, stay without spans.
 * @param excludeStaticResources Whether requests for static resources stay without spans.
 */
@ConfigurationProperties("kosmos.tracing.web")
record WebProperties(@DefaultValue("true") boolean excludeActuator,
		@DefaultValue("true") boolean excludeStaticResources) {
}
