package io.kosmos.samples.gateway;

import java.time.Duration;

import io.kosmos.samples.gateway.GatewayClient.Answer;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An embedded model that is slow and fails in the middle of longer answers.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "gateway.embedded.chunk-delay=20ms", "gateway.embedded.fail-after-chunks=8" })
@Import(RecordedSpans.class)
class FaultTests {

	@LocalServerPort
	private int port;

	private GatewayClient gateway;

	@BeforeEach
	void setUp() {
		this.gateway = new GatewayClient(this.port);
		RecordedSpans.reset();
	}

	@Test
	void shouldBreakTheStreamAsARealProviderDoes() {
		Answer answer = chat("Who decides which route a request takes?", true);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.streamedContent()).isEqualTo("Zeus is the agent that decides which ");
		assertThat(answer.events()).hasSize(9).last().asString().contains("\"code\":\"upstream_error\"");
		assertFailed();
	}

	@Test
	void shouldFailTheWholeAnswer() {
		Answer answer = chat("Who decides which route a request takes?", false);
		assertThat(answer.status()).isEqualTo(502);
		assertThat(answer.json().at("/error/code").asString()).isEqualTo("upstream_error");
		assertFailed();
	}

	// A beginning, six words and an end.
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenAnswerIsShortShouldBeSlowOnly(boolean stream) {
		Answer answer = chat("Qwerty?", stream);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(stream ? answer.streamedContent() : answer.json().at("/choices/0/message/content").asString())
			.isEqualTo("I have no knowledge about that.");
		SpanData chat = RecordedSpans.await(2).get(0);
		assertThat(chat.getStatus().getStatusCode()).isEqualTo(StatusCode.OK);
		assertThat(Duration.ofNanos(chat.getEndEpochNanos() - chat.getStartEpochNanos()))
			.isGreaterThanOrEqualTo(Duration.ofMillis(8 * 20));
	}

	private Answer chat(String question, boolean stream) {
		return this.gateway.chat("""
				{"model": "kosmos-mini", "stream": %s, "messages": [{"role": "user", "content": "%s"}]}"""
			.formatted(stream, question));
	}

	private static void assertFailed() {
		SpanData chat = RecordedSpans.await(2).get(0);
		assertThat(chat.getName()).isEqualTo("chat kosmos-mini");
		assertThat(chat.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
	}

}
