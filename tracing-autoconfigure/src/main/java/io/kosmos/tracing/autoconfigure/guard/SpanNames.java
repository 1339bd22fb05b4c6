package io.kosmos.tracing.autoconfigure.guard;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Keeps the number of span names small. It counts the names of a minute by their
 * {@link SpanNameTemplate template}; where a template has too many, its spans are named
 * by it from then on. Where one instrumentation library and kind has too many templates,
 * those it had stay, and of every other one the first word is left, or nothing where
 * those are too many as well. What a name was is in {@link KosmosAttributes#SPAN_NAME}.
 * <p>
 * It holds {@value #MAX_NAMES} names and as many templates at most, of
 * {@value #MAX_LENGTH} characters; longer names are cut. A name that it knows costs one
 * look-up. Used by one thread at a time; what it tells can be read by all.
 */
final class SpanNames implements UnaryOperator<SpanData> {

	static final int MAX_NAMES = 10_000;

	static final int MAX_LENGTH = 256;

	private static final int MAX_SCOPES = 100;

	private static final int MAX_FIRST_WORDS = 100;

	private static final int MAX_LOGGED = 20;

	private static final int MAX_TOLD = 100;

	private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	private final int maxNamesPerTemplate;

	private final int maxNamesPerScope;

	private final LongSupplier nanoTime;

	private final UnaryOperator<String> redaction;

	private final Map<String, Template> names = new HashMap<>();

	private final Map<String, Template> templates = new HashMap<>();

	private final Map<Origin, Scope> scopes = new HashMap<>();

	private final Scope others = new Scope(new Origin("others", SpanKind.INTERNAL));

	private final Queue<Told> told = new ConcurrentLinkedQueue<>();

	private final LongAdder collapsed = new LongAdder();

	private final LongAdder renamed = new LongAdder();

	private long windowEnd;

	SpanNames(int maxNamesPerTemplate, int maxNamesPerScope, LongSupplier nanoTime, UnaryOperator<String> redaction) {
		this.maxNamesPerTemplate = maxNamesPerTemplate;
		this.maxNamesPerScope = maxNamesPerScope;
		this.nanoTime = nanoTime;
		this.redaction = redaction;
		this.windowEnd = nanoTime.getAsLong() + WINDOW_NANOS;
	}

	@Override
	public synchronized SpanData apply(SpanData span) {
		String name = span.getName();
		Template known = this.names.get(name);
		if (known != null && !known.collapsed) {
			return span;
		}
		Template template = (known != null) ? known : learn(span, name);
		if (template.collapsed) {
			template.spans.increment();
			return rename(span, template.text);
		}
		return (name.length() > MAX_LENGTH) ? rename(span, cut(name)) : span;
	}

	private SpanData rename(SpanData span, String name) {
		if (name.equals(span.getName())) {
			return span;
		}
		this.renamed.increment();
		return new Renamed(span, name);
	}

	private Template learn(SpanData span, String fullName) {
		if (this.nanoTime.getAsLong() - this.windowEnd >= 0) {
			startWindow();
		}
		String name = cut(fullName);
		String text = SpanNameTemplate.of(name);
		Template template = this.templates.get(text);
		if (template == null) {
			Scope scope = scope(span);
			if (scope.templates >= this.maxNamesPerScope || this.templates.size() >= MAX_NAMES) {
				return scope.rest(text);
			}
			scope.templates++;
			template = new Template(text, scope);
			this.templates.put(text, template);
		}
		if (template.collapsed) {
			return template;
		}
		// One that is not held may be the same each time, and is not counted.
		boolean held = this.names.size() < MAX_NAMES && this.names.put(name, template) == null;
		boolean variable = !text.equals(name);
		if (held && variable && ++template.names > this.maxNamesPerTemplate) {
			collapse(template, template.names + " names in a minute");
		}
		return template;
	}

	private void startWindow() {
		this.windowEnd = this.nanoTime.getAsLong() + WINDOW_NANOS;
		this.names.clear();
		this.templates.values().removeIf((template) -> {
			if (template.collapsed || template.scope.full) {
				template.names = 0;
				return false;
			}
			template.scope.templates--;
			return true;
		});
		this.scopes.values().removeIf((scope) -> scope.templates == 0 && !scope.full);
	}

	private Scope scope(SpanData span) {
		Origin origin = new Origin(cut(span.getInstrumentationScopeInfo().getName()), span.getKind());
		Scope scope = this.scopes.get(origin);
		if (scope == null) {
			if (this.scopes.size() >= MAX_SCOPES) {
				return this.others;
			}
			scope = new Scope(origin);
			this.scopes.put(origin, scope);
		}
		return scope;
	}

	private String shown(String text) {
		return LogText.of(this.redaction.apply(text));
	}

	private void collapse(Template template, String reason) {
		template.collapsed = true;
		this.collapsed.increment();
		Origin origin = template.scope.origin;
		String name = shown(template.text);
		String library = shown(origin.library());
		if (this.told.size() < MAX_TOLD) {
			this.told.add(new Told(name, library, origin.kind(), Instant.now(), template.spans));
		}
		if (this.collapsed.sum() <= MAX_LOGGED) {
			logger.warn("Spans are named '" + name + "' from now on, which had " + reason + " (by " + library + ", "
					+ origin.kind() + "). Names must not hold ids and other data; those belong into attributes"
					+ ((this.collapsed.sum() == MAX_LOGGED) ? ". Further ones are not logged" : ""));
		}
	}

	private static String cut(String name) {
		if (name.length() <= MAX_LENGTH) {
			return name;
		}
		int end = Character.isHighSurrogate(name.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
		return name.substring(0, end);
	}

	/**
	 * The number of spans that got another name.
	 */
	long renamed() {
		return this.renamed.sum();
	}

	/**
	 * The number of templates and first words that stand for names.
	 */
	long collapsed() {
		return this.collapsed.sum();
	}

	/**
	 * The first templates and first words that stand for names, redacted and in one line.
	 */
	List<Collapsed> told() {
		return this.told.stream()
			.map((each) -> new Collapsed(each.name(), each.library(), each.kind(), each.since(), each.spans().sum()))
			.toList();
	}

	/**
	 * A name that stands for many.
	 *
	 * @param name the name
	 * @param library name of the instrumentation library
	 * @param kind kind of the spans
	 * @param since when it began to
	 * @param spans number of spans that had it since
	 */
	record Collapsed(String name, String library, SpanKind kind, Instant since, long spans) {

	}

	private record Told(String name, String library, SpanKind kind, Instant since, LongAdder spans) {

	}

	private record Origin(String library, SpanKind kind) {

	}

	private static final class Template {

		private final String text;

		private final Scope scope;

		private final LongAdder spans = new LongAdder();

		private int names;

		private boolean collapsed;

		Template(String text, Scope scope) {
			this.text = text;
			this.scope = scope;
		}

	}

	/**
	 * What one library names spans of one kind.
	 */
	private final class Scope {

		private final Origin origin;

		private final Map<String, Template> firstWords = new HashMap<>();

		private int templates;

		private boolean full;

		Scope(Origin origin) {
			this.origin = origin;
		}

		/**
		 * Return what stands for a template that is one too many.
		 */
		Template rest(String text) {
			this.full = true;
			String firstWord = SpanNameTemplate.firstWord(text);
			String name = (this.firstWords.containsKey(firstWord) || this.firstWords.size() < MAX_FIRST_WORDS)
					? firstWord : "{}";
			return this.firstWords.computeIfAbsent(name, (word) -> {
				Template template = new Template(word, this);
				collapse(template, "more than " + this.templates + " different names in a minute");
				return template;
			});
		}

	}

	private static final class Renamed extends DelegatingSpanData {

		private final String name;

		private final Attributes attributes;

		Renamed(SpanData span, String name) {
			super(span);
			this.name = name;
			this.attributes = span.getAttributes()
				.toBuilder()
				.put(KosmosAttributes.SPAN_NAME, cut(span.getName()))
				.build();
		}

		@Override
		public String getName() {
			return this.name;
		}

		@Override
		public Attributes getAttributes() {
			return this.attributes;
		}

		@Override
		public int getTotalAttributeCount() {
			return super.getTotalAttributeCount() + 1;
		}

	}

}
