package io.kosmos.tracing.autoconfigure.redaction;

import java.util.List;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.kosmos.tracing.autoconfigure.redaction.RedactionProperties.Action;
import io.kosmos.tracing.autoconfigure.redaction.RedactionProperties.Rule;
import org.jspecify.annotations.Nullable;

/**
 * A rule of the application for parts of texts. Its expressions take linear time.
 *
 * @param name the name of the rule
 * @param action what becomes of the parts
 * @param patterns what the parts match
 */
record ValueRule(String name, Action action, List<Pattern> patterns) {

	static ValueRule of(Rule rule) {
		return new ValueRule(String.valueOf(rule.name()), rule.action(),
				rule.values().stream().map(Pattern::compile).toList());
	}

	/**
	 * Take out what matches.
	 * @param text the text
	 * @param hash what makes hashes
	 * @param counts where it is counted
	 * @return the same text if nothing matches, {@code null} if all of it goes
	 */
	@Nullable String apply(String text, Hash hash, Counts counts) {
		String applied = text;
		for (Pattern pattern : this.patterns) {
			Edits edits = new Edits(applied);
			Matcher matcher = pattern.matcher(applied);
			while (matcher.find()) {
				String part = matcher.group();
				if (part.isEmpty() || part.equals(TextRules.MASK)) {
					continue;
				}
				if (this.action == Action.DROP) {
					counts.add(this.name, 1);
					return null;
				}
				edits.replace(matcher.start(), matcher.end(),
						(this.action == Action.HASH) ? hash.of(part) : TextRules.MASK);
			}
			counts.add(this.name, edits.count());
			applied = edits.result();
		}
		return applied;
	}

}
