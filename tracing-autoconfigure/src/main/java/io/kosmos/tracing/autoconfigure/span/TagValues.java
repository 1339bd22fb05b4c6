package io.kosmos.tracing.autoconfigure.span;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Keeps the number of values of each tag bounded: the first ones are taken as they are,
 * and the rest together is {@value #OTHER}. Thread-safe.
 */
final class TagValues {

	/** Value of a tag that the operation has no value for. */
	static final String NONE = "none";

	/** Value that stands for all that are too many. */
	static final String OTHER = "other";

	private static final Log logger = LogFactory.getLog(TagValues.class);

	private final int max;

	/** By ordinal of the tag. */
	private final List<Set<String>> taken = new ArrayList<>();

	private final Set<OperationTag> full = ConcurrentHashMap.newKeySet();

	/**
	 * Create the bound.
	 * @param max number of values that each tag may have beside the two of this class
	 */
	TagValues(int max) {
		this.max = max;
		for (OperationTag tag : OperationTag.values()) {
			this.taken.add(tag.ordinal(), ConcurrentHashMap.newKeySet());
		}
	}

	String bounded(OperationTag tag, @Nullable String value) {
		if (!StringUtils.hasText(value)) {
			return NONE;
		}
		Set<String> taken = this.taken.get(tag.ordinal());
		if (taken.contains(value)) {
			return value;
		}
		return (!this.full.contains(tag) && take(tag, taken, value)) ? value : OTHER;
	}

	private synchronized boolean take(OperationTag tag, Set<String> taken, String value) {
		if (taken.contains(value)) {
			return true;
		}
		if (taken.size() < this.max) {
			return taken.add(value);
		}
		if (this.full.add(tag)) {
			logger.warn("The tag " + tag.key() + " has " + this.max + " values; further ones are counted as '" + OTHER
					+ "'. See kosmos.tracing.metrics.max-tag-values");
		}
		return false;
	}

}
