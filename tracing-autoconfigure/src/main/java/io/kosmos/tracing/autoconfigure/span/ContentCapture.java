package io.kosmos.tracing.autoconfigure.span;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.GenAiMessage.Part;
import io.kosmos.tracing.GenAiMessage.Text;
import io.kosmos.tracing.GenAiMessage.ToolCall;
import io.kosmos.tracing.GenAiMessage.ToolResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonWriter;

/**
 * What is recorded of what is said to models and tools, and by them, as attribute values
 * in the shape of the
 * <a href= "https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/">generative
 * AI conventions</a>. What is too long is shortened inside the JSON, which stays valid.
 * Thread-safe.
 */
final class ContentCapture {

	/** Records nothing. */
	static final ContentCapture NONE = new ContentCapture(0, 0, JsonLibrary.NONE);

	/** However much the span limits allow. */
	private static final int MAX_VALUE = 1024 * 1024;

	private static final JsonWriter<Object> writer = JsonWriter.standard();

	/** Characters of a text. */
	private final int maxText;

	/** Characters of an attribute value. */
	private final int maxValue;

	private final JsonLibrary json;

	private ContentCapture(int maxText, int maxValue, JsonLibrary json) {
		this.maxText = maxText;
		this.maxValue = maxValue;
		this.json = json;
	}

	/**
	 * Record what the configuration says.
	 * @param properties the configuration
	 * @param maxValue characters of an attribute value that the SDK does not cut
	 * @param json what reads and writes JSON
	 */
	static ContentCapture of(ContentProperties properties, int maxValue, Supplier<JsonLibrary> json) {
		int bounded = Math.min(maxValue, MAX_VALUE);
		return switch (properties.capture()) {
			case NONE -> NONE;
			case TRUNCATED -> new ContentCapture(Math.min(properties.maxLength(), bounded), bounded, json.get());
			case FULL -> new ContentCapture(bounded, bounded, json.get());
		};
	}

	/**
	 * Whether anything is recorded.
	 */
	boolean isOn() {
		return this.maxValue > 0;
	}

	int maxText() {
		return this.maxText;
	}

	/**
	 * Content that is already text, or JSON as text.
	 */
	String text(String content) {
		if (content.length() <= this.maxText) {
			return content;
		}
		Object tree = this.json.read(content);
		return (tree != null) ? fit(tree, false) : cut(content, this.maxText);
	}

	/**
	 * JSON of messages; when there is not enough room, of the newest.
	 */
	String messages(List<GenAiMessage> messages) {
		return fit(messages.stream().map(this::message).toList(), true);
	}

	/**
	 * JSON of parts of messages.
	 */
	String parts(List<Part> parts) {
		return fit(parts.stream().map(this::part).toList(), false);
	}

	/**
	 * JSON of values of the application by name.
	 */
	String values(Map<String, @Nullable Object> values) {
		Map<String, @Nullable Object> trees = new LinkedHashMap<>();
		values.forEach((name, value) -> trees.put(name, tree(value)));
		return fit(trees, false);
	}

	/**
	 * JSON of a value of the application; text stays as it is.
	 */
	String value(Object value) {
		Object tree = (value instanceof CharSequence) ? value.toString() : tree(value);
		return (tree instanceof String text) ? text(text) : fit(tree, false);
	}

	private @Nullable Object tree(@Nullable Object value) {
		if (value == null || value instanceof String || value instanceof Boolean || value instanceof Integer
				|| value instanceof Long) {
			return value;
		}
		try {
			return this.json.convert(value);
		}
		catch (Exception | StackOverflowError ex) {
			return value.toString();
		}
	}

	private Map<String, Object> message(GenAiMessage message) {
		Map<String, Object> tree = new LinkedHashMap<>();
		tree.put("role", new Fixed(message.role()));
		tree.put("parts", message.parts().stream().map(this::part).toList());
		if (message.finishReason() != null) {
			tree.put("finish_reason", new Fixed(message.finishReason()));
		}
		return tree;
	}

	private Map<String, Object> part(Part part) {
		Map<String, Object> tree = new LinkedHashMap<>();
		if (part instanceof Text text) {
			tree.put("type", new Fixed("text"));
			tree.put("content", text.content());
		}
		else if (part instanceof ToolCall call) {
			tree.put("type", new Fixed("tool_call"));
			putId(tree, call.id());
			tree.put("name", new Fixed(call.name()));
			if (call.arguments() != null) {
				tree.put("arguments", embedded(call.arguments()));
			}
		}
		else if (part instanceof ToolResponse response) {
			tree.put("type", new Fixed("tool_call_response"));
			putId(tree, response.id());
			tree.put("response", embedded(response.response()));
		}
		return tree;
	}

	private static void putId(Map<String, Object> tree, @Nullable String id) {
		if (id != null) {
			tree.put("id", new Fixed(id));
		}
	}

	private Object embedded(String json) {
		Object tree = this.json.read(json);
		return (tree != null) ? tree : json;
	}

	/**
	 * The JSON, with texts cut to their length, and with less and less of texts and
	 * elements until it fits into an attribute.
	 */
	private String fit(@Nullable Object tree, boolean newest) {
		int text = this.maxText;
		int elements = this.maxValue;
		String json = writer.writeToString(shorten(tree, text, elements, newest));
		while (json.length() > this.maxValue && elements > 0) {
			text /= 2;
			elements /= 2;
			json = writer.writeToString(shorten(tree, text, elements, newest));
		}
		return json;
	}

	private static @Nullable Object shorten(@Nullable Object tree, int text, int elements, boolean newest) {
		if (tree instanceof String string) {
			return cut(string, text);
		}
		if (tree instanceof List<?> list) {
			List<?> kept = (list.size() <= elements) ? list
					: (newest) ? list.subList(list.size() - elements, list.size()) : list.subList(0, elements);
			List<@Nullable Object> shortened = new ArrayList<>(kept.size());
			kept.forEach((element) -> shortened.add(shorten(element, text, elements, false)));
			return shortened;
		}
		if (tree instanceof Map<?, ?> map) {
			Map<String, @Nullable Object> shortened = new LinkedHashMap<>();
			map.forEach((name, value) -> {
				if (shortened.size() < elements) {
					shortened.put(String.valueOf(name), shorten(value, text, elements, false));
				}
			});
			return shortened;
		}
		return tree;
	}

	private static String cut(String text, int length) {
		if (text.length() <= length) {
			return text;
		}
		int end = (length > 0 && Character.isHighSurrogate(text.charAt(length - 1))) ? length - 1 : length;
		return text.substring(0, end) + "…";
	}

	/**
	 * A text that is not content, and is never cut.
	 */
	private record Fixed(String text) {

		@Override
		public String toString() {
			return this.text;
		}

	}

}
