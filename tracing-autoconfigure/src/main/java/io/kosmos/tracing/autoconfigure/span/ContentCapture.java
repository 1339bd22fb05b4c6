package io.kosmos.tracing.autoconfigure.span;

import org.jspecify.annotations.Nullable;

/**
 * Decides what is recorded of what is said to models and tools, and by them.
 */
interface ContentCapture {

	/** Records nothing. */
	ContentCapture NONE = (content) -> null;

	/**
	 * What is recorded of a content.
	 * @param content the content
	 * @return what is recorded, or {@code null} for nothing
	 */
	@Nullable String capture(String content);

}
