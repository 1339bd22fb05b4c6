package io.kosmos.tracing.autoconfigure.redaction;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.kosmos.tracing.Redaction;
import io.kosmos.tracing.TracingFailures;
import io.kosmos.tracing.autoconfigure.redaction.RedactionProperties.Action;
import io.kosmos.tracing.autoconfigure.redaction.RedactionProperties.BuiltIn;
import io.kosmos.tracing.autoconfigure.redaction.RedactionProperties.ExceptionMessages;
import io.kosmos.tracing.autoconfigure.redaction.RedactionProperties.Rule;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.common.ValueType;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfoBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.util.PatternMatchUtils;

/**
 * Takes secrets and personal data out of a span: out of its name, status, attributes,
 * events and links, and out of what it says about its resource, scope and trace state. A
 * span that holds none is returned as it is. A value that cannot be looked at is taken
 * out. Comes after all other operators. Thread-safe.
 */
final class Redactor implements UnaryOperator<SpanData>, Redaction, Ordered {

	private static final int MAX_PLANS = 4096;

	private static final int MAX_SCOPES = 512;

	private static final int MAX_DEPTH = 32;

	private static final int MAX_LAST_WORD = 256;

	private static final String WORD_ENDS = " \t\r\n\"'`,;{}[]()<>|&";

	private static final Set<String> STATEMENTS = Set.of("db.query.text", "db.statement", "sql.query", "db.sql.query");

	private static final List<String> STATEMENT_PREFIXES = List.of("jdbc.query[", "r2dbc.query[");

	private static final List<String> PARAMETER_PREFIXES = List.of("jdbc.params[", "r2dbc.params[",
			"db.query.parameter.", "db.operation.parameter.");

	private static final Set<String> MESSAGES = Set.of("exception.message", "error.message", "otel.status_description");

	private static final Set<String> STACK_TRACES = Set.of("exception.stacktrace", "error.stack");

	private static final AttributeKey<String> DB_SYSTEM_NAME = AttributeKey.stringKey("db.system.name");

	private static final AttributeKey<String> DB_SYSTEM = AttributeKey.stringKey("db.system");

	private final String[] allowed;

	private final List<Rule> keyRules;

	private final List<Rule> keyedRules;

	private final List<ValueRule> valueRules;

	private final TextRules textRules;

	private final Counts counts;

	private final TracingFailures failures;

	private final Hash hash;

	private final int maxLength;

	private final boolean masksMessages;

	private final Plan texts;

	private final Plan messages;

	private final Map<String, Plan> plans = new ConcurrentHashMap<>();

	private final Map<InstrumentationScopeInfo, InstrumentationScopeInfo> scopes = new ConcurrentHashMap<>();

	private volatile @Nullable Resources resources;

	Redactor(RedactionProperties properties, TextRules textRules, Counts counts, TracingFailures failures) {
		this.allowed = properties.allow().toArray(String[]::new);
		this.keyRules = properties.rules().stream().filter((rule) -> rule.values().isEmpty()).toList();
		this.keyedRules = properties.rules()
			.stream()
			.filter((rule) -> !rule.values().isEmpty() && !rule.keys().isEmpty())
			.toList();
		this.valueRules = properties.rules()
			.stream()
			.filter((rule) -> rule.keys().isEmpty())
			.map(ValueRule::of)
			.toList();
		this.textRules = textRules;
		this.counts = counts;
		this.failures = failures;
		this.hash = new Hash(properties.hashKey());
		this.maxLength = properties.maxLength();
		this.masksMessages = properties.exceptionMessages() == ExceptionMessages.MASK;
		this.texts = new Plan("", Plan.Kind.TEXT, null, Action.MASK, this.valueRules);
		this.messages = new Plan("", Plan.Kind.MESSAGE, null, Action.MASK, this.valueRules);
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public String redact(String text) {
		return masked(text, this.texts);
	}

	@Override
	public SpanData apply(SpanData span) {
		String name = masked(span.getName(), this.texts);
		StatusData status = redact(span.getStatus());
		Attributes attributes = redact(span.getAttributes());
		List<EventData> events = redactAll(span.getEvents(), this::redact);
		List<LinkData> links = redactAll(span.getLinks(), this::redact);
		SpanContext context = redact(span.getSpanContext());
		SpanContext parent = redact(span.getParentSpanContext());
		Resource resource = redact(span.getResource());
		InstrumentationScopeInfo scope = redact(span.getInstrumentationScopeInfo());
		boolean same = name.equals(span.getName()) && status == span.getStatus() && attributes == span.getAttributes()
				&& events == span.getEvents() && links == span.getLinks() && context == span.getSpanContext()
				&& parent == span.getParentSpanContext() && resource == span.getResource()
				&& scope == span.getInstrumentationScopeInfo();
		return (same) ? span
				: new RedactedSpan(span, name, status, attributes, events, links, context, parent, resource, scope);
	}

	// The same list if nothing in it changed.
	private static <T> List<T> redactAll(List<T> all, UnaryOperator<T> redaction) {
		if (all.isEmpty()) {
			return all;
		}
		List<T> redacted = null;
		for (int i = 0; i < all.size(); i++) {
			T before = all.get(i);
			T after = redaction.apply(before);
			if (after != before && redacted == null) {
				redacted = new ArrayList<>(all);
			}
			if (redacted != null) {
				redacted.set(i, after);
			}
		}
		return (redacted != null) ? redacted : all;
	}

	private StatusData redact(StatusData status) {
		String description = status.getDescription();
		if (description.isEmpty()) {
			return status;
		}
		String redacted = masked(description, this.messages);
		return (redacted.equals(description)) ? status : StatusData.create(status.getStatusCode(), redacted);
	}

	private EventData redact(EventData event) {
		String name = masked(event.getName(), this.texts);
		Attributes attributes = redact(event.getAttributes());
		return (attributes == event.getAttributes() && name.equals(event.getName())) ? event
				: EventData.create(event.getEpochNanos(), name, attributes, event.getTotalAttributeCount());
	}

	private LinkData redact(LinkData link) {
		Attributes attributes = redact(link.getAttributes());
		SpanContext context = redact(link.getSpanContext());
		return (attributes == link.getAttributes() && context == link.getSpanContext()) ? link
				: LinkData.create(context, attributes, link.getTotalAttributeCount());
	}

	private SpanContext redact(SpanContext context) {
		TraceState state = context.getTraceState();
		if (state.isEmpty()) {
			return context;
		}
		List<String> removed = new ArrayList<>(0);
		state.forEach((key, value) -> {
			Plan plan = plan(key);
			boolean clean = plan.rule() == null && plan.key().equals(key) && masked(value, plan).equals(value);
			if (!clean) {
				removed.add(key);
			}
		});
		if (removed.isEmpty()) {
			return context;
		}
		TraceStateBuilder rest = state.toBuilder();
		removed.forEach(rest::remove);
		return (context.isRemote())
				? SpanContext.createFromRemoteParent(context.getTraceId(), context.getSpanId(), context.getTraceFlags(),
						rest.build())
				: SpanContext.create(context.getTraceId(), context.getSpanId(), context.getTraceFlags(), rest.build());
	}

	private Resource redact(Resource resource) {
		Resources last = this.resources;
		if (last != null && (last.from() == resource || last.to() == resource)) {
			return last.to();
		}
		Attributes attributes = redact(resource.getAttributes());
		Resource redacted = (attributes == resource.getAttributes()) ? resource
				: Resource.create(attributes, resource.getSchemaUrl());
		this.resources = new Resources(resource, redacted);
		return redacted;
	}

	private InstrumentationScopeInfo redact(InstrumentationScopeInfo scope) {
		InstrumentationScopeInfo known = this.scopes.get(scope);
		if (known == null) {
			known = redacted(scope);
			if (this.scopes.size() < MAX_SCOPES) {
				this.scopes.put(scope, known);
			}
		}
		return (known.equals(scope)) ? scope : known;
	}

	private InstrumentationScopeInfo redacted(InstrumentationScopeInfo scope) {
		InstrumentationScopeInfoBuilder builder = InstrumentationScopeInfo.builder(masked(scope.getName(), this.texts))
			.setAttributes(redact(scope.getAttributes()));
		if (scope.getVersion() != null) {
			builder.setVersion(masked(scope.getVersion(), this.texts));
		}
		if (scope.getSchemaUrl() != null) {
			builder.setSchemaUrl(masked(scope.getSchemaUrl(), this.texts));
		}
		return builder.build();
	}

	private Attributes redact(Attributes attributes) {
		if (attributes.isEmpty()) {
			return attributes;
		}
		Pass pass = new Pass(attributes);
		attributes.forEach(pass);
		return (pass.redacted != null) ? pass.redacted.build() : attributes;
	}

	private Plan plan(String key) {
		Plan plan = this.plans.get(key);
		if (plan == null) {
			plan = newPlan(key);
			if (this.plans.size() < MAX_PLANS) {
				this.plans.put(key, plan);
			}
		}
		return plan;
	}

	private Plan newPlan(String key) {
		if (PatternMatchUtils.simpleMatch(this.allowed, key)) {
			return new Plan(key, Plan.Kind.ALLOWED, null, Action.MASK, List.of());
		}
		Plan.Kind kind = kind(key);
		String leaving = masked(key, this.texts);
		for (Rule rule : this.keyRules) {
			if (matches(rule, key)) {
				return new Plan(leaving, kind, rule.name(), rule.action(), List.of());
			}
		}
		String rule = null;
		if (this.textRules.isOn(BuiltIn.SECRET_KEY) && SecretNames.contains(key)) {
			rule = BuiltIn.SECRET_KEY.ruleName();
		}
		else if (this.textRules.isOn(BuiltIn.SQL_PARAMETER) && startsWith(key, PARAMETER_PREFIXES)) {
			rule = BuiltIn.SQL_PARAMETER.ruleName();
		}
		List<ValueRule> values = new ArrayList<>();
		this.keyedRules.stream().filter((keyed) -> matches(keyed, key)).map(ValueRule::of).forEach(values::add);
		values.addAll(this.valueRules);
		return new Plan(leaving, kind, rule, Action.MASK, List.copyOf(values));
	}

	private static boolean matches(Rule rule, String key) {
		return PatternMatchUtils.simpleMatch(rule.keys().toArray(String[]::new), key);
	}

	private static Plan.Kind kind(String key) {
		if (STATEMENTS.contains(key) || startsWith(key, STATEMENT_PREFIXES)) {
			return Plan.Kind.STATEMENT;
		}
		return (MESSAGES.contains(key)) ? Plan.Kind.MESSAGE
				: (STACK_TRACES.contains(key)) ? Plan.Kind.STACK_TRACE : Plan.Kind.TEXT;
	}

	private static boolean startsWith(String key, List<String> prefixes) {
		for (String prefix : prefixes) {
			if (key.startsWith(prefix)) {
				return true;
			}
		}
		return false;
	}

	private String masked(String text, Plan plan) {
		String redacted = text(text, plan, SqlText.Dialect.UNKNOWN);
		return (redacted != null) ? redacted : TextRules.MASK;
	}

	// The same text if there is nothing to take out of it, null if all of it goes.
	private @Nullable String text(String text, Plan plan, SqlText.Dialect dialect) {
		try {
			if (text.length() > this.maxLength) {
				String begin = text.substring(0, cut(text));
				String redacted = scan(begin, plan, dialect);
				this.counts.add(Counts.TOO_LONG, 1);
				return (redacted != null) ? redacted + TextRules.MASK : null;
			}
			return scan(text, plan, dialect);
		}
		catch (RuntimeException ex) {
			return failed(ex);
		}
	}

	private String failed(RuntimeException ex) {
		this.counts.add(Counts.FAILED, 1);
		// Its message may hold the value.
		this.failures.record("the redaction of a value", new IllegalStateException(ex.getClass().getName()));
		return TextRules.MASK;
	}

	// Before the word, or the groups of digits, that would otherwise be cut in two and
	// perhaps not known for what it is.
	private int cut(String text) {
		int end = this.maxLength - TextRules.MASK.length();
		int limit = Math.max(0, end - MAX_LAST_WORD);
		int cut = end;
		while (cut > limit && text.charAt(cut - 1) > ' ') {
			cut--;
		}
		if (cut == limit) {
			cut = end;
			while (cut > 0 && WORD_ENDS.indexOf(text.charAt(cut - 1)) < 0) {
				cut--;
			}
		}
		int kept = cut;
		while (kept > 0 && (TextRules.isDigit(text.charAt(kept - 1)) || text.charAt(kept - 1) == ' '
				|| text.charAt(kept - 1) == '-')) {
			kept--;
		}
		return (text.substring(kept, cut).isBlank()) ? cut : kept;
	}

	private @Nullable String scan(String text, Plan plan, SqlText.Dialect dialect) {
		if (plan.kind() == Plan.Kind.ALLOWED) {
			return text;
		}
		String scanned = text;
		for (ValueRule rule : plan.values()) {
			scanned = rule.apply(scanned, this.hash, this.counts);
			if (scanned == null) {
				return null;
			}
		}
		scanned = switch (plan.kind()) {
			case STATEMENT -> statement(scanned, dialect);
			case MESSAGE -> message(scanned, (message) -> (message.isEmpty()) ? message : TextRules.MASK);
			case STACK_TRACE -> message(scanned, StackTraceText::withoutMessages);
			default -> scanned;
		};
		return this.textRules.apply(scanned);
	}

	private String statement(String text, SqlText.Dialect dialect) {
		if (dialect == SqlText.Dialect.NONE || !this.textRules.isOn(BuiltIn.SQL_LITERAL)) {
			return text;
		}
		Edits edits = SqlText.edit(text, dialect);
		this.counts.add(BuiltIn.SQL_LITERAL.ruleName(), edits.count());
		return edits.result();
	}

	private String message(String text, UnaryOperator<String> without) {
		if (!this.masksMessages) {
			return this.textRules.applyDatabaseErrors(text);
		}
		String masked = without.apply(text);
		if (masked.equals(text)) {
			return text;
		}
		this.counts.add(Counts.EXCEPTION_MESSAGE, 1);
		return masked;
	}

	/**
	 * One pass over attributes.
	 */
	private final class Pass implements BiConsumer<AttributeKey<?>, Object> {

		private final Attributes attributes;

		private @Nullable AttributesBuilder redacted;

		Pass(Attributes attributes) {
			this.attributes = attributes;
		}

		@Override
		public void accept(AttributeKey<?> key, Object value) {
			Plan plan = plan(key.getKey());
			if (plan.kind() == Plan.Kind.ALLOWED) {
				return;
			}
			Object redacted = value(key.getType(), value, plan);
			boolean renamed = !plan.key().equals(key.getKey());
			if (redacted != value || renamed) {
				if (this.redacted == null) {
					this.redacted = this.attributes.toBuilder();
				}
				// A key of another type would otherwise stay beside the text.
				this.redacted.remove(key);
				if (redacted != null) {
					put(this.redacted, plan.key(), key.getType(), redacted);
				}
			}
		}

		@SuppressWarnings("unchecked")
		private void put(AttributesBuilder builder, String key, AttributeType type, Object value) {
			if (value instanceof String text) {
				builder.put(key, text);
			}
			else {
				builder.put((AttributeKey<Object>) key(key, type), value);
			}
		}

		private AttributeKey<?> key(String key, AttributeType type) {
			return switch (type) {
				case STRING -> AttributeKey.stringKey(key);
				case BOOLEAN -> AttributeKey.booleanKey(key);
				case LONG -> AttributeKey.longKey(key);
				case DOUBLE -> AttributeKey.doubleKey(key);
				case STRING_ARRAY -> AttributeKey.stringArrayKey(key);
				case BOOLEAN_ARRAY -> AttributeKey.booleanArrayKey(key);
				case LONG_ARRAY -> AttributeKey.longArrayKey(key);
				case DOUBLE_ARRAY -> AttributeKey.doubleArrayKey(key);
				case VALUE -> AttributeKey.valueKey(key);
			};
		}

		// The same value if it may leave, null if the attribute is left out.
		private @Nullable Object value(AttributeType type, Object value, Plan plan) {
			try {
				if (plan.rule() != null) {
					return whole(type, value, plan);
				}
				return switch (type) {
					case STRING -> text((String) value, plan, dialect(plan));
					case STRING_ARRAY -> list((List<?>) value, plan);
					case LONG -> (isCard((Long) value)) ? TextRules.MASK : value;
					case LONG_ARRAY ->
						(((List<?>) value).stream().anyMatch((each) -> isCard((Long) each))) ? TextRules.MASK : value;
					case VALUE -> structured((Value<?>) value, plan, 0);
					default -> value;
				};
			}
			catch (RuntimeException ex) {
				return failed(ex);
			}
		}

		private boolean isCard(@Nullable Long number) {
			if (number == null || !TextRules.isCard(number) || !Redactor.this.textRules.isOn(BuiltIn.CARD_NUMBER)) {
				return false;
			}
			Redactor.this.counts.add(BuiltIn.CARD_NUMBER.ruleName(), 1);
			return true;
		}

		private SqlText.Dialect dialect(Plan plan) {
			if (plan.kind() != Plan.Kind.STATEMENT) {
				return SqlText.Dialect.UNKNOWN;
			}
			String system = this.attributes.get(DB_SYSTEM_NAME);
			return SqlText.Dialect.of((system != null) ? system : this.attributes.get(DB_SYSTEM));
		}

		private @Nullable Object whole(AttributeType type, Object value, Plan plan) {
			boolean builtIn = BuiltIn.SECRET_KEY.ruleName().equals(plan.rule());
			if (value.equals(TextRules.MASK) || value.equals("") || value.equals(List.of())
					|| value.equals(List.of(TextRules.MASK)) || builtIn && type == AttributeType.BOOLEAN) {
				return value;
			}
			Function<Object, String> instead = (each) -> (plan.action() == Action.HASH)
					? Redactor.this.hash.of(String.valueOf(each)) : TextRules.MASK;
			Object redacted = null;
			if (plan.action() != Action.DROP) {
				redacted = (type != AttributeType.STRING_ARRAY) ? instead.apply(value) : (plan.action() == Action.MASK)
						? List.of(TextRules.MASK) : ((List<?>) value).stream().map(instead).toList();
			}
			if (value.equals(redacted)) {
				return value;
			}
			Redactor.this.counts.add(String.valueOf(plan.rule()), 1);
			return redacted;
		}

		private @Nullable Object list(List<?> values, Plan plan) {
			List<String> redacted = new ArrayList<>(values.size());
			boolean same = true;
			String before = "";
			for (Object each : values) {
				String value = (String) each;
				boolean option = value != null && isOption(before, value);
				String text = (option) ? TextRules.MASK : (value != null) ? text(value, plan, dialect(plan)) : null;
				before = (value != null) ? value : "";
				same &= value == text;
				if (text != null) {
					redacted.add(text);
				}
			}
			return (same) ? values : (redacted.isEmpty()) ? null : redacted;
		}

		// ["--db-password", "abc"]
		private boolean isOption(String before, String value) {
			if (!before.startsWith("-") || before.indexOf('=') >= 0 || value.startsWith("-")
					|| value.equals(TextRules.MASK) || !Redactor.this.textRules.isOn(BuiltIn.ASSIGNMENT)
					|| !SecretNames.contains(before)) {
				return false;
			}
			Redactor.this.counts.add(BuiltIn.ASSIGNMENT.ruleName(), 1);
			return true;
		}

		private @Nullable Object structured(Value<?> value, Plan plan, int depth) {
			if (depth > MAX_DEPTH) {
				Redactor.this.counts.add(Counts.TOO_LONG, 1);
				return Value.of(TextRules.MASK);
			}
			ValueType type = value.getType();
			switch (type) {
				case STRING -> {
					String text = (String) value.getValue();
					String redacted = text(text, plan, dialect(plan));
					if (redacted == null) {
						return null;
					}
					return (redacted.equals(text)) ? value : Value.of(redacted);
				}
				case LONG -> {
					return (isCard((Long) value.getValue())) ? Value.of(TextRules.MASK) : value;
				}
				case BYTES -> {
					ByteBuffer bytes = ((ByteBuffer) value.getValue()).duplicate();
					byte[] copy = new byte[bytes.remaining()];
					bytes.get(copy);
					String text = new String(copy, StandardCharsets.UTF_8);
					String redacted = text(text, plan, dialect(plan));
					if (redacted == null) {
						return null;
					}
					return (redacted.equals(text)) ? value : Value.of(TextRules.MASK);
				}
				case ARRAY -> {
					return array(value, plan, depth);
				}
				case KEY_VALUE_LIST -> {
					return map(value, depth);
				}
				default -> {
					return value;
				}
			}
		}

		private @Nullable Value<?> array(Value<?> value, Plan plan, int depth) {
			List<Value<?>> redacted = new ArrayList<>();
			boolean same = true;
			for (Object each : (List<?>) value.getValue()) {
				Value<?> after = (Value<?>) structured((Value<?>) each, plan, depth + 1);
				same &= after == each;
				if (after != null) {
					redacted.add(after);
				}
			}
			return (same) ? value : Value.of(redacted);
		}

		private Value<?> map(Value<?> value, int depth) {
			List<KeyValue> redacted = new ArrayList<>();
			boolean same = true;
			for (Object each : (List<?>) value.getValue()) {
				KeyValue entry = (KeyValue) each;
				Plan plan = plan(entry.getKey());
				Value<?> before = entry.getValue();
				Value<?> after = before;
				if (plan.rule() != null) {
					boolean masked = before.getType() == ValueType.STRING && TextRules.MASK.equals(before.getValue())
							|| before.getType() == ValueType.EMPTY;
					after = (masked) ? before : wholeValue(before, plan);
				}
				else if (plan.kind() != Plan.Kind.ALLOWED) {
					after = (Value<?>) structured(before, plan, depth + 1);
				}
				same &= after == before && plan.key().equals(entry.getKey());
				if (after != null) {
					redacted.add(KeyValue.of(plan.key(), after));
				}
			}
			return (same) ? value : Value.of(redacted.toArray(KeyValue[]::new));
		}

		private @Nullable Value<?> wholeValue(Value<?> value, Plan plan) {
			Redactor.this.counts.add(String.valueOf(plan.rule()), 1);
			return switch (plan.action()) {
				case MASK -> Value.of(TextRules.MASK);
				case HASH -> Value.of(Redactor.this.hash.of(value.asString()));
				case DROP -> null;
			};
		}

	}

	private record Resources(Resource from, Resource to) {

	}

}
