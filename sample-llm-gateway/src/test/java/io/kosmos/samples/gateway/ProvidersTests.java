package io.kosmos.samples.gateway;

import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * The gateway with several providers side by side.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "gateway.providers=kosmos,atlas,openai", "gateway.openai.models=gpt-4o" })
@Import(RecordedSpans.class)
class ProvidersTests {

	private static final StubServer upstream = new StubServer();

	@LocalServerPort
	private int port;

	private GatewayClient gateway;

	@DynamicPropertySource
	static void upstream(DynamicPropertyRegistry registry) {
		registry.add("gateway.openai.base-url", upstream::baseUrl);
	}

	@AfterAll
	static void stopUpstream() {
		upstream.close();
	}

	@BeforeEach
	void setUp() {
		this.gateway = new GatewayClient(this.port);
		RecordedSpans.reset();
		upstream.answer(200, "application/json", """
				{"id":"1","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,
				"message":{"role":"assistant","content":"I am upstream."},"finish_reason":"stop"}]}""");
	}

	@ParameterizedTest
	@CsvSource({ "kosmos-mini,kosmos,1", "kosmos-large,kosmos,3", "atlas-mini,atlas,2", "atlas-large,atlas,5",
			"gpt-4o,openai,1" })
	void shouldAskTheProviderThatOffersTheModel(String model, String provider, int sentences) {
		String content = this.gateway.chat("""
				{"model": "%s", "messages": [{"role": "user", "content": "pump motor compressor"}]}""".formatted(model))
			.json()
			.at("/choices/0/message/content")
			.asString();
		assertThat(content.split("(?<=\\.) ")).hasSize(sentences);
		SpanData chat = RecordedSpans.await(2)
			.stream()
			.filter((span) -> span.getName().equals("chat " + model))
			.findFirst()
			.orElseThrow();
		assertThat(chat.getAttributes().get(stringKey("gen_ai.provider.name"))).isEqualTo(provider);
		assertThat(chat.getAttributes().get(stringKey("kosmos.llm.provider"))).isEqualTo(provider);
	}

	@Test
	void shouldListTheModelsOfAll() {
		assertThat(this.gateway.get("/v1/models").json().at("/data"))
			.extracting((model) -> model.at("/id").asString(), (model) -> model.at("/owned_by").asString())
			.containsExactly(tuple("kosmos-large", "kosmos"), tuple("kosmos-mini", "kosmos"),
					tuple("kosmos-embed", "kosmos"), tuple("atlas-large", "atlas"), tuple("atlas-mini", "atlas"),
					tuple("gpt-4o", "openai"));
	}

}
