package io.kosmos.tracing.autoconfigure.event;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.SpanEvent;
import io.kosmos.tracing.SpanEvents;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.autoconfigure.event.EventProblems.Abandonment;
import io.kosmos.tracing.autoconfigure.event.EventProblems.Refusal;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.util.StringUtils;

/**
 * {@link SpanEvents} over {@link Spans} and {@link AgentSpans}. One daemon thread, begun
 * with the first call, ends what has been open for too long.
 */
final class DefaultSpanEvents implements SpanEvents, AutoCloseable {

	/**
	 * See <a href=
	 * "https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/">error
	 * attributes</a>.
	 */
	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private final Spans spans;

	private final AgentSpans agents;

	private final EventsProperties properties;

	private final LongPredicate export;

	private final LongSupplier nanoTime;

	private final OpenCalls calls;

	private final EventProblems problems = new EventProblems();

	private final ScheduledThreadPoolExecutor executor;

	private final AtomicBoolean scheduled = new AtomicBoolean();

	/**
	 * Create the events.
	 * @param spans opens other spans
	 * @param agents opens the spans of agents, models, tools and so on
	 * @param properties the configuration
	 * @param export exports all ended spans, within so many nanoseconds, and tells
	 * whether it could
	 * @param nanoTime clock of this process, like {@link System#nanoTime()}
	 */
	DefaultSpanEvents(Spans spans, AgentSpans agents, EventsProperties properties, LongPredicate export,
			LongSupplier nanoTime) {
		this.spans = spans;
		this.agents = agents;
		this.properties = properties;
		this.export = export;
		this.nanoTime = nanoTime;
		this.calls = new OpenCalls(properties.maxOpen());
		CustomizableThreadFactory threads = new CustomizableThreadFactory("kosmos-tracing-events-");
		threads.setDaemon(true);
		this.executor = new ScheduledThreadPoolExecutor(1, threads);
	}

	@Override
	public void pre(SpanEvent event) {
		handle(event, this::begin);
	}

	@Override
	public void post(SpanEvent event) {
		handle(event, this::end);
	}

	private void handle(SpanEvent event, Consumer<SpanEvent> handler) {
		try {
			Refusal refusal = check(event);
			if (refusal != null) {
				this.problems.refused(refusal);
			}
			else if (this.properties.wants(event.type())) {
				handler.accept(event);
			}
		}
		catch (Throwable ex) {
			this.problems.failed(ex);
		}
	}

	// The caller is a framework, which nobody checks for null.
	private static @Nullable Refusal check(@Nullable SpanEvent event) {
		if (event == null) {
			return Refusal.EVENT;
		}
		if (event.type() == null) {
			return Refusal.TYPE;
		}
		if (!StringUtils.hasText(event.correlationId())) {
			return Refusal.CORRELATION_ID;
		}
		return StringUtils.hasText(event.name()) ? null : Refusal.NAME;
	}

	private void begin(SpanEvent event) {
		Spans.Builder builder = builder(event).startTimestamp(event.timestamp());
		OpenCall parent = this.calls.parentOf(event);
		if (parent != null) {
			builder.parent(parent.span().context());
		}
		event.attributes().forEach((key, value) -> builder.attribute(cast(key), value));
		DetachedSpan span = builder.start();
		// Not before the span, so that it cannot end before it begins.
		Instant timestamp = event.timestamp();
		Instant began = (timestamp != null) ? timestamp : Instant.now();
		OpenCall call = new OpenCall(OpenCall.Key.of(event), span, began, timestamp != null, this.nanoTime.getAsLong());
		OpenCall displaced = this.calls.add(call);
		if (displaced != null) {
			abandon(displaced, (displaced != call) ? Abandonment.LIMIT : Abandonment.CLOSE);
		}
		if (displaced != call && this.scheduled.compareAndSet(false, true)) {
			scheduleExpiry(this.properties.timeout().toNanos());
		}
	}

	private Spans.Builder builder(SpanEvent event) {
		String name = event.name();
		return switch (event.type()) {
			case AGENT -> this.agents.agent(name);
			case LLM -> this.agents.llm(provider(event), name);
			case EMBEDDINGS -> this.agents.embeddings(provider(event), name);
			case TOOL -> this.agents.tool(name);
			case WORKFLOW -> this.agents.workflow(name);
			case NODE -> this.agents.node(name);
			case POLICY -> this.agents.policy(name);
			case RETRIEVAL -> this.agents.retrieval(name);
			case MEMORY -> this.agents.memory(name);
			case PLAN -> this.agents.plan(name);
			case CUSTOM -> this.spans.span(name);
		};
	}

	private static @Nullable String provider(SpanEvent event) {
		String provider = event.attributes().get(GenAiAttributes.PROVIDER_NAME);
		return (provider != null) ? provider : event.attributes().get(KosmosAttributes.LLM_PROVIDER);
	}

	@SuppressWarnings("unchecked")
	private static AttributeKey<Object> cast(AttributeKey<?> key) {
		return (AttributeKey<Object>) key;
	}

	private void end(SpanEvent event) {
		OpenCall.Key key = OpenCall.Key.of(event);
		OpenCall call = this.calls.take(key);
		if (call == null) {
			this.problems.unmatched(key);
			return;
		}
		DetachedSpan span = call.span();
		try {
			event.attributes().forEach((attribute, value) -> span.attribute(cast(attribute), value));
			setEnd(call, event.timestamp());
		}
		finally {
			// Nobody else ends it any more.
			if (event.error() != null) {
				span.fail(event.error());
			}
			else {
				span.end();
			}
		}
	}

	private static void setEnd(OpenCall call, @Nullable Instant timestamp) {
		if (timestamp == null && !call.isTimed()) {
			return;
		}
		boolean backwards = call.began().isAfter((timestamp != null) ? timestamp : Instant.now());
		call.span().endTimestamp(backwards ? call.began() : timestamp);
	}

	private void abandon(OpenCall call, Abandonment reason) {
		this.problems.abandoned(reason, call.key());
		Span.fromContext(call.span().context())
			.setAttribute(ERROR_TYPE, "no_end_event")
			.setStatus(StatusCode.ERROR, "no end event");
		setEnd(call, null);
		call.span().end();
	}

	private void abandon(List<OpenCall> calls, Abandonment reason) {
		for (OpenCall call : calls) {
			try {
				abandon(call, reason);
			}
			catch (Throwable ex) {
				this.problems.failed(ex);
			}
		}
	}

	/**
	 * End what has been open for too long.
	 */
	void expire() {
		abandon(this.calls.takeOlderThan(this.nanoTime.getAsLong(), this.properties.timeout().toNanos()),
				Abandonment.TIMEOUT);
	}

	private void scheduleExpiry(long delay) {
		this.executor.schedule(this::expireAndScheduleNext, delay, TimeUnit.NANOSECONDS);
	}

	private void expireAndScheduleNext() {
		expire();
		OpenCall oldest = this.calls.oldest();
		if (oldest == null) {
			this.scheduled.set(false);
			// One may have begun in between and relied on what was scheduled.
			oldest = this.calls.oldest();
			if (oldest == null || !this.scheduled.compareAndSet(false, true)) {
				return;
			}
		}
		scheduleExpiry(oldest.nanoTime() + this.properties.timeout().toNanos() - this.nanoTime.getAsLong());
	}

	@Override
	public boolean flush(Duration timeout) {
		long nanos = (timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0) ? timeout.toNanos() : Long.MAX_VALUE;
		try {
			return this.executor.submit(() -> {
				abandon(this.calls.takeAll(), Abandonment.FLUSH);
				return this.export.test(nanos);
			}).get(nanos, TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		catch (TimeoutException | ExecutionException | RejectedExecutionException ex) {
			return false;
		}
	}

	@Override
	public void close() {
		abandon(this.calls.close(), Abandonment.CLOSE);
		this.executor.shutdownNow();
	}

	int open() {
		return this.calls.size();
	}

	EventProblems problems() {
		return this.problems;
	}

}
