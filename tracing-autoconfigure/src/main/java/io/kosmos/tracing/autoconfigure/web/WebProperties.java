package io.kosmos.tracing.autoconfigure.web;

import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Requests that are not traced, and what callers are told of the trace.
 *
 * @param excludeActuator Whether requests to actuator endpoints, and everything done
 * inside them, stay without spans.
 * @param excludeStaticResources Whether requests for static resources stay without spans.
 * @param traceResponse Header traceresponse of responses.
 * @param traceIdInErrors Whether responses that are an error tell the id of their trace:
 * problem details and the error attributes of Spring Boot as traceId.
 */
@ConfigurationProperties("kosmos.tracing.web")
record WebProperties(@DefaultValue("true") boolean excludeActuator,
		@DefaultValue("true") boolean excludeStaticResources, @DefaultValue TraceResponse traceResponse,
		@DefaultValue("true") boolean traceIdInErrors) {

	/**
	 * Header traceresponse of responses.
	 *
	 * @param paths Patterns of the paths whose responses tell trace and span in the
	 * header traceresponse, such as /api/**. Empty, none do.
	 */
	record TraceResponse(@DefaultValue List<String> paths) {

		TraceResponse {
			paths.forEach(TraceResponse::check);
		}

		private static void check(String path) {
			String problem = "It must begin with a slash";
			if (path.startsWith("/")) {
				try {
					PathPatternParser.defaultInstance.parse(path);
					return;
				}
				catch (PatternParseException ex) {
					problem = "It cannot be parsed (" + ex.toDetailedString().lines().findFirst().orElse("") + ")";
				}
			}
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.web.trace-response.paths", path,
					"It must be the pattern of a path within the application, such as /api/**. " + problem + ".");
		}

	}

}
