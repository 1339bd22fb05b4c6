package io.kosmos.tracing.autoconfigure.export;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Filter;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Spans;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.jspecify.annotations.Nullable;

/**
 * What a destination gets of a span: nothing if the filter leaves it out, else the span
 * with {@value #REDACTED} for the values that it must not see. A redacted attribute is a
 * string under its key, whatever it was. The message of an exception is also the
 * description of the span's status, which is redacted with it.
 */
final class Selection implements Function<SpanData, @Nullable SpanData> {

	static final String REDACTED = "[redacted]";

	private static final String EXCEPTION_MESSAGE = "exception.message";

	private final Filter filter;

	private final String[] redact;

	private Selection(Filter filter, List<String> redact) {
		this.filter = filter;
		this.redact = redact.toArray(String[]::new);
	}

	/**
	 * Return the selection that is configured.
	 * @param filter which spans
	 * @param redact patterns of the keys of attributes that are redacted
	 * @return the selection, or {@code null} for all spans as they are
	 */
	static @Nullable Selection of(Filter filter, List<String> redact) {
		Selection selection = new Selection(filter, redact);
		return (selection.filters() || selection.redacts()) ? selection : null;
	}

	boolean filters() {
		return !this.filter.include().isEmpty() || !this.filter.exclude().isEmpty() || this.filter.errorsOnly();
	}

	boolean redacts() {
		return this.redact.length > 0;
	}

	@Override
	public @Nullable SpanData apply(SpanData span) {
		if (this.filter.errorsOnly() && span.getStatus().getStatusCode() != StatusCode.ERROR) {
			return null;
		}
		if (!this.filter.include().isEmpty() && !matches(this.filter.include(), span)) {
			return null;
		}
		if (matches(this.filter.exclude(), span)) {
			return null;
		}
		return redacts() ? redact(span) : span;
	}

	private static boolean matches(Spans spans, SpanData span) {
		for (String name : spans.names()) {
			if (Glob.matches(name, span.getName())) {
				return true;
			}
		}
		Map<String, String> patterns = spans.attributes();
		if (patterns.isEmpty()) {
			return false;
		}
		return span.getAttributes()
			.asMap()
			.entrySet()
			.stream()
			.anyMatch((attribute) -> matches(patterns.get(attribute.getKey().getKey()), attribute.getValue()));
	}

	private static boolean matches(@Nullable String pattern, Object value) {
		if (pattern == null) {
			return false;
		}
		return (value instanceof Collection<?> values)
				? values.stream().anyMatch((each) -> Glob.matches(pattern, String.valueOf(each)))
				: Glob.matches(pattern, value.toString());
	}

	private SpanData redact(SpanData span) {
		Attributes attributes = redact(span.getAttributes());
		List<EventData> events = redactAll(span.getEvents(), this::redact);
		List<LinkData> links = redactAll(span.getLinks(), this::redact);
		StatusData status = redact(span.getStatus());
		boolean same = attributes == span.getAttributes() && events == span.getEvents() && links == span.getLinks()
				&& status == span.getStatus();
		return same ? span : new Redacted(span, attributes, events, links, status);
	}

	// The same list if nothing in it changed.
	private static <T> List<T> redactAll(List<T> all, UnaryOperator<T> redaction) {
		List<T> redacted = all.stream().map(redaction).toList();
		for (int i = 0; i < redacted.size(); i++) {
			if (redacted.get(i) != all.get(i)) {
				return redacted;
			}
		}
		return all;
	}

	private EventData redact(EventData event) {
		Attributes attributes = redact(event.getAttributes());
		return (attributes == event.getAttributes()) ? event
				: EventData.create(event.getEpochNanos(), event.getName(), attributes, event.getTotalAttributeCount());
	}

	private LinkData redact(LinkData link) {
		Attributes attributes = redact(link.getAttributes());
		return (attributes == link.getAttributes()) ? link
				: LinkData.create(link.getSpanContext(), attributes, link.getTotalAttributeCount());
	}

	private StatusData redact(StatusData status) {
		return (!status.getDescription().isEmpty() && isRedacted(EXCEPTION_MESSAGE))
				? StatusData.create(status.getStatusCode(), REDACTED) : status;
	}

	private Attributes redact(Attributes attributes) {
		AttributesBuilder redacted = null;
		for (AttributeKey<?> key : attributes.asMap().keySet()) {
			if (isRedacted(key.getKey())) {
				redacted = (redacted != null) ? redacted : attributes.toBuilder();
				// A key of another type would otherwise stay beside the string.
				redacted.remove(key);
				redacted.put(key.getKey(), REDACTED);
			}
		}
		return (redacted != null) ? redacted.build() : attributes;
	}

	private boolean isRedacted(String key) {
		for (String pattern : this.redact) {
			if (Glob.matches(pattern, key)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * A span with less in it.
	 */
	private static final class Redacted extends DelegatingSpanData {

		private final Attributes attributes;

		private final List<EventData> events;

		private final List<LinkData> links;

		private final StatusData status;

		Redacted(SpanData span, Attributes attributes, List<EventData> events, List<LinkData> links,
				StatusData status) {
			super(span);
			this.attributes = attributes;
			this.events = events;
			this.links = links;
			this.status = status;
		}

		@Override
		public Attributes getAttributes() {
			return this.attributes;
		}

		@Override
		public List<EventData> getEvents() {
			return this.events;
		}

		@Override
		public List<LinkData> getLinks() {
			return this.links;
		}

		@Override
		public StatusData getStatus() {
			return this.status;
		}

	}

}
