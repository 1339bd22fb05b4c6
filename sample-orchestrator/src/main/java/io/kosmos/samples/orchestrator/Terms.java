package io.kosmos.samples.orchestrator;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The words of a text that carry its meaning: lower case, singular, each once.
 */
final class Terms {

	private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

	private static final Pattern PLURAL = Pattern.compile("(?<=\\p{L}{3}[^s])s$");

	private static final Set<String> STOP_WORDS = Set.of("about", "and", "any", "are", "but", "can", "could", "did",
			"does", "for", "from", "had", "has", "have", "how", "its", "not", "our", "should", "tell", "that", "the",
			"their", "them", "there", "they", "this", "was", "were", "what", "when", "where", "which", "who", "why",
			"will", "with", "would", "you", "your");

	private Terms() {
	}

	static Set<String> of(String text) {
		return NO_WORD.splitAsStream(text.toLowerCase(Locale.ROOT))
			.filter((word) -> word.length() > 2 && !STOP_WORDS.contains(word))
			.map((word) -> PLURAL.matcher(word).replaceFirst(""))
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

}
