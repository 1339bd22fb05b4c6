package io.kosmos.tracing.autoconfigure.export;

import java.util.LinkedHashMap;
import java.util.Map;

import io.kosmos.tracing.TracingSection;

/**
 * {@link TracingSection} of the tail buffer: what it holds, what it decided and why, how
 * often a bound made it decide before the local root ended, and its limits. Sizes are
 * bytes. Thread-safe.
 */
final class TailSection implements TracingSection {

	private final TailBuffer buffer;

	TailSection(TailBuffer buffer) {
		this.buffer = buffer;
	}

	@Override
	public String name() {
		return "tail";
	}

	@Override
	public Map<String, ?> read() {
		TailBuffer.State state = this.buffer.state();
		TailProperties properties = this.buffer.properties();
		Map<String, Object> section = new LinkedHashMap<>();
		section.put("probability", properties.probability());
		section.put("held", held(state.spans(), state.traces(), state.bytes()));
		section.put("limits", held(properties.maxSpans(), properties.maxTraces(), properties.maxBytes().toBytes()));
		section.put("kept", state.kept());
		section.put("dropped", state.dropped());
		section.put("spans", Map.of("kept", state.keptSpans(), "dropped", state.droppedSpans()));
		Map<String, Long> evicted = new LinkedHashMap<>();
		state.evicted().forEach((bound, count) -> evicted.put(bound.tag(), count));
		section.put("evicted", evicted);
		section.put("remembered", state.remembered());
		return section;
	}

	private static Map<String, Long> held(long spans, long traces, long bytes) {
		Map<String, Long> held = new LinkedHashMap<>();
		held.put("spans", spans);
		held.put("traces", traces);
		held.put("bytes", bytes);
		return held;
	}

}
