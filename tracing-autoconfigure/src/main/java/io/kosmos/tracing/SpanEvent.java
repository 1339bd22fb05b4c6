package io.kosmos.tracing;

import java.time.Instant;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

/**
 * That a call begins or has ended, as a framework tells it: see {@link SpanEvents}. The
 * two events of a call have the same type, correlation id, name and call id. Immutable.
 *
 * <pre>
 * SpanEvent.of(SpanEvent.Type.LLM, runId, "gpt-4o")
 *     .callId("call-7")
 *     .attribute(GenAiAttributes.PROVIDER_NAME, "openai")
 *     .build();
 * </pre>
 *
 * @param type What is called.
 * @param correlationId Id of the run that the call belongs to, such as the trace id of
 * the framework. It is not written to the span.
 * @param name Which agent, model, tool and so on, of low cardinality: what the method of
 * {@link AgentSpans} for this type takes, and the name of the span for
 * {@link Type#CUSTOM}.
 * @param callId Tells calls of one name in one run apart; {@code null} if there is no
 * such id. It is not written to the span.
 * @param parentCallId Call id of the call that makes this one; {@code null} to find it by
 * what is open. Of no meaning at the end.
 * @param attributes What the span is to have: at its start what is known then, at its end
 * the rest, such as tokens and finish reason.
 * @param timestamp When it happened; {@code null} is the time at which it is told.
 * @param error What went wrong; {@code null} if nothing did. Of no meaning at the start.
 */
public record SpanEvent(Type type, String correlationId, String name, @Nullable String callId,
		@Nullable String parentCallId, Attributes attributes, @Nullable Instant timestamp, @Nullable Throwable error) {

	/**
	 * Describe an event. Nothing is checked here: {@link SpanEvents} refuses an event
	 * that has no type or whose correlation id or name is blank.
	 * @param type what is called
	 * @param correlationId id of the run that the call belongs to
	 * @param name which agent, model, tool and so on, of low cardinality
	 * @return a builder
	 */
	public static Builder of(Type type, String correlationId, String name) {
		return new Builder(type, correlationId, name);
	}

	/**
	 * What is called.
	 */
	public enum Type {

		/** {@link AgentSpans#agent}: an agent, or a round of its loop. */
		AGENT,

		/**
		 * {@link AgentSpans#llm}, whose provider is the attribute
		 * {@link GenAiAttributes#PROVIDER_NAME} or {@link KosmosAttributes#LLM_PROVIDER}
		 * of the start.
		 */
		LLM,

		/** {@link AgentSpans#embeddings}, with the provider as for {@link #LLM}. */
		EMBEDDINGS,

		/** {@link AgentSpans#tool}. */
		TOOL,

		/** {@link AgentSpans#workflow}. */
		WORKFLOW,

		/** {@link AgentSpans#node}. */
		NODE,

		/** {@link AgentSpans#policy}. */
		POLICY,

		/** {@link AgentSpans#retrieval}. */
		RETRIEVAL,

		/** {@link AgentSpans#memory}. */
		MEMORY,

		/** {@link AgentSpans#plan}. */
		PLAN,

		/** {@link Spans#span}: anything else. */
		CUSTOM

	}

	/**
	 * Description of an event. Not thread-safe.
	 */
	public static final class Builder {

		private final Type type;

		private final String correlationId;

		private final String name;

		private final AttributesBuilder attributes = Attributes.builder();

		private @Nullable String callId;

		private @Nullable String parentCallId;

		private @Nullable Instant timestamp;

		private @Nullable Throwable error;

		private Builder(Type type, String correlationId, String name) {
			this.type = type;
			this.correlationId = correlationId;
			this.name = name;
		}

		/**
		 * Tell calls of one name in one run apart.
		 * @param callId the id, the same at start and end
		 * @return this builder
		 */
		public Builder callId(@Nullable String callId) {
			this.callId = callId;
			return this;
		}

		/**
		 * Name the call that makes this one.
		 * @param parentCallId its call id
		 * @return this builder
		 */
		public Builder parentCallId(@Nullable String parentCallId) {
			this.parentCallId = parentCallId;
			return this;
		}

		/**
		 * Add an attribute.
		 * @param <T> type of the value
		 * @param key the key, which fixes the type
		 * @param value the value; {@code null} adds nothing
		 * @return this builder
		 */
		public <T> Builder attribute(AttributeKey<T> key, @Nullable T value) {
			if (value != null) {
				this.attributes.put(key, value);
			}
			return this;
		}

		/**
		 * Say when it happened.
		 * @param timestamp the time
		 * @return this builder
		 */
		public Builder timestamp(@Nullable Instant timestamp) {
			this.timestamp = timestamp;
			return this;
		}

		/**
		 * Say what went wrong.
		 * @param error the error; a {@link java.util.concurrent.CancellationException} is
		 * a cancellation
		 * @return this builder
		 */
		public Builder error(@Nullable Throwable error) {
			this.error = error;
			return this;
		}

		/**
		 * Make the event.
		 * @return the event
		 */
		public SpanEvent build() {
			return new SpanEvent(this.type, this.correlationId, this.name, this.callId, this.parentCallId,
					this.attributes.build(), this.timestamp, this.error);
		}

	}

}
