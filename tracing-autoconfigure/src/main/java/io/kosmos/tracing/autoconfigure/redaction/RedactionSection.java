package io.kosmos.tracing.autoconfigure.redaction;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.kosmos.tracing.TracingSection;

/**
 * {@link TracingSection} of what was taken out of spans: the rules of the application,
 * how often each rule has taken something out, and how often one failed. Never a value.
 */
final class RedactionSection implements TracingSection {

	private final RedactionProperties properties;

	private final Counts counts;

	RedactionSection(RedactionProperties properties, Counts counts) {
		this.properties = properties;
		this.counts = counts;
	}

	@Override
	public String name() {
		return "redaction";
	}

	@Override
	public Map<String, ?> read() {
		Map<String, Object> section = new LinkedHashMap<>();
		section.put("exceptionMessages", this.properties.exceptionMessages().name().toLowerCase(Locale.ROOT));
		section.put("maxLength", this.properties.maxLength());
		section.put("allow", this.properties.allow());
		section.put("rules", this.properties.rules().stream().map(RedactionSection::describe).toList());
		section.put("disabledRules",
				this.properties.disabledRules().stream().map(RedactionProperties.BuiltIn::ruleName).sorted().toList());
		Map<String, Long> redacted = this.counts.read();
		section.put("failures", this.counts.get(Counts.FAILED));
		section.put("redacted", redacted);
		return section;
	}

	private static Map<String, Object> describe(RedactionProperties.Rule rule) {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("name", String.valueOf(rule.name()));
		description.put("action", rule.action().name().toLowerCase(Locale.ROOT));
		description.put("keys", List.copyOf(rule.keys()));
		description.put("values", List.copyOf(rule.values()));
		return description;
	}

}
