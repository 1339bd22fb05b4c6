package io.kosmos.tracing.autoconfigure.sampling;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The strategies of one service.
 *
 * @param rest strategy of all operations that have none of their own
 * @param operations strategies of operations, by name
 */
record ServiceStrategies(Strategy rest, Map<String, Strategy> operations) {

	ServiceStrategies {
		operations = Map.copyOf(operations);
	}

	/**
	 * Describe them for the actuator.
	 */
	Map<String, Object> describe() {
		Map<String, Object> description = new LinkedHashMap<>(this.rest.describe());
		if (!this.operations.isEmpty()) {
			Map<String, Object> byName = new LinkedHashMap<>();
			new TreeMap<>(this.operations).forEach((operation, strategy) -> byName.put(operation, strategy.describe()));
			description.put("operations", byName);
		}
		return description;
	}

}
