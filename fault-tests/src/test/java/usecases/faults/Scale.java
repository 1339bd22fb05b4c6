package usecases.faults;

import java.time.Duration;

/**
 * How long everything takes: as short as it tells something, or as long as in a bad
 * night, with {@code -Dfaults.full=true}.
 */
final class Scale {

	static final boolean FULL = Boolean.getBoolean("faults.full");

	private Scale() {
	}

	static Duration before() {
		return FULL ? Duration.ofSeconds(15) : Duration.ofMillis(1500);
	}

	static Duration fault() {
		return FULL ? Duration.ofSeconds(30) : Duration.ofSeconds(3);
	}

	static Duration after() {
		return FULL ? Duration.ofSeconds(15) : Duration.ofMillis(500);
	}

	static Duration outage() {
		return FULL ? Duration.ofMinutes(10) : Duration.ofSeconds(10);
	}

	/** Return the timeout of a request: the default, or less. */
	static Duration timeout() {
		return FULL ? Duration.ofSeconds(10) : Duration.ofSeconds(2);
	}

	/**
	 * Return how late 95 % of the spans may arrive; other builds may share the machine.
	 */
	static Duration delay() {
		return FULL ? Duration.ofMillis(100) : Duration.ofMillis(500);
	}

	/** Return for how long nothing may arrive until what is missing is lost. */
	static Duration patience() {
		return FULL ? Duration.ofSeconds(60) : Duration.ofSeconds(10);
	}

}
