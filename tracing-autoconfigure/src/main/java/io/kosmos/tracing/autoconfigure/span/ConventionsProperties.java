package io.kosmos.tracing.autoconfigure.span;

import io.opentelemetry.api.common.AttributeKey;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which names attributes have.
 *
 * @param conventions Names under which the attributes of agents, models and tools are
 * written. With otel, what only kosmos.* has is left out: cost, sums, chunks, policies,
 * nodes.
 */
@ConfigurationProperties("kosmos.tracing")
public record ConventionsProperties(@DefaultValue("both") Conventions conventions) {

	/**
	 * Names under which an attribute is written.
	 */
	public enum Conventions {

		/** Those of OpenTelemetry and ours beside them. */
		BOTH,

		/** Ours alone. */
		KOSMOS,

		/** Those of OpenTelemetry alone. */
		OTEL;

		boolean kosmos() {
			return this != OTEL;
		}

		boolean otel() {
			return this != KOSMOS;
		}

		/**
		 * Whether an attribute that has no twin is written.
		 */
		boolean writes(AttributeKey<?> key) {
			return this == BOTH || !key.getKey().startsWith((this == OTEL) ? "kosmos." : "gen_ai.");
		}

	}

}
