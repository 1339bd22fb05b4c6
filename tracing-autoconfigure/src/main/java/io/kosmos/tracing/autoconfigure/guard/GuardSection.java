package io.kosmos.tracing.autoconfigure.guard;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.kosmos.tracing.TracingSection;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * {@link TracingSection} of what is bounded, and what was too much. Sizes are bytes.
 */
final class GuardSection implements TracingSection {

	private final GuardProperties properties;

	private final OpenSpans open;

	private final SpanNames names;

	private final SpanSize size;

	GuardSection(GuardProperties properties, OpenSpans open, SpanNames names, SpanSize size) {
		this.properties = properties;
		this.open = open;
		this.names = names;
		this.size = size;
	}

	@Override
	public String name() {
		return "guards";
	}

	@Override
	public Map<String, ?> read() {
		Map<String, Object> section = new LinkedHashMap<>();
		section.put("openSpans", openSpans());
		section.put("spanNames", spanNames());
		section.put("spanSize", spanSize());
		return section;
	}

	private Map<String, ?> openSpans() {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("state", this.open.isOver() ? "over" : "normal");
		description.put("open", this.open.open());
		description.put("max", this.open.max());
		description.put("timeout", DurationFormatterUtils.print(this.open.timeout(), DurationFormat.Style.COMPOSITE));
		description.put("leaked", this.open.leaked());
		description.put("leakedNames", List.copyOf(this.open.leakedNames()));
		description.put("refused", this.open.refused());
		return description;
	}

	private Map<String, ?> spanNames() {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("maxPerTemplate", this.properties.maxNamesPerTemplate());
		description.put("maxPerScope", this.properties.maxNamesPerScope());
		description.put("collapsed", this.names.collapsed());
		description.put("renamedSpans", this.names.renamed());
		return description;
	}

	private Map<String, ?> spanSize() {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("max", this.properties.maxSpanSize().toBytes());
		description.put("trimmedSpans", this.size.spans());
		description.put("trimmedBytes", this.size.bytes());
		return description;
	}

	/**
	 * {@link TracingSection} of the names that stand for many: mistakes in code that the
	 * guard makes up for.
	 */
	static final class CollapsedNames implements TracingSection {

		private final SpanNames names;

		CollapsedNames(SpanNames names) {
			this.names = names;
		}

		@Override
		public String name() {
			return "collapsed-names";
		}

		@Override
		public Map<String, ?> read() {
			return Map.of("names", this.names.told().stream().map(CollapsedNames::describe).toList());
		}

		private static Map<String, ?> describe(SpanNames.Collapsed collapsed) {
			Map<String, Object> description = new LinkedHashMap<>();
			description.put("name", collapsed.name());
			description.put("library", collapsed.library());
			description.put("kind", collapsed.kind().name());
			description.put("since", collapsed.since().toString());
			description.put("spans", collapsed.spans());
			return description;
		}

	}

}
