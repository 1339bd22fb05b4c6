package io.kosmos.tracing.autoconfigure.span;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.GenAiMessage.Text;
import io.kosmos.tracing.GenAiMessage.ToolCall;
import io.kosmos.tracing.GenAiMessage.ToolResponse;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.Attributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class OpenAiResultMapperTests {

	private static final String COMPLETION = """
			{"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-2024-08-06", "choices": [
				{"index": 0, "message": {"role": "assistant", "content": "Hello", "refusal": null},
					"logprobs": null, "finish_reason": "stop"},
				{"index": 1, "message": {"role": "assistant", "content": null, "tool_calls": [{"id": "call_1",
					"type": "function", "function": {"name": "weather", "arguments": "{\\"place\\":\\"Paris\\"}"}}]},
					"finish_reason": "tool_calls"}],
				"usage": {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29,
					"prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
					"completion_tokens_details": {"reasoning_tokens": 0}}}
			""".strip();

	private final OpenAiResultMapper mapper = new OpenAiResultMapper(
			List.of(new Jackson3TreeReader(), new Jackson2TreeReader()));

	static Stream<Object> completions() throws Exception {
		return Stream.of(JsonMapper.shared().readValue(COMPLETION, Map.class), JsonMapper.shared().readTree(COMPLETION),
				new ObjectMapper().readTree(COMPLETION), COMPLETION, "data: " + COMPLETION);
	}

	@ParameterizedTest
	@MethodSource("completions")
	void shouldReadACompletion(Object completion) {
		assertThat(this.mapper.map(completion)).isEqualTo(Attributes.builder()
			.put(GenAiAttributes.RESPONSE_ID, "chatcmpl-1")
			.put(GenAiAttributes.RESPONSE_MODEL, "gpt-4o-2024-08-06")
			.put(GenAiAttributes.RESPONSE_FINISH_REASONS, List.of("stop", "tool_calls"))
			.put(GenAiAttributes.USAGE_INPUT_TOKENS, 19)
			.put(GenAiAttributes.USAGE_OUTPUT_TOKENS, 10)
			.put(KosmosAttributes.LLM_TOTAL_TOKENS, (Long) 29L)
			.put(GenAiAttributes.USAGE_CACHE_READ_INPUT_TOKENS, (Long) 4L)
			.put(GenAiAttributes.USAGE_REASONING_OUTPUT_TOKENS, (Long) 0L)
			.build());
		assertThat(this.mapper.output(completion)).containsExactly(
				new GenAiMessage("assistant", List.of(new Text("Hello")), "stop"), new GenAiMessage("assistant",
						List.of(new ToolCall("call_1", "weather", "{\"place\":\"Paris\"}")), "tool_calls"));
	}

	@Test
	void shouldReadChunks() {
		assertThat(this.mapper
			.map(chunk("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null}]")))
			.isEqualTo(Attributes.of(GenAiAttributes.RESPONSE_ID, "c"));
		assertThat(this.mapper.output(chunk("\"choices\":[{\"index\":1,\"delta\":{\"content\":\"a\"}}]")))
			.containsExactly(new GenAiMessage("assistant", List.of(), null), GenAiMessage.of("assistant", "a"));
		assertThat(this.mapper.map(chunk("\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}")))
			.isEqualTo(Attributes.of(GenAiAttributes.RESPONSE_ID, "c", GenAiAttributes.USAGE_INPUT_TOKENS, 3L,
					GenAiAttributes.USAGE_OUTPUT_TOKENS, 1L));
		assertThat(this.mapper.output(chunk("\"choices\":[{\"index\":1000000,\"delta\":{\"content\":\"a\"}}]")))
			.isEmpty();
		assertThat(this.mapper.output("[DONE]")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "{}", "{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}",
			"{\"prompt_tokens\":null}", "{\"prompt_tokens\":\"many\"}" })
	void shouldNotReadUsageThatIsNotTold(String usage) {
		assertThat(this.mapper.map(chunk("\"usage\":" + usage)))
			.isEqualTo(Attributes.of(GenAiAttributes.RESPONSE_ID, "c"));
	}

	private static String chunk(String rest) {
		return "{\"object\":\"chat.completion.chunk\",\"id\":\"c\"," + rest + "}";
	}

	@Test
	void shouldReadTheUsageOfEmbeddings() throws Exception {
		String json = """
				{"object": "list", "model": "text-embedding-3-small", "usage": {"prompt_tokens": 8, "total_tokens": 8},
					"data": [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}]}""";
		Attributes expected = Attributes.of(GenAiAttributes.RESPONSE_MODEL, "text-embedding-3-small",
				GenAiAttributes.USAGE_INPUT_TOKENS, 8L, KosmosAttributes.LLM_TOTAL_TOKENS, 8L);
		assertThat(this.mapper.map(JsonMapper.shared().readTree(json))).isEqualTo(expected);
		assertThat(this.mapper.map(new ObjectMapper().readTree(json))).isEqualTo(expected);
		assertThat(this.mapper.map(JsonMapper.shared().readValue(json, Map.class))).isEqualTo(expected);
	}

	@Test
	void shouldReadARequest() {
		String request = """
				{"model": "gpt-4o", "messages": [{"role": "system", "content": "Be kind."},
					{"role": "user", "content": [{"type": "text", "text": "What"}, {"type": "text", "text": " is it?"},
						{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]},
					{"role": "tool", "tool_call_id": "call_1", "content": "57"}]}""";
		assertThat(this.mapper.input(request)).containsExactly(GenAiMessage.of("system", "Be kind."),
				GenAiMessage.of("user", "What is it?"),
				new GenAiMessage("tool", List.of(new ToolResponse("call_1", "57")), null));
		assertThat(this.mapper.map(request)).isNull();
	}

	static Stream<Object> others() {
		return Stream.of("", "Hello", "{", "{\"object\":\"chat.completion\"", "{\"object\":\"file\"}", "data:",
				Map.of(), Map.of("object", 1), new TreeMap<>(Map.of(1, "object")), Map.of("object", "list"),
				JsonMapper.shared().createArrayNode(), JsonMapper.shared().createObjectNode(), 42, List.of());
	}

	@ParameterizedTest
	@MethodSource("others")
	void shouldNotReadAnythingElse(Object other) {
		assertThat(this.mapper.map(other)).isNull();
		assertThat(this.mapper.output(other)).isNull();
		assertThat(this.mapper.input(other)).isNull();
	}

	@Test
	void shouldReadMapsWithoutJackson() {
		OpenAiResultMapper alone = new OpenAiResultMapper(List.of());
		assertThat(alone.map(JsonMapper.shared().readValue(COMPLETION, Map.class))).isNotNull();
		assertThat(alone.map(COMPLETION)).isNull();
	}

}
