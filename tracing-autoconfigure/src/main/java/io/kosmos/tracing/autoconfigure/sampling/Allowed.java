package io.kosmos.tracing.autoconfigure.sampling;

/**
 * The numbers that a strategy may have.
 */
final class Allowed {

	private Allowed() {
	}

	static double probability(String path, double value) throws InvalidStrategiesException {
		if (SamplingProperties.isProbability(value)) {
			return value;
		}
		throw new InvalidStrategiesException(path, value, "a probability must be from 0.0 to 1.0.");
	}

	static double rate(String path, double value) throws InvalidStrategiesException {
		if (value >= 0 && value <= Integer.MAX_VALUE) {
			return value;
		}
		throw new InvalidStrategiesException(path, value,
				"a rate must be from 0 to " + Integer.MAX_VALUE + " traces per second.");
	}

}
