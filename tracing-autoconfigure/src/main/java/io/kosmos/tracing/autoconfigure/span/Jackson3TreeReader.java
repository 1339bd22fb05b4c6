package io.kosmos.tracing.autoconfigure.span;

import java.util.LinkedHashMap;
import java.util.Map;

import io.kosmos.tracing.autoconfigure.span.OpenAiResultMapper.TreeReader;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads trees of Jackson 3, and text that is clearly a chat request or answer.
 */
final class Jackson3TreeReader implements TreeReader {

	@Override
	public @Nullable Map<?, ?> read(Object source, boolean request) {
		if (source instanceof String text) {
			return readText(TreeReader.data(text), request);
		}
		if (!(source instanceof JsonNode node)
				|| !TreeReader.maybe(request, node.path("object").stringValue(null), node.has("messages"))) {
			return null;
		}
		Map<String, @Nullable Object> tree = new LinkedHashMap<>();
		for (Map.Entry<String, JsonNode> member : node.properties()) {
			if (!member.getKey().equals("data")) {
				tree.put(member.getKey(), JsonMapper.shared().treeToValue(member.getValue(), Object.class));
			}
		}
		return tree;
	}

	private static @Nullable Map<?, ?> readText(String text, boolean request) {
		if (!TreeReader.maybe(request, text)) {
			return null;
		}
		try {
			return JsonMapper.shared().readValue(text, Map.class);
		}
		catch (JacksonException ex) {
			return null;
		}
	}

}
