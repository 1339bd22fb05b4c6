package io.kosmos.tracing.autoconfigure.propagation;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.RequestIds;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.TraceState;
import org.jspecify.annotations.Nullable;

/**
 * The agent that calls, as it is in the tracestate: {@code kosmos=agent:zeus}.
 */
final class CallingAgent {

	private static final String KEY = "kosmos";

	private static final String PREFIX = "agent:";

	private static final String INVOKE_AGENT = "invoke_agent";

	/** Of the header, by W3C Trace Context. */
	private static final int MAX_MEMBERS = 32;

	private CallingAgent() {
	}

	/**
	 * The agent that a span is about to be for.
	 * @param spanName name of the span, which tells it by itself when the conventions of
	 * OpenTelemetry are not written
	 * @param attributes attributes that the span starts with
	 * @return its name, {@code null} if the span is for something else
	 */
	static @Nullable String of(String spanName, Attributes attributes) {
		boolean agent = INVOKE_AGENT.equals(attributes.get(GenAiAttributes.OPERATION_NAME))
				|| spanName.startsWith(INVOKE_AGENT + " ");
		if (!agent) {
			return null;
		}
		String name = attributes.get(KosmosAttributes.AGENT_NAME);
		return (name != null) ? name : attributes.get(GenAiAttributes.AGENT_NAME);
	}

	/**
	 * Write an agent in the place of the one that was there. A name that a tracestate
	 * cannot hold leaves none; members of others stay, and when they fill it up they are
	 * left alone.
	 */
	static TraceState write(TraceState state, String agent) {
		TraceState others = (state.get(KEY) != null) ? state.toBuilder().remove(KEY).build() : state;
		// The builder ignores a value that is not allowed, and a member too many.
		return (others.size() < MAX_MEMBERS && !agent.isBlank()) ? others.toBuilder().put(KEY, PREFIX + agent).build()
				: others;
	}

	/**
	 * Read the agent that called.
	 * @return its name, {@code null} if there is none that is allowed
	 */
	static @Nullable String read(TraceState state) {
		String value = state.get(KEY);
		if (value == null || !value.startsWith(PREFIX)) {
			return null;
		}
		String agent = value.substring(PREFIX.length());
		return RequestIds.isAllowed(agent) ? agent : null;
	}

}
