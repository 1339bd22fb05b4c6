package io.kosmos.tracing.autoconfigure.span;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import io.kosmos.tracing.Cost;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.LlmCall;
import io.kosmos.tracing.ModelPrice;
import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.ResultMapper;
import io.kosmos.tracing.TokenUsage;
import io.kosmos.tracing.UsageSums;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * An agent, a model, a tool and so on at work: what its span, its metrics and the sums
 * above it have to know. It lives in the context of the work, so that everything below
 * finds it on whatever thread. Thread-safe.
 */
final class Operation implements LlmCall {

	static final ContextKey<Operation> KEY = ContextKey.named("kosmos.tracing.operation");

	/**
	 * See <a href=
	 * "https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/">error
	 * attributes</a>.
	 */
	static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private static final TokenUsage UNKNOWN = new TokenUsage(null, null, null, null, null);

	private final Operations operations;

	private final OperationType type;

	private final @Nullable Operation parent;

	/** Of the HTTP request that this is part of. */
	private final @Nullable Sums requestSums;

	private long started = System.nanoTime();

	/** Since the epoch, where it was told. */
	private @Nullable Long startEpochNanos;

	private final @Nullable Sums sums;

	private @Nullable Span span;

	private @Nullable String name;

	private @Nullable String operationName;

	private @Nullable String agentName;

	private @Nullable String agentId;

	private @Nullable String provider;

	private @Nullable String requestModel;

	private @Nullable String responseModel;

	private @Nullable TokenUsage usage;

	private @Nullable Double amount;

	private @Nullable String currency;

	private @Nullable Cost cost;

	private @Nullable List<String> finishReasons;

	private @Nullable String decision;

	private @Nullable String errorType;

	private @Nullable String tenant;

	private @Nullable Long firstChunk;

	private @Nullable OperationContent content;

	private long chunks;

	/** Of the same kind, made by the work of this call: it counts instead of this one. */
	private volatile boolean wraps;

	/** As a call that this one wraps, or by the service that it calls. */
	private volatile boolean countedElsewhere;

	/** By what counts the call, if that knows it. */
	private volatile boolean usageCountedElsewhere;

	private boolean unpriced;

	private boolean ended;

	Operation(Operations operations, OperationType type, Context context) {
		this.operations = operations;
		this.type = type;
		this.parent = context.get(KEY);
		this.requestSums = context.get(Sums.REQUEST);
		this.sums = (type.sums()) ? new Sums() : null;
		this.operationName = type.operationName();
		inherit(context);
	}

	/**
	 * Create an operation that begins with what is known of another.
	 */
	Operation(Operation prototype, Context context) {
		this.operations = prototype.operations;
		this.type = prototype.type;
		this.parent = context.get(KEY);
		this.requestSums = context.get(Sums.REQUEST);
		this.sums = (prototype.sums != null) ? new Sums() : null;
		this.operationName = prototype.operationName;
		this.name = prototype.name;
		this.agentName = prototype.agentName;
		this.agentId = prototype.agentId;
		this.provider = prototype.provider;
		this.requestModel = prototype.requestModel;
		this.tenant = prototype.tenant;
		inherit(context);
	}

	private void inherit(Context context) {
		if (this.tenant == null) {
			String tenant = RequestIds.fromContext(context).tenant();
			this.tenant = (tenant != null || this.parent == null) ? tenant : this.parent.tenant;
		}
		if (this.agentName == null) {
			inheritAgent();
		}
	}

	private void inheritAgent() {
		Operation agent = (this.type != OperationType.AGENT) ? agentAbove() : null;
		if (agent != null) {
			this.agentName = agent.agentName;
			this.agentId = agent.agentId;
		}
	}

	private @Nullable Operation agentAbove() {
		for (Operation above = this.parent; above != null; above = above.parent) {
			if (above.type == OperationType.AGENT) {
				return above;
			}
		}
		return null;
	}

	/**
	 * Write what the operation is.
	 */
	void writeOperationName(BiConsumer<AttributeKey<Object>, Object> target) {
		write(ModelAttribute.OPERATION_NAME, this.operationName, target);
	}

	/**
	 * Write on whose behalf it works.
	 */
	void writeAgent(BiConsumer<AttributeKey<Object>, Object> target) {
		if (this.type != OperationType.AGENT && this.agentName != null) {
			write(ModelAttribute.AGENT_NAME, this.agentName, target);
			write(ModelAttribute.AGENT_ID, this.agentId, target);
		}
	}

	OperationType type() {
		return this.type;
	}

	/**
	 * Which agent, model, tool and so on; {@code null} if not known.
	 */
	@Nullable String name() {
		return this.name;
	}

	@Nullable String operationName() {
		return this.operationName;
	}

	/**
	 * The agent that this is, or the nearest one above.
	 */
	@Nullable String agentName() {
		return this.agentName;
	}

	@Nullable String agentId() {
		return this.agentId;
	}

	@Nullable String provider() {
		return this.provider;
	}

	@Nullable String requestModel() {
		return this.requestModel;
	}

	@Nullable String responseModel() {
		return this.responseModel;
	}

	/**
	 * Tokens, once the operation has ended; {@code null} if unknown or counted by a call
	 * below.
	 */
	@Nullable TokenUsage usage() {
		return this.usage;
	}

	/**
	 * Cost, once the operation has ended; {@code null} if unknown or counted by a call
	 * below.
	 */
	@Nullable Cost cost() {
		return this.cost;
	}

	/**
	 * Whether there were tokens but no price of the model, once the operation has ended.
	 */
	boolean isUnpriced() {
		return this.unpriced;
	}

	/**
	 * Class of what went wrong; {@code null} if nothing did.
	 */
	@Nullable String errorType() {
		return this.errorType;
	}

	/**
	 * The tenant that this, or the nearest operation above that names one, works for.
	 */
	@Nullable String tenant() {
		return this.tenant;
	}

	/**
	 * Nanoseconds to the first chunk; {@code null} if there was none.
	 */
	@Nullable Long timeToFirstChunk() {
		return (this.firstChunk != null) ? this.firstChunk - this.started : null;
	}

	/**
	 * Whether the same kind of call was made below, which counts instead of this one.
	 */
	boolean wraps() {
		return this.wraps;
	}

	/**
	 * Take an attribute that is set on the span, by whatever API, and write what is to be
	 * written now.
	 * @param key the key
	 * @param value the value
	 * @param target takes what is written
	 */
	void set(AttributeKey<?> key, Object value, BiConsumer<AttributeKey<Object>, Object> target) {
		ModelAttribute attribute = ModelAttribute.of(key);
		if (attribute == null) {
			setOther(key, value, target);
		}
		else if (attribute.isContent()) {
			setContent(attribute, value, target);
		}
		else if (take(attribute, value)) {
			attribute.write(this.operations.conventions(), value, target);
		}
	}

	@SuppressWarnings("unchecked")
	private void setOther(AttributeKey<?> key, Object value, BiConsumer<AttributeKey<Object>, Object> target) {
		if (key.equals(this.type.nameKey()) && !takeName(key, (String) value)) {
			return;
		}
		if (key.equals(ERROR_TYPE)) {
			this.errorType = (String) value;
		}
		else if (key.equals(KosmosAttributes.TENANT_ID)) {
			this.tenant = (String) value;
		}
		ModelAttribute content = ModelAttribute.contentOf(key);
		if (content != null) {
			setContent(content, value, target);
		}
		else if (this.operations.conventions().writes(key)) {
			target.accept((AttributeKey<Object>) key, value);
		}
	}

	private void setContent(ModelAttribute attribute, Object value, BiConsumer<AttributeKey<Object>, Object> target) {
		if (!this.operations.content().isOn()) {
			return;
		}
		try {
			String text = (value instanceof Value<?> structured) ? structured.asString() : value.toString();
			attribute.write(this.operations.conventions(), this.operations.content().text(text), target);
		}
		catch (Throwable ex) {
			this.operations.failures().record("the attribute " + attribute, ex);
		}
		OperationContent content = content();
		if (content != null && attribute.isResult()) {
			content.told();
		}
	}

	/**
	 * What is said in this operation; {@code null} if it is not recorded.
	 */
	private @Nullable OperationContent content() {
		Span span = this.span;
		if (!this.operations.content().isOn() || span == null || !span.isRecording()) {
			return null;
		}
		synchronized (this) {
			if (this.content == null) {
				this.content = new OperationContent(this.operations,
						(attribute, value) -> write(span, attribute, value));
			}
			return this.content;
		}
	}

	/**
	 * The work is a method that was called.
	 */
	void arguments(ContentParameters parameters, @Nullable Object[] arguments) {
		OperationContent content = content();
		if (content != null) {
			content.arguments(this.type, parameters, arguments);
		}
	}

	private boolean takeName(Object key, String value) {
		if (!StringUtils.hasText(value)) {
			this.operations.refuse(key, value, "a name");
			return false;
		}
		this.name = value;
		return true;
	}

	/**
	 * Take a value.
	 * @return whether it is to be written now: usage and cost wait for the end, when it
	 * is known whether they belong to this operation
	 */
	private synchronized boolean take(ModelAttribute attribute, Object value) {
		switch (attribute) {
			case OPERATION_NAME -> {
				this.operationName = (String) value;
			}
			case AGENT_NAME -> {
				if (!StringUtils.hasText((String) value)) {
					this.operations.refuse(attribute, value, "a name");
					return false;
				}
				this.agentName = (String) value;
			}
			case AGENT_ID -> {
				this.agentId = (String) value;
			}
			case PROVIDER -> {
				this.provider = (String) value;
			}
			case MODEL -> {
				this.requestModel = (String) value;
			}
			case RESPONSE_MODEL -> {
				this.responseModel = (String) value;
			}
			case FINISH_REASON -> {
				if (value instanceof List<?> reasons && reasons.isEmpty()) {
					return false;
				}
				this.finishReasons = strings(attribute.otelValue(value));
			}
			case POLICY_DECISION -> {
				this.decision = (String) value;
			}
			case PROMPT_TOKENS, COMPLETION_TOKENS, TOTAL_TOKENS, CACHED_TOKENS, REASONING_TOKENS -> {
				takeTokens(attribute, (Long) value);
				return false;
			}
			case COST -> {
				takeAmount((Double) value);
				return false;
			}
			case COST_CURRENCY -> {
				this.currency = (String) value;
				return false;
			}
			case ROUTE_CONFIDENCE, TIME_TO_FIRST_CHUNK -> {
				if (!Double.isFinite((Double) value)) {
					this.operations.refuse(attribute, value, "a finite number");
					return false;
				}
			}
			default -> {
			}
		}
		if (attribute == this.nameAttribute()) {
			return takeName(attribute, (String) value);
		}
		return true;
	}

	private @Nullable ModelAttribute nameAttribute() {
		return ModelAttribute.of(this.type.nameKey());
	}

	@SuppressWarnings("unchecked")
	private static List<String> strings(Object value) {
		return (List<String>) value;
	}

	private void takeTokens(ModelAttribute attribute, Long tokens) {
		if (tokens < 0) {
			this.operations.refuse(attribute, tokens, "a count of 0 or more");
			return;
		}
		TokenUsage known = (this.usage != null) ? this.usage : UNKNOWN;
		this.usage = new TokenUsage((attribute == ModelAttribute.PROMPT_TOKENS) ? tokens : known.inputTokens(),
				(attribute == ModelAttribute.COMPLETION_TOKENS) ? tokens : known.outputTokens(),
				(attribute == ModelAttribute.TOTAL_TOKENS) ? tokens : known.totalTokens(),
				(attribute == ModelAttribute.CACHED_TOKENS) ? tokens : known.cachedInputTokens(),
				(attribute == ModelAttribute.REASONING_TOKENS) ? tokens : known.reasoningTokens());
	}

	private void takeAmount(Double amount) {
		if (!Double.isFinite(amount) || amount < 0) {
			this.operations.refuse(ModelAttribute.COST, amount, "a finite amount of 0 or more");
			return;
		}
		this.amount = amount;
	}

	/**
	 * The work returned something.
	 */
	void result(@Nullable Object result) {
		if (result == null) {
			return;
		}
		if (this.type == OperationType.POLICY && (result instanceof String || result instanceof Enum)) {
			write(KosmosAttributes.POLICY_DECISION,
					(result instanceof Enum<?> constant) ? constant.name() : (String) result);
		}
		map(result);
		recordResult(result);
	}

	private void recordResult(Object result) {
		OperationContent content = content();
		if (content != null) {
			content.result(this.type, result);
		}
	}

	private void map(Object result) {
		for (ResultMapper mapper : this.operations.mappers()) {
			try {
				Attributes attributes = mapper.map(result);
				if (attributes != null) {
					attributes.forEach(this::writeMapped);
				}
			}
			catch (Throwable ex) {
				this.operations.failures().record("the result mapper " + mapper.getClass().getName(), ex);
			}
		}
	}

	// An agent or a tool may hand on what a model answered, which is not its own answer.
	private void writeMapped(AttributeKey<?> key, Object value) {
		if (this.type == OperationType.LLM || !ModelAttribute.tellsOfModel(key)) {
			write(key, value);
		}
	}

	private void write(AttributeKey<?> key, Object value) {
		Span span = this.span;
		if (span != null) {
			set(key, value, span::setAttribute);
		}
	}

	void failed(Throwable error) {
		this.errorType = error.getClass().getName();
	}

	/**
	 * The operation failed, if that is all that is known, with the conventions' value for
	 * that.
	 */
	void failed() {
		if (this.errorType == null) {
			this.errorType = "_OTHER";
		}
	}

	/**
	 * Whether success of the work is success of the operation, as the status tells it.
	 */
	boolean isOk() {
		return this.type != OperationType.POLICY || this.decision == null || "allow".equalsIgnoreCase(this.decision);
	}

	@Override
	public LlmCall chunk() {
		synchronized (this) {
			if (this.chunks++ == 0) {
				this.firstChunk = System.nanoTime();
			}
		}
		return this;
	}

	@Override
	public LlmCall chunk(Object chunk) {
		chunk();
		map(chunk);
		OperationContent content = content();
		if (content != null) {
			content.chunk(chunk);
		}
		return this;
	}

	@Override
	public LlmCall response(Object response) {
		map(response);
		recordResult(response);
		return this;
	}

	@Override
	public LlmCall usage(TokenUsage usage) {
		attempt("the usage of a model", () -> merge(usage));
		return this;
	}

	private synchronized void merge(TokenUsage usage) {
		TokenUsage known = (this.usage != null) ? this.usage : UNKNOWN;
		this.usage = new TokenUsage(latest(ModelAttribute.PROMPT_TOKENS, usage.inputTokens(), known.inputTokens()),
				latest(ModelAttribute.COMPLETION_TOKENS, usage.outputTokens(), known.outputTokens()),
				latest(ModelAttribute.TOTAL_TOKENS, usage.totalTokens(), known.totalTokens()),
				latest(ModelAttribute.CACHED_TOKENS, usage.cachedInputTokens(), known.cachedInputTokens()),
				latest(ModelAttribute.REASONING_TOKENS, usage.reasoningTokens(), known.reasoningTokens()));
	}

	private @Nullable Long latest(ModelAttribute attribute, @Nullable Long latest, @Nullable Long known) {
		if (latest != null && latest < 0) {
			this.operations.refuse(attribute, latest, "a count of 0 or more");
			return known;
		}
		return (latest != null) ? latest : known;
	}

	@Override
	public LlmCall finishReasons(List<String> reasons) {
		attempt("the finish reasons of a model", () -> {
			List<String> told = reasons.stream().filter(Objects::nonNull).toList();
			if (!told.isEmpty()) {
				write(GenAiAttributes.RESPONSE_FINISH_REASONS, told);
			}
		});
		return this;
	}

	@Override
	public boolean capturesContent() {
		return content() != null;
	}

	@Override
	public LlmCall input(List<GenAiMessage> messages) {
		OperationContent content = content();
		if (content != null) {
			content.input(messages);
		}
		return this;
	}

	@Override
	public LlmCall output(List<GenAiMessage> messages) {
		OperationContent content = content();
		if (content != null) {
			content.output(messages);
		}
		return this;
	}

	/**
	 * The operation began at another time than now.
	 */
	void startedAt(long epochNanos) {
		this.startEpochNanos = epochNanos;
		this.started = nanoTime(epochNanos);
	}

	/**
	 * What {@link System#nanoTime()} was or will be at a time.
	 */
	private static long nanoTime(long epochNanos) {
		Instant now = Instant.now();
		return System.nanoTime() - (TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - epochNanos);
	}

	/**
	 * The span of the operation started.
	 */
	void started(Span span) {
		this.span = span;
		if (this.type == OperationType.WORKFLOW) {
			addEvent(span, KosmosAttributes.EVENT_PIPELINE_STARTED, Attributes.empty(), this.startEpochNanos);
		}
	}

	private static void addEvent(Span span, String name, Attributes attributes, @Nullable Long epochNanos) {
		if (epochNanos != null) {
			span.addEvent(name, attributes, epochNanos, TimeUnit.NANOSECONDS);
		}
		else {
			span.addEvent(name, attributes);
		}
	}

	/**
	 * The operation ends: write what only now is known, count it above, and measure it.
	 * Only the first call does anything, and none throws.
	 * @param endEpochNanos when it ended, since the epoch; {@code null} for now
	 */
	void end(@Nullable Long endEpochNanos) {
		Span span = this.span;
		synchronized (this) {
			if (this.ended || span == null) {
				return;
			}
			this.ended = true;
			attempt("the sums of an operation", () -> finish(span, endEpochNanos));
		}
		long nanoseconds = Math.max(0, nanosecondsUntil(endEpochNanos));
		attempt("the metrics of an operation", () -> this.operations.meters().ended(this, span, nanoseconds));
	}

	/**
	 * How long the operation took. Between two times that were told it is exact, whatever
	 * the clocks do.
	 */
	private long nanosecondsUntil(@Nullable Long endEpochNanos) {
		if (endEpochNanos == null) {
			return System.nanoTime() - this.started;
		}
		return (this.startEpochNanos != null) ? endEpochNanos - this.startEpochNanos
				: nanoTime(endEpochNanos) - this.started;
	}

	private void attempt(String what, Runnable work) {
		try {
			work.run();
		}
		catch (Throwable ex) {
			this.operations.failures().record(what, ex);
		}
	}

	private void finish(Span span, @Nullable Long endEpochNanos) {
		switch (this.type) {
			case LLM -> finishCall(span, endEpochNanos);
			case TOOL -> addAbove(0, 1, null, null);
			case WORKFLOW ->
				addEvent(span, KosmosAttributes.EVENT_PIPELINE_COMPLETED, Attributes.empty(), endEpochNanos);
			default -> {
			}
		}
		if (this.sums != null && this.operations.conventions().kosmos()) {
			this.sums.writeTo(span);
		}
	}

	private void finishCall(Span span, @Nullable Long endEpochNanos) {
		if (this.usageCountedElsewhere) {
			this.usage = null;
		}
		else {
			this.cost = findCost();
		}
		Long tokens = (this.usage != null) ? this.usage.total() : null;
		writeUsage(span, tokens);
		addAbove((this.countedElsewhere) ? 0 : 1, 0, tokens, this.cost);
		if (this.content != null) {
			this.content.writeAnswer(this.finishReasons);
		}
		Long timeToFirstChunk = timeToFirstChunk();
		if (timeToFirstChunk != null) {
			write(span, ModelAttribute.STREAMING, true);
			write(span, ModelAttribute.TIME_TO_FIRST_CHUNK, timeToFirstChunk / 1e9);
			if (this.operations.conventions().kosmos()) {
				span.setAttribute(KosmosAttributes.LLM_CHUNKS, this.chunks);
			}
		}
		if (this.finishReasons != null) {
			addEvent(span, KosmosAttributes.EVENT_LLM_COMPLETION,
					Attributes.of(KosmosAttributes.LLM_FINISH_REASON, this.finishReasons.get(0)), endEpochNanos);
		}
	}

	private @Nullable Cost findCost() {
		try {
			if (this.amount != null) {
				return new Cost(BigDecimal.valueOf(this.amount), (this.currency != null) ? this.currency : "USD");
			}
			ModelPrices prices = this.operations.prices();
			if (prices == null || this.usage == null) {
				return null;
			}
			if (this.provider == null) {
				this.unpriced = true;
				return null;
			}
			ModelPrice price = (this.responseModel != null) ? prices.find(this.provider, this.responseModel) : null;
			if (price == null && this.requestModel != null) {
				price = prices.find(this.provider, this.requestModel);
			}
			this.unpriced = price == null;
			return (price != null) ? price.cost(this.usage) : null;
		}
		catch (Throwable ex) {
			this.operations.failures().record("the price of a model", ex);
			return null;
		}
	}

	private void writeUsage(Span span, @Nullable Long total) {
		if (this.usage != null) {
			write(span, ModelAttribute.PROMPT_TOKENS, this.usage.inputTokens());
			write(span, ModelAttribute.COMPLETION_TOKENS, this.usage.outputTokens());
			write(span, ModelAttribute.TOTAL_TOKENS, total);
			write(span, ModelAttribute.CACHED_TOKENS, this.usage.cachedInputTokens());
			write(span, ModelAttribute.REASONING_TOKENS, this.usage.reasoningTokens());
		}
		if (this.cost != null) {
			write(span, ModelAttribute.COST, this.cost.amount().doubleValue());
			write(span, ModelAttribute.COST_CURRENCY, this.cost.currency());
		}
	}

	private void write(Span span, ModelAttribute attribute, @Nullable Object value) {
		write(attribute, value, span::setAttribute);
	}

	private void write(ModelAttribute attribute, @Nullable Object value,
			BiConsumer<AttributeKey<Object>, Object> target) {
		if (value != null) {
			attribute.write(this.operations.conventions(), value, target);
		}
	}

	/**
	 * Whether the model gives vectors. All else that models do, however it is named, is
	 * an answer.
	 */
	private boolean isEmbedding() {
		return "embeddings".equals(this.operationName);
	}

	private void addAbove(long llmCalls, long toolCalls, @Nullable Long tokens, @Nullable Cost cost) {
		if (this.parent != null && this.type == OperationType.LLM && this.parent.type == OperationType.LLM
				&& this.parent.isEmbedding() == isEmbedding()) {
			this.parent.wraps = true;
			this.parent.countedBy(this.usageCountedElsewhere || tokens != null || cost != null);
		}
		add(this.parent, this.requestSums, llmCalls, toolCalls, tokens, cost);
	}

	private void countedBy(boolean usageKnown) {
		this.countedElsewhere = true;
		if (usageKnown) {
			this.usageCountedElsewhere = true;
		}
	}

	/**
	 * Count what another service did for the work of a context. A call of a model that it
	 * serves is counted there.
	 */
	static void addRemote(Context context, UsageSums usage) {
		Operation innermost = context.get(KEY);
		if (innermost != null && innermost.type == OperationType.LLM && usage.llmCalls() > 0) {
			innermost.countedBy(usage.tokens() != null || usage.cost() != null);
		}
		add(innermost, context.get(Sums.REQUEST), usage.llmCalls(), usage.toolCalls(), usage.tokens(), usage.cost());
	}

	/**
	 * What was counted so far for the innermost agent or workflow of a context, or for
	 * its HTTP request.
	 */
	static UsageSums usage(Context context) {
		for (Operation operation = context.get(KEY); operation != null; operation = operation.parent) {
			if (operation.sums != null) {
				return operation.sums.toUsage();
			}
		}
		Sums requestSums = context.get(Sums.REQUEST);
		return (requestSums != null) ? requestSums.toUsage() : UsageSums.NONE;
	}

	private static void add(@Nullable Operation innermost, @Nullable Sums requestSums, long llmCalls, long toolCalls,
			@Nullable Long tokens, @Nullable Cost cost) {
		for (Operation operation = innermost; operation != null; operation = operation.parent) {
			if (operation.sums != null) {
				operation.sums.add(llmCalls, toolCalls, tokens, cost);
			}
		}
		if (requestSums != null) {
			requestSums.add(llmCalls, toolCalls, tokens, cost);
		}
	}

	/**
	 * The call of a model that runs in a context, if the innermost operation is one.
	 */
	static @Nullable Operation llmIn(Context context) {
		Operation operation = context.get(KEY);
		return (operation != null && operation.type == OperationType.LLM) ? operation : null;
	}

}
