package io.kosmos.tracing.autoconfigure.sampling;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How traces of a service, or of one of its operations, are sampled, in Jaeger's terms.
 *
 * @param type which of Jaeger's samplers it is
 * @param param its parameter: a probability, or traces per second
 * @param lowerBound traces per second of each operation that are sampled at least, 0 for
 * none; of a probabilistic strategy only
 */
record Strategy(Type type, double param, double lowerBound) {

	/** What Jaeger answers unless told otherwise. */
	static final double DEFAULT_PROBABILITY = 0.001;

	static Strategy probabilistic(double probability) {
		return new Strategy(Type.PROBABILISTIC, probability, 0);
	}

	static Strategy rateLimiting(double perSecond) {
		return new Strategy(Type.RATE_LIMITING, perSecond, 0);
	}

	Strategy withLowerBound(double perSecond) {
		return (this.type == Type.PROBABILISTIC) ? new Strategy(this.type, this.param, perSecond) : this;
	}

	/**
	 * Describe it for the actuator.
	 */
	Map<String, Object> describe() {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("type", this.type.jaegerName);
		description.put("param", this.param);
		if (this.lowerBound > 0) {
			description.put("lowerBound", this.lowerBound);
		}
		return description;
	}

	/**
	 * Jaeger's samplers.
	 */
	enum Type {

		/** A share of the traces. */
		PROBABILISTIC("probabilistic"),

		/** A number of traces per second. */
		RATE_LIMITING("ratelimiting");

		private final String jaegerName;

		Type(String jaegerName) {
			this.jaegerName = jaegerName;
		}

		/**
		 * Its name in a strategies file and in {@code sampler.type}.
		 */
		String jaegerName() {
			return this.jaegerName;
		}

	}

}
