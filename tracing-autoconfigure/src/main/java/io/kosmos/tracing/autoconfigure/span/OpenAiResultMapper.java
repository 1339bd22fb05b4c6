package io.kosmos.tracing.autoconfigure.span;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.GenAiMessage.Part;
import io.kosmos.tracing.GenAiMessage.Text;
import io.kosmos.tracing.GenAiMessage.ToolCall;
import io.kosmos.tracing.GenAiMessage.ToolResponse;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.ResultMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of the
 * <a href="https://platform.openai.com/docs/api-reference/chat">OpenAI protocol</a>,
 * which most providers speak: requests and answers of chat, chunks of answers, and
 * embeddings, as a {@code Map}, as a tree of Jackson, or as text.
 */
final class OpenAiResultMapper implements ResultMapper {

	private static final String CHAT_COMPLETION = "chat.completion";

	private static final int MAX_CHOICES = 128;

	private final List<TreeReader> readers;

	OpenAiResultMapper(List<TreeReader> readers) {
		this.readers = readers;
	}

	@Override
	public @Nullable Attributes map(Object result) {
		Map<?, ?> answer = read(result, false);
		return (answer != null && isAnswer(answer)) ? attributes(answer) : null;
	}

	@Override
	public @Nullable List<GenAiMessage> input(Object argument) {
		Map<?, ?> request = read(argument, true);
		if (request == null || !(request.get("messages") instanceof List<?> messages)) {
			return null;
		}
		List<GenAiMessage> input = new ArrayList<>();
		for (Object message : messages) {
			if (message instanceof Map<?, ?> map && map.get("role") instanceof String role) {
				input.add(new GenAiMessage(role, parts(role, map), null));
			}
		}
		return (input.isEmpty()) ? null : input;
	}

	@Override
	public @Nullable List<GenAiMessage> output(Object result) {
		if (result instanceof String text && TreeReader.data(text).equals("[DONE]")) {
			return List.of();
		}
		Map<?, ?> answer = read(result, false);
		if (answer == null || !isAnswer(answer)) {
			return null;
		}
		List<GenAiMessage> output = new ArrayList<>();
		for (Map<?, ?> choice : choices(answer)) {
			int index = (choice.get("index") instanceof Number number) ? number.intValue() : output.size();
			if (index < 0 || index >= MAX_CHOICES) {
				continue;
			}
			while (output.size() <= index) {
				output.add(new GenAiMessage("assistant", List.of(), null));
			}
			Object message = (choice.get("message") != null) ? choice.get("message") : choice.get("delta");
			String reason = (choice.get("finish_reason") instanceof String text) ? text : null;
			output.set(index, new GenAiMessage("assistant",
					(message instanceof Map<?, ?> map) ? parts("assistant", map) : List.of(), reason));
		}
		return output;
	}

	private @Nullable Map<?, ?> read(Object source, boolean request) {
		if (source instanceof Map<?, ?> map) {
			return hasTextKeys(map) ? map : null;
		}
		for (TreeReader reader : this.readers) {
			Map<?, ?> tree = reader.read(source, request);
			if (tree != null) {
				return tree;
			}
		}
		return null;
	}

	// Another map may refuse to be asked for a text.
	private static boolean hasTextKeys(Map<?, ?> map) {
		return !map.isEmpty() && map.keySet().iterator().next() instanceof String;
	}

	private static boolean isAnswer(Map<?, ?> tree) {
		return tree.get("object") instanceof String object
				&& (object.startsWith(CHAT_COMPLETION) || (object.equals("list") && tree.get("usage") instanceof Map));
	}

	private static Attributes attributes(Map<?, ?> answer) {
		AttributesBuilder attributes = Attributes.builder();
		putText(attributes, GenAiAttributes.RESPONSE_ID, answer.get("id"));
		putText(attributes, GenAiAttributes.RESPONSE_MODEL, answer.get("model"));
		List<String> reasons = new ArrayList<>();
		for (Map<?, ?> choice : choices(answer)) {
			if (choice.get("finish_reason") instanceof String reason) {
				reasons.add(reason);
			}
		}
		if (!reasons.isEmpty()) {
			attributes.put(GenAiAttributes.RESPONSE_FINISH_REASONS, reasons);
		}
		if (answer.get("usage") instanceof Map<?, ?> usage && usage.get("prompt_tokens") instanceof Number prompt
				&& prompt.longValue() != 0) {
			putCount(attributes, GenAiAttributes.USAGE_INPUT_TOKENS, prompt);
			putCount(attributes, GenAiAttributes.USAGE_OUTPUT_TOKENS, usage.get("completion_tokens"));
			putCount(attributes, KosmosAttributes.LLM_TOTAL_TOKENS, usage.get("total_tokens"));
			putDetail(attributes, GenAiAttributes.USAGE_CACHE_READ_INPUT_TOKENS, usage.get("prompt_tokens_details"),
					"cached_tokens");
			putDetail(attributes, GenAiAttributes.USAGE_REASONING_OUTPUT_TOKENS, usage.get("completion_tokens_details"),
					"reasoning_tokens");
		}
		return attributes.build();
	}

	private static void putText(AttributesBuilder attributes, AttributeKey<String> key, @Nullable Object value) {
		if (value instanceof String text && !text.isEmpty()) {
			attributes.put(key, text);
		}
	}

	private static void putDetail(AttributesBuilder attributes, AttributeKey<Long> key, @Nullable Object details,
			String name) {
		if (details instanceof Map<?, ?> map) {
			putCount(attributes, key, map.get(name));
		}
	}

	private static void putCount(AttributesBuilder attributes, AttributeKey<Long> key, @Nullable Object value) {
		if (value instanceof Number count) {
			attributes.put(key, (Long) count.longValue());
		}
	}

	private static List<Map<?, ?>> choices(Map<?, ?> answer) {
		List<Map<?, ?>> choices = new ArrayList<>();
		if (answer.get("choices") instanceof List<?> list) {
			for (Object choice : list) {
				if (choice instanceof Map<?, ?> map) {
					choices.add(map);
				}
			}
		}
		return choices;
	}

	private static List<Part> parts(String role, Map<?, ?> message) {
		List<Part> parts = new ArrayList<>();
		StringBuilder text = new StringBuilder();
		appendText(text, message.get("content"));
		appendText(text, message.get("refusal"));
		if (role.equals("tool")) {
			parts
				.add(new ToolResponse((message.get("tool_call_id") instanceof String id) ? id : null, text.toString()));
		}
		else if (!text.isEmpty()) {
			parts.add(new Text(text.toString()));
		}
		if (message.get("tool_calls") instanceof List<?> calls) {
			for (Object call : calls) {
				if (call instanceof Map<?, ?> map && map.get("function") instanceof Map<?, ?> function) {
					parts.add(new ToolCall((map.get("id") instanceof String id && !id.isEmpty()) ? id : null,
							(function.get("name") instanceof String name) ? name : "",
							(function.get("arguments") instanceof String arguments) ? arguments : null));
				}
			}
		}
		return parts;
	}

	private static void appendText(StringBuilder text, @Nullable Object content) {
		if (content instanceof String string) {
			text.append(string);
		}
		else if (content instanceof List<?> parts) {
			for (Object part : parts) {
				if (part instanceof Map<?, ?> map) {
					appendText(text, map.get("text"));
				}
			}
		}
	}

	/**
	 * Reads a JSON object as maps, lists and plain values.
	 */
	@FunctionalInterface
	interface TreeReader {

		/**
		 * Read a request or an answer, without the vectors of embeddings. Whatever looks
		 * like neither is not read.
		 * @param source anything
		 * @param request whether it should be a request
		 * @return the object, or {@code null} if the source is none
		 */
		@Nullable Map<?, ?> read(Object source, boolean request);

		/**
		 * Whether an object may be one.
		 * @param object its member of that name
		 * @param messages whether it has a member of that name
		 */
		static boolean maybe(boolean request, @Nullable String object, boolean messages) {
			return (request) ? messages
					: (object != null && (object.startsWith(CHAT_COMPLETION) || object.equals("list")));
		}

		/**
		 * Whether a text may be one.
		 */
		static boolean maybe(boolean request, String text) {
			return text.startsWith("{") && text.contains((request) ? "\"messages\"" : "\"" + CHAT_COMPLETION);
		}

		/**
		 * What a line of a stream of events carries, if it is one.
		 */
		static String data(String text) {
			return (text.startsWith("data:")) ? text.substring(5).strip() : text;
		}

	}

}
