package io.kosmos.samples.gateway;

import java.util.List;
import java.util.Set;

import io.kosmos.samples.gateway.GatewayClient.Answer;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.assertThat;

/**
 * What the trace of an answer tells.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@Import(RecordedSpans.class)
@ExtendWith(OutputCaptureExtension.class)
class ChatSpanTests {

	private static final Set<AttributeKey<?>> ONLY_STREAMED = Set.of(KosmosAttributes.LLM_TIME_TO_FIRST_CHUNK,
			GenAiAttributes.RESPONSE_TIME_TO_FIRST_CHUNK, KosmosAttributes.LLM_CHUNKS);

	@LocalServerPort
	private int port;

	private GatewayClient gateway;

	@BeforeEach
	void setUp() {
		this.gateway = new GatewayClient(this.port);
		RecordedSpans.reset();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void shouldTellEverythingAboutTheAnswer(boolean stream, CapturedOutput output) {
		Answer answer = this.gateway.chat("""
				{"model": "kosmos-mini", "stream": %s, "max_tokens": 4,
				"messages": [{"role": "user", "content": "Who decides which route a request takes?"}]}"""
			.formatted(stream));
		JsonNode id = stream ? answer.chunks().get(0).at("/id") : answer.json().at("/id");
		List<SpanData> spans = RecordedSpans.await(2);
		assertThat(spans).hasSize(2);
		SpanData chat = spans.get(0);
		SpanData server = spans.get(1);
		Attributes expected = Attributes.builder()
			.put(GenAiAttributes.OPERATION_NAME, "chat")
			.put(GenAiAttributes.PROVIDER_NAME, "kosmos")
			.put(GenAiAttributes.REQUEST_MODEL, "kosmos-mini")
			.put(GenAiAttributes.REQUEST_STREAM, stream)
			.put(GenAiAttributes.RESPONSE_ID, id.asString())
			.put(GenAiAttributes.RESPONSE_MODEL, "kosmos-mini")
			.put(GenAiAttributes.RESPONSE_FINISH_REASONS, List.of("length"))
			.put(GenAiAttributes.USAGE_INPUT_TOKENS, 15L)
			.put(GenAiAttributes.USAGE_OUTPUT_TOKENS, 4L)
			.put(KosmosAttributes.LLM_PROVIDER, "kosmos")
			.put(KosmosAttributes.LLM_MODEL, "kosmos-mini")
			.put(KosmosAttributes.LLM_STREAMING, stream)
			.put(KosmosAttributes.LLM_PROMPT_TOKENS, 15L)
			.put(KosmosAttributes.LLM_COMPLETION_TOKENS, 4L)
			.put(KosmosAttributes.LLM_TOTAL_TOKENS, 19L)
			.put(KosmosAttributes.LLM_COST, 0.0000031)
			.put(KosmosAttributes.LLM_COST_CURRENCY, "USD")
			.put(KosmosAttributes.LLM_FINISH_REASON, "length")
			.build();
		assertThat(chat).hasName("chat kosmos-mini")
			.hasKind(SpanKind.CLIENT)
			.hasTraceId(server.getTraceId())
			.hasParentSpanId(server.getSpanId())
			.hasStatus(StatusData.ok())
			.hasEventsSatisfyingExactly((event) -> event.hasName("llm.completion")
				.hasAttributes(Attributes.of(KosmosAttributes.LLM_FINISH_REASON, "length")));
		assertThat(chat.getAttributes().toBuilder().removeIf(ONLY_STREAMED::contains).build()).isEqualTo(expected);
		if (stream) {
			long duration = chat.getEndEpochNanos() - chat.getStartEpochNanos();
			assertThat(chat.getAttributes().get(KosmosAttributes.LLM_TIME_TO_FIRST_CHUNK))
				.isEqualTo(chat.getAttributes().get(GenAiAttributes.RESPONSE_TIME_TO_FIRST_CHUNK))
				.isBetween(0.0, duration / 1e9);
			assertThat(chat.getAttributes().get(KosmosAttributes.LLM_CHUNKS)).isEqualTo(answer.chunks().size() + 1);
		}
		else {
			assertThat(chat.getAttributes().asMap()).doesNotContainKeys(ONLY_STREAMED.toArray(AttributeKey<?>[]::new));
		}
		assertThat(server).hasName("http post /v1/chat/completions").hasKind(SpanKind.SERVER).hasNoParent();
		assertThat(chat.getEndEpochNanos()).isLessThanOrEqualTo(server.getEndEpochNanos());
		assertThat(output.toString().lines().filter((line) -> line.contains("kosmos-mini answered")).toList())
			.singleElement()
			.asString()
			.contains(chat.getTraceId() + "-" + chat.getSpanId());
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenModelIsUnknownShouldNotOpenAChatSpan(boolean stream) {
		this.gateway.chat("""
				{"model": "made-up", "stream": %s, "messages": [{"role": "user", "content": "Hello"}]}"""
			.formatted(stream));
		assertThat(RecordedSpans.await(1)).extracting(SpanData::getName)
			.containsExactly("http post /v1/chat/completions");
	}

	@Test
	void whenRequestIsInvalidShouldNotOpenAChatSpan() {
		this.gateway.chat("""
				{"model": "kosmos-mini", "messages": []}""");
		this.gateway.get("/v1/models");
		assertThat(RecordedSpans.await(2)).extracting(SpanData::getName)
			.containsExactly("http post /v1/chat/completions", "http get /v1/models");
	}

}
