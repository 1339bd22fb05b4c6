package io.kosmos.tracing.autoconfigure.span;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kosmos.tracing.autoconfigure.span.OpenAiResultMapper.TreeReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads trees of Jackson 2, which clients still bring along.
 */
final class Jackson2TreeReader implements TreeReader {

	private static final ObjectMapper mapper = new ObjectMapper();

	@Override
	public @Nullable Map<?, ?> read(Object source, boolean request) {
		if (!(source instanceof JsonNode node)
				|| !TreeReader.maybe(request, node.path("object").textValue(), node.has("messages"))) {
			return null;
		}
		Map<String, @Nullable Object> tree = new LinkedHashMap<>();
		for (Map.Entry<String, JsonNode> member : node.properties()) {
			if (!member.getKey().equals("data")) {
				tree.put(member.getKey(), mapper.convertValue(member.getValue(), Object.class));
			}
		}
		return tree;
	}

}
