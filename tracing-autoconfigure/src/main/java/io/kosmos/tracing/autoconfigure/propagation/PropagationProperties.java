package io.kosmos.tracing.autoconfigure.propagation;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The headers that carry a trace between processes.
 *
 * @param type Formats that are written to outgoing and read from incoming requests. The
 * first that an incoming request holds is taken.
 */
@ConfigurationProperties("kosmos.tracing.propagation")
public record PropagationProperties(@Nullable List<Type> type) {

	/**
	 * Check the values.
	 */
	public PropagationProperties {
		if (type != null && type.isEmpty()) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.propagation.type", "",
					"It must name at least one of w3c, b3, b3-multi.");
		}
	}

	/**
	 * A propagation format.
	 */
	public enum Type {

		/** W3C Trace Context: traceparent and tracestate. */
		W3C,

		/** B3 in the single header b3. */
		B3,

		/** B3 in the headers X-B3-TraceId, X-B3-SpanId and X-B3-Sampled. */
		B3_MULTI

	}

}
