package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.kosmos.tracing.TracingOperation;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;

/**
 * {@link TracingOperation} that delivers what waits and tells what is still waiting then.
 * Thread-safe.
 */
final class FlushOperation implements TracingOperation {

	private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration MAX_TIMEOUT = Duration.ofSeconds(60);

	private final ObservableDelivery delivery;

	FlushOperation(ObservableDelivery delivery) {
		this.delivery = delivery;
	}

	@Override
	public String name() {
		return "flush";
	}

	@Override
	public Map<String, ?> run(@Nullable String value) {
		Duration timeout = (value != null) ? timeout(value) : DEFAULT_TIMEOUT;
		boolean delivered = this.delivery.flush(timeout);
		Map<String, Long> pending = new LinkedHashMap<>();
		this.delivery.destinations().forEach((destination) -> pending.put(destination.name(), destination.pending()));
		Map<String, Object> result = new LinkedHashMap<>();
		result.put("delivered", delivered);
		result.put("pending", pending);
		return result;
	}

	private static Duration timeout(String value) {
		try {
			Duration timeout = DurationStyle.detectAndParse(value);
			if (timeout.compareTo(Duration.ZERO) > 0 && timeout.compareTo(MAX_TIMEOUT) <= 0) {
				return timeout;
			}
		}
		catch (IllegalArgumentException | ArithmeticException ex) {
			// Not a duration at all, which is told below.
		}
		throw new IllegalArgumentException(
				"The value must be a duration longer than 0 and at most 60s, such as 5s, not '" + value + "'.");
	}

}
