package io.kosmos.tracing.autoconfigure.redaction;

import org.jspecify.annotations.Nullable;

/**
 * A text and the parts of it that are replaced, each after the one before.
 */
final class Edits {

	private final String text;

	private @Nullable StringBuilder edited;

	private int end;

	private int count;

	Edits(String text) {
		this.text = text;
	}

	void replace(int from, int to, String replacement) {
		StringBuilder edited = this.edited;
		if (edited == null) {
			edited = new StringBuilder(this.text.length());
			this.edited = edited;
		}
		edited.append(this.text, this.end, from).append(replacement);
		this.end = to;
		this.count++;
	}

	/**
	 * Where the last replaced part ends.
	 * @return an index into the text
	 */
	int end() {
		return this.end;
	}

	int count() {
		return this.count;
	}

	/**
	 * The text with what was replaced.
	 * @return the same text if nothing was
	 */
	String result() {
		return (this.edited != null) ? this.edited.append(this.text, this.end, this.text.length()).toString()
				: this.text;
	}

}
