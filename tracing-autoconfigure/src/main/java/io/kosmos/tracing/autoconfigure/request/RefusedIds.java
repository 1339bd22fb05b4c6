package io.kosmos.tracing.autoconfigure.request;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.kosmos.tracing.RequestIds;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The ids that were not let in: each is counted, and the first of a kind is logged,
 * without its value.
 */
final class RefusedIds {

	private static final Log logger = LogFactory.getLog(RefusedIds.class);

	private final LongAdder count = new LongAdder();

	private final Set<String> logged = ConcurrentHashMap.newKeySet();

	/**
	 * Let a value in or not.
	 * @param value the value; blank is no value
	 * @param name what it should become, from code and configuration only
	 * @return the value, {@code null} if it is not allowed
	 */
	@Nullable String check(@Nullable String value, String name) {
		if (value == null || RequestIds.isAllowed(value)) {
			return value;
		}
		if (!value.isBlank()) {
			refuse(name);
		}
		return null;
	}

	private void refuse(String name) {
		this.count.increment();
		if (this.logged.add(name)) {
			logger.warn("Refused the " + name + " of a request, which may have " + RequestIds.MAX_LENGTH
					+ " characters and no control characters; further ones are counted in"
					+ " kosmos.tracing.request.refused and not logged");
		}
	}

	double count() {
		return this.count.doubleValue();
	}

}
