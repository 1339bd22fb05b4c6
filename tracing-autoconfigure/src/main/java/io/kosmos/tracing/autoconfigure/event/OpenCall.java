package io.kosmos.tracing.autoconfigure.event;

import java.time.Instant;

import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.SpanEvent;
import io.kosmos.tracing.SpanEvent.Type;
import org.jspecify.annotations.Nullable;

/**
 * A call that has begun and whose end event has not come. Immutable; each is equal to
 * itself alone, since calls with the same key may be open at the same time.
 */
final class OpenCall {

	private final Key key;

	private final DetachedSpan span;

	private final Instant began;

	private final boolean timed;

	private final long nanoTime;

	/**
	 * Create an open call.
	 * @param key what its end event has too
	 * @param span its span
	 * @param began when it began
	 * @param timed whether the event said so
	 * @param nanoTime when its event came, by the clock of this process
	 */
	OpenCall(Key key, DetachedSpan span, Instant began, boolean timed, long nanoTime) {
		this.key = key;
		this.span = span;
		this.began = began;
		this.timed = timed;
		this.nanoTime = nanoTime;
	}

	Key key() {
		return this.key;
	}

	DetachedSpan span() {
		return this.span;
	}

	Instant began() {
		return this.began;
	}

	boolean isTimed() {
		return this.timed;
	}

	long nanoTime() {
		return this.nanoTime;
	}

	/**
	 * Whether a call that begins now may be made by this one.
	 */
	boolean encloses(Type type, @Nullable Instant timestamp) {
		return makes(type) && (timestamp == null || !this.timed || !this.began.isAfter(timestamp));
	}

	private boolean makes(Type type) {
		return switch (this.key.type()) {
			case AGENT, WORKFLOW, CUSTOM -> true;
			case NODE -> type != Type.NODE;
			case TOOL -> type != Type.NODE && type != Type.TOOL;
			case POLICY, PLAN, RETRIEVAL, MEMORY -> type == Type.LLM || type == Type.EMBEDDINGS || type == Type.CUSTOM;
			case LLM, EMBEDDINGS -> type == Type.CUSTOM;
		};
	}

	/**
	 * What the two events of a call have in common.
	 *
	 * @param type what is called
	 * @param correlationId id of the run
	 * @param name which one is called
	 * @param callId id of the call, if it has one
	 */
	record Key(Type type, String correlationId, String name, @Nullable String callId) {

		static Key of(SpanEvent event) {
			return new Key(event.type(), event.correlationId(), event.name(), event.callId());
		}

	}

}
