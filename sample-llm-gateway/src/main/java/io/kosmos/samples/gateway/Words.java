package io.kosmos.samples.gateway;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The words of a text by which it is compared to others: in lower case, without a plural
 * s, without words that every text has. A name such as {@code pump_status} or
 * {@code pumpStatus} is two words.
 */
final class Words {

	private static final Set<String> STOP_WORDS = Set.of("a", "about", "an", "and", "are", "as", "at", "be", "by",
			"can", "do", "doe", "for", "from", "how", "i", "if", "in", "is", "it", "its", "me", "of", "on", "or",
			"should", "tell", "that", "the", "there", "this", "to", "wa", "we", "what", "when", "where", "which", "who",
			"why", "with", "you", "your");

	private Words() {
	}

	static Stream<String> of(@Nullable String text) {
		return Arrays.stream(((text != null) ? text : "").split("[^\\p{L}\\p{N}]+|(?<=\\p{Ll})(?=\\p{Lu})"))
			.map((word) -> word.toLowerCase(Locale.ROOT).replaceFirst("s$", ""))
			.filter((word) -> !word.isEmpty() && !STOP_WORDS.contains(word));
	}

}
