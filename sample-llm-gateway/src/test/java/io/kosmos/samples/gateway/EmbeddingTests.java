package io.kosmos.samples.gateway;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingType;
import io.kosmos.samples.gateway.GatewayClient.Answer;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Embeddings, seen by a caller.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "gateway.max-message-length=200")
@Import(RecordedSpans.class)
class EmbeddingTests {

	private static final String OIL = "Change the oil of the compressor";

	@LocalServerPort
	private int port;

	private GatewayClient gateway;

	@BeforeEach
	void setUp() {
		this.gateway = new GatewayClient(this.port);
		RecordedSpans.reset();
	}

	@Test
	void shouldTurnATextIntoAVector() {
		JsonNode json = embed("\"input\": \"%s\"".formatted(OIL)).json();
		assertThat(json.propertyNames()).containsExactlyInAnyOrder("object", "data", "model", "usage");
		assertThat(json.at("/object").asString()).isEqualTo("list");
		assertThat(json.at("/model").asString()).isEqualTo("kosmos-embed");
		assertThat(json.at("/data")).hasSize(1);
		assertThat(json.at("/data/0/object").asString()).isEqualTo("embedding");
		assertThat(json.at("/data/0/index").asInt()).isZero();
		assertThat(floats(json, 0)).hasSize(256);
		int tokens = Encodings.newDefaultEncodingRegistry().getEncoding(EncodingType.O200K_BASE).countTokens(OIL);
		assertThat(json.at("/usage").toString())
			.isEqualTo("{\"prompt_tokens\":%d,\"total_tokens\":%d}".formatted(tokens, tokens));
	}

	@Test
	void shouldPutTextsOfOneTopicCloseTogether() {
		JsonNode json = embed(
				"\"input\": [\"%s\", \"When is the compressor's oil changed?\", \"Who is Zeus?\", \"the\"]"
					.formatted(OIL))
			.json();
		float[] oil = floats(json, 0);
		assertThat(product(oil, oil)).isCloseTo(1, Offset.offset(1e-6));
		assertThat(product(floats(json, 3), floats(json, 3))).isCloseTo(1, Offset.offset(1e-6));
		assertThat(product(oil, floats(json, 1))).isGreaterThan(0.5);
		assertThat(product(oil, floats(json, 2))).isLessThan(0.1);
		assertThat(json.at("/data").valueStream().map((data) -> data.at("/index").asInt())).containsExactly(0, 1, 2, 3);
	}

	@Test
	void shouldWriteTheSameVectorAsBase64() {
		float[] floats = floats(
				embed("\"input\": [\"%s\"], \"dimensions\": 64, \"encoding_format\": \"float\"".formatted(OIL)).json(),
				0);
		String base64 = embed("\"input\": [\"%s\"], \"dimensions\": 64, \"encoding_format\": \"base64\"".formatted(OIL))
			.json()
			.at("/data/0/embedding")
			.asString();
		float[] decoded = new float[64];
		ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(decoded);
		assertThat(decoded).isEqualTo(floats);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			"dimensions": 8                                  | input
			"input": ""                                      | input
			"input": []                                      | input
			"input": ["a", ""]                               | input
			"input": [1, 2]                                  | input
			"input": "a", "encoding_format": "hex"           | encoding_format
			"input": "a", "dimensions": 0                    | dimensions
			"input": "a", "dimensions": 2049                 | dimensions
			""")
	void whenRequestIsInvalidShouldAnswer400(String body, String param) {
		Answer answer = embed(body);
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.json().at("/error/param").asString()).isEqualTo(param);
		assertThat(answer.json().at("/error/message").asString()).startsWith(param);
	}

	@Test
	void whenThereIsTooMuchTextShouldAnswer400() {
		assertThat(embed("\"input\": \"%s\"".formatted("x".repeat(201))).json().at("/error/message").asString())
			.isEqualTo("input has 201 characters, at most 200 are accepted");
		assertThat(
				embed("\"input\": [%s\"a\"]".formatted("\"a\",".repeat(2048))).json().at("/error/message").asString())
			.isEqualTo("input has 2049 texts, at most 2048 are accepted");
	}

	@Test
	void shouldKeepModelsForChatAndForEmbeddingsApart() {
		Answer embeddings = this.gateway.post("/v1/embeddings", "{\"model\": \"kosmos-mini\", \"input\": \"a\"}");
		assertThat(embeddings.status()).isEqualTo(404);
		assertThat(embeddings.json().at("/error/code").asString()).isEqualTo("model_not_found");
		Answer chat = this.gateway.chat("""
				{"model": "kosmos-embed", "messages": [{"role": "user", "content": "Hello"}]}""");
		assertThat(chat.status()).isEqualTo(404);
	}

	@Test
	void shouldTellEverythingAboutTheEmbedding() {
		embed("\"input\": \"Zeus\"");
		List<SpanData> spans = RecordedSpans.await(2);
		OpenTelemetryAssertions.assertThat(spans.get(0))
			.hasName("embeddings kosmos-embed")
			.hasKind(SpanKind.CLIENT)
			.hasParentSpanId(spans.get(1).getSpanId())
			.hasStatus(StatusData.ok())
			.hasAttributes(Attributes.builder()
				.put(GenAiAttributes.OPERATION_NAME, "embeddings")
				.put(GenAiAttributes.PROVIDER_NAME, "kosmos")
				.put(GenAiAttributes.REQUEST_MODEL, "kosmos-embed")
				.put(GenAiAttributes.RESPONSE_MODEL, "kosmos-embed")
				.put(GenAiAttributes.USAGE_INPUT_TOKENS, 2L)
				.put(KosmosAttributes.LLM_PROVIDER, "kosmos")
				.put(KosmosAttributes.LLM_MODEL, "kosmos-embed")
				.put(KosmosAttributes.LLM_PROMPT_TOKENS, 2L)
				.put(KosmosAttributes.LLM_TOTAL_TOKENS, 2L)
				.put(KosmosAttributes.LLM_COST, 0.00000004)
				.put(KosmosAttributes.LLM_COST_CURRENCY, "USD")
				.build());
	}

	private Answer embed(String body) {
		return this.gateway.post("/v1/embeddings", "{\"model\": \"kosmos-embed\", %s}".formatted(body));
	}

	private static float[] floats(JsonNode json, int index) {
		JsonNode embedding = json.at("/data/%d/embedding".formatted(index));
		float[] floats = new float[embedding.size()];
		for (int i = 0; i < floats.length; i++) {
			floats[i] = embedding.get(i).floatValue();
		}
		return floats;
	}

	private static double product(float[] one, float[] other) {
		double product = 0;
		for (int i = 0; i < one.length; i++) {
			product += one[i] * other[i];
		}
		return product;
	}

}
