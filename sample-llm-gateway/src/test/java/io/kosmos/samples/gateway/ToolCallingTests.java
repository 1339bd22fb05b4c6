package io.kosmos.samples.gateway;

import java.util.List;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.kosmos.samples.gateway.GatewayClient.Answer;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import static io.opentelemetry.api.common.AttributeKey.stringArrayKey;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The embedded model and the tools that a caller offers.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@Import(RecordedSpans.class)
class ToolCallingTests {

	private static final Encoding encoding = Encodings.newDefaultEncodingRegistry()
		.getEncoding(EncodingType.O200K_BASE);

	private static final JsonMapper jsonMapper = new JsonMapper();

	private static final String TOOLS = """
			[{"type": "function", "function": {"name": "get_weather",
				"description": "Current weather of a city",
				"parameters": {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
					"required": ["city"]}}},
			{"type": "function", "function": {"name": "createWorkOrder",
				"description": "Opens a work order for the repair of a machine",
				"parameters": {"type": "object",
					"properties": {
						"asset": {"type": "string"},
						"priority": {"type": "string", "enum": ["low", "high"]},
						"kind": {"enum": [null, "repair", "inspection"]},
						"hours": {"type": "number"},
						"people": {"type": "integer", "minimum": 2},
						"approved": {"type": ["boolean", "null"]},
						"parts": {"type": "array", "items": {"type": "object",
							"properties": {"count": {"type": "integer"}, "note": {"type": "string"}},
							"required": ["count"]}}},
					"required": ["asset", "priority", "kind", "hours", "people", "approved", "parts"]}}},
			{"type": "custom", "custom": {"name": "weather"}}]""";

	@LocalServerPort
	private int port;

	private GatewayClient gateway;

	@BeforeEach
	void setUp() {
		this.gateway = new GatewayClient(this.port);
		RecordedSpans.reset();
	}

	@Test
	void shouldCallTheToolThatFits() {
		JsonNode answer = ask("What is the weather in Berlin?", "").json();
		assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("tool_calls");
		JsonNode message = answer.at("/choices/0/message");
		assertThat(message.propertyNames()).containsExactlyInAnyOrder("role", "tool_calls");
		assertThat(message.at("/tool_calls")).hasSize(1);
		JsonNode call = message.at("/tool_calls/0");
		assertThat(call.propertyNames()).containsExactlyInAnyOrder("id", "type", "function");
		assertThat(call.at("/id").asString()).startsWith("call_");
		assertThat(call.at("/type").asString()).isEqualTo("function");
		assertThat(call.at("/function/name").asString()).isEqualTo("get_weather");
		assertThat(call.at("/function/arguments").asString()).isEqualTo("{\"city\":\"Berlin\"}");
		SpanData chat = RecordedSpans.await(2).get(0);
		assertThat(chat.getAttributes().get(stringArrayKey("gen_ai.response.finish_reasons")))
			.containsExactly("tool_calls");
	}

	@Test
	void shouldFillArgumentsOfEveryType() {
		JsonNode answer = ask("Create a work order for pump P-7 with high priority, it takes 3.5 hours", "").json();
		String arguments = answer.at("/choices/0/message/tool_calls/0/function/arguments").asString();
		assertThat(jsonMapper.readTree(arguments)).isEqualTo(jsonMapper.readTree("""
				{"asset": "pump P-7 high priority takes 3.5 hours", "priority": "high", "kind": "repair", "hours": 3.5,
				"people": 2, "approved": true, "parts": [{"count": 1}]}"""));
	}

	@Test
	void shouldCountTheTokensOfToolsAndCalls() {
		String question = "What is the weather in Berlin?";
		JsonNode usage = ask(question, "").json().at("/usage");
		JsonNode without = this.gateway.chat("""
				{"model": "kosmos-mini", "messages": [{"role": "system", "content": "Be brief."},
					{"role": "user", "content": "%s"}]}""".formatted(question)).json();
		int tools = encoding.countTokens(jsonMapper.readTree(TOOLS).toString());
		assertThat(usage.at("/prompt_tokens").asInt()).isEqualTo(without.at("/usage/prompt_tokens").asInt() + tools);
		assertThat(usage.at("/completion_tokens").asInt())
			.isEqualTo(encoding.countTokens("get_weather") + encoding.countTokens("{\"city\":\"Berlin\"}"));
		assertThat(usage.propertyNames()).containsExactlyInAnyOrder("prompt_tokens", "completion_tokens",
				"total_tokens");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-",
			textBlock = """
					What is the weather in Berlin?                 | "auto"                                                          | get_weather
					Call get_weather!                              | "auto"                                                          | get_weather
					Who can repair the machine?                    | "auto"                                                          | createWorkOrder
					Weather in Berlin and create a work order      | "auto"                                                          | get_weather createWorkOrder
					Who is Zeus?                                   | "auto"                                                          | -
					What is the weather in Berlin?                 | "none"                                                          | -
					What is the weather in Berlin?                 | "required"                                                      | get_weather
					Which machine?                                 | "required"                                                      | createWorkOrder
					Who is Zeus?                                   | "required"                                                      | get_weather
					Who is Zeus?                                   | {"type": "function", "function": {"name": "createWorkOrder"}}   | createWorkOrder
					""")
	void shouldFollowTheChoice(String question, String choice, String tools) {
		Answer answer = ask(question, "\"tool_choice\": %s,".formatted(choice));
		assertThat(names(answer.json().at("/choices/0/message/tool_calls")))
			.isEqualTo((tools != null) ? List.of(tools.split(" ")) : List.of());
		assertThat(answer.json().at("/choices/0/finish_reason").asString())
			.isEqualTo((tools != null) ? "tool_calls" : "stop");
	}

	@Test
	void whenParallelCallsAreNotWantedShouldCallOneTool() {
		JsonNode answer = ask("Weather in Berlin and create a work order", "\"parallel_tool_calls\": false,").json();
		assertThat(names(answer.at("/choices/0/message/tool_calls"))).containsExactly("get_weather");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			"sometimes"
			{"type": "function", "function": {"name": "unknown"}}
			{"type": "function"}
			5
			""")
	void whenChoiceIsNotUnderstoodShouldAnswer400(String choice) {
		for (String stream : List.of("", "\"stream\": true,")) {
			Answer answer = ask("Hello", "%s \"tool_choice\": %s,".formatted(stream, choice));
			assertThat(answer.status()).isEqualTo(400);
			assertThat(answer.json().at("/error/param").asString()).isEqualTo("tool_choice");
		}
	}

	@Test
	void whenToolIsRequiredButNoneOfferedShouldAnswer400() {
		Answer answer = this.gateway
			.chat("""
					{"model": "kosmos-mini", "tool_choice": "required", "messages": [{"role": "user", "content": "Hello"}]}""");
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.json().at("/error/message").asString()).isEqualTo("tool_choice needs tools");
	}

	@Test
	void shouldAnswerWithTheResults() {
		String conversation = """
				{"role": "user", "content": "What is the weather in Berlin, and create a work order"},
				{"role": "assistant", "content": null, "tool_calls": [
					{"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}},
					{"id": "call_2", "type": "function", "function": {"name": "createWorkOrder", "arguments": "{}"}}]},
				{"role": "tool", "tool_call_id": "call_2", "content": "order 17"},
				{"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "21 degrees"}]}""";
		JsonNode answer = this.gateway.chat("""
				{"model": "kosmos-mini", "tools": %s, "messages": [%s]}""".formatted(TOOLS, conversation)).json();
		assertThat(answer.at("/choices/0/message").toString())
			.isEqualTo("{\"role\":\"assistant\",\"content\":\"createWorkOrder: order 17\\nget_weather: 21 degrees\"}");
		assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
		JsonNode next = this.gateway.chat("""
				{"model": "kosmos-mini", "tools": %s, "messages": [%s, {"role": "assistant", "content": "Done."},
					{"role": "user", "content": "And the weather in Rome?"}]}""".formatted(TOOLS, conversation)).json();
		assertThat(next.at("/choices/0/message/tool_calls/0/function/arguments").asString())
			.isEqualTo("{\"city\":\"Rome\"}");
	}

	@Test
	void shouldStreamCallsInFragments() {
		Answer answer = ask("Weather in Berlin and create a work order",
				"\"stream\": true, \"stream_options\": {\"include_usage\": true},");
		List<JsonNode> chunks = answer.chunks();
		assertThat(answer.events()).last().isEqualTo("[DONE]");
		assertThat(chunks.get(0).at("/choices/0/delta").toString()).isEqualTo("{\"role\":\"assistant\"}");
		StringBuilder[] arguments = { new StringBuilder(), new StringBuilder() };
		List<String> names = List.of("get_weather", "createWorkOrder");
		int started = 0;
		for (JsonNode chunk : chunks.subList(1, chunks.size() - 2)) {
			assertThat(chunk.at("/choices/0/finish_reason").isNull()).isTrue();
			assertThat(chunk.at("/choices/0/delta/tool_calls")).hasSize(1);
			JsonNode call = chunk.at("/choices/0/delta/tool_calls/0");
			if (call.has("id")) {
				assertThat(call.at("/index").asInt()).isEqualTo(started);
				assertThat(call.at("/type").asString()).isEqualTo("function");
				assertThat(call.at("/function").toString())
					.isEqualTo("{\"name\":\"%s\",\"arguments\":\"\"}".formatted(names.get(started)));
				started++;
			}
			else {
				assertThat(call.propertyNames()).containsExactlyInAnyOrder("index", "function");
				assertThat(call.at("/function").propertyNames()).containsExactly("arguments");
				assertThat(call.at("/index").asInt()).isEqualTo(started - 1);
				arguments[started - 1].append(call.at("/function/arguments").asString());
			}
		}
		assertThat(started).isEqualTo(2);
		assertThat(chunks).hasSizeGreaterThan(8);
		assertThat(jsonMapper.readTree(arguments[0].toString()).at("/city").asString()).contains("Berlin");
		assertThat(jsonMapper.readTree(arguments[1].toString()).propertyNames()).hasSize(7);
		assertThat(chunks.get(chunks.size() - 2).at("/choices/0").toString())
			.isEqualTo("{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}");
		JsonNode last = chunks.get(chunks.size() - 1);
		assertThat(last.at("/choices")).isEmpty();
		assertThat(last.at("/usage/completion_tokens").asInt()).isPositive();
	}

	private Answer ask(String question, String options) {
		return this.gateway.chat("""
				{"model": "kosmos-mini", %s "tools": %s, "messages": [
					{"role": "system", "content": "Be brief."}, {"role": "user", "content": "%s"}]}"""
			.formatted(options, TOOLS, question));
	}

	private static List<String> names(JsonNode calls) {
		return calls.valueStream().map((call) -> call.at("/function/name").asString()).toList();
	}

}
