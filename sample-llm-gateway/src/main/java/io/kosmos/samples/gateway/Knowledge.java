package io.kosmos.samples.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.core.io.ClassPathResource;

/**
 * Sentences to answer with. A sentence fits a question the better the more of its words
 * it has.
 */
final class Knowledge {

	private final List<String> sentences;

	private Knowledge(List<String> sentences) {
		this.sentences = sentences;
	}

	static Knowledge load() {
		try {
			return new Knowledge(
					sentences(new ClassPathResource("knowledge.txt").getContentAsString(StandardCharsets.UTF_8))
						.toList());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Find what fits a question.
	 * @param question the question
	 * @param context texts to look in first
	 * @param limit most sentences to find
	 * @return the sentences that fit best, best first, none if no sentence fits
	 */
	List<String> find(String question, List<String> context, int limit) {
		Set<String> wanted = Words.of(question).collect(Collectors.toSet());
		record Found(String sentence, long score) {
		}
		return Stream.concat(context.stream().flatMap(Knowledge::sentences), this.sentences.stream())
			.distinct()
			.map((sentence) -> new Found(sentence, Words.of(sentence).filter(wanted::contains).distinct().count()))
			.filter((found) -> found.score() > 0)
			.sorted(Comparator.comparingLong(Found::score).reversed())
			.limit(limit)
			.map(Found::sentence)
			.toList();
	}

	private static Stream<String> sentences(String text) {
		return Arrays.stream(text.split("(?<=[.!?])\\s+|\\R+")).map(String::strip).filter((line) -> !line.isEmpty());
	}

}
