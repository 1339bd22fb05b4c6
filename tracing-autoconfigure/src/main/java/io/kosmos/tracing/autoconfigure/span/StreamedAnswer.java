package io.kosmos.tracing.autoconfigure.span;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.GenAiMessage.Part;
import io.kosmos.tracing.GenAiMessage.Text;
import io.kosmos.tracing.GenAiMessage.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a model, put together from chunks. It keeps no more of each text than is
 * recorded, and one character that tells that there was more. Not thread-safe.
 */
final class StreamedAnswer {

	/** As many as a model may be asked for, and more tools than it may be given. */
	private static final int MAX_ELEMENTS = 128;

	private final int maxText;

	private final Map<Integer, Choice> choices = new TreeMap<>();

	StreamedAnswer(int maxText) {
		this.maxText = maxText;
	}

	/**
	 * Add what a chunk says, of each choice at its position.
	 */
	void add(List<GenAiMessage> deltas) {
		for (int i = 0; i < Math.min(deltas.size(), MAX_ELEMENTS); i++) {
			GenAiMessage delta = deltas.get(i);
			if (!delta.parts().isEmpty() || delta.finishReason() != null || i == deltas.size() - 1) {
				this.choices.computeIfAbsent(i, (index) -> new Choice()).add(delta);
			}
		}
	}

	List<GenAiMessage> messages() {
		return this.choices.values().stream().map(Choice::message).toList();
	}

	private void append(StringBuilder text, String more) {
		int room = this.maxText + 1 - text.length();
		text.append(more, 0, Math.min(Math.max(room, 0), more.length()));
	}

	private final class Choice {

		private String role = "assistant";

		private final List<Part> others = new ArrayList<>();

		private final StringBuilder text = new StringBuilder();

		private final List<Call> calls = new ArrayList<>();

		private @Nullable String finishReason;

		void add(GenAiMessage delta) {
			this.role = delta.role();
			if (delta.finishReason() != null) {
				this.finishReason = delta.finishReason();
			}
			for (Part part : delta.parts()) {
				if (part instanceof Text more) {
					append(this.text, more.content());
				}
				else if (part instanceof ToolCall call) {
					add(call);
				}
				else if (this.others.size() < MAX_ELEMENTS) {
					this.others.add(part);
				}
			}
		}

		private void add(ToolCall delta) {
			Call call = continued(delta);
			if (call == null) {
				if (this.calls.size() == MAX_ELEMENTS) {
					return;
				}
				call = new Call(delta.id(), delta.name(), new StringBuilder());
				this.calls.add(call);
			}
			if (delta.arguments() != null) {
				append(call.arguments(), delta.arguments());
			}
		}

		private @Nullable Call continued(ToolCall delta) {
			if (delta.id() != null) {
				return this.calls.stream().filter((call) -> delta.id().equals(call.id())).findFirst().orElse(null);
			}
			return (delta.name().isEmpty() && !this.calls.isEmpty()) ? this.calls.get(this.calls.size() - 1) : null;
		}

		GenAiMessage message() {
			List<Part> parts = new ArrayList<>();
			if (!this.text.isEmpty()) {
				parts.add(new Text(this.text.toString()));
			}
			this.calls.forEach((call) -> parts.add(call.part()));
			parts.addAll(this.others);
			return new GenAiMessage(this.role, parts, this.finishReason);
		}

	}

	private record Call(@Nullable String id, String name, StringBuilder arguments) {

		ToolCall part() {
			return new ToolCall(this.id, this.name, this.arguments.isEmpty() ? null : this.arguments.toString());
		}

	}

}
