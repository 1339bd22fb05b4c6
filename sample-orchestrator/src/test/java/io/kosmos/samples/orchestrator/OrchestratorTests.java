package io.kosmos.samples.orchestrator;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.BodyContentSpec;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.http.clients.read-timeout=2s")
@Import(TestBackend.class)
@ExtendWith(OutputCaptureExtension.class)
class OrchestratorTests {

	private static final String TRACE_ID = "[0-9a-f]*[1-9a-f][0-9a-f]*";

	@Autowired
	private GatewayStub gateway;

	private RestTestClient client;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.gateway.reset();
		this.client = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
	}

	@Test
	void shouldAnswerFromKnowledge() {
		post("""
				{"message": "How do I find a trace in Jaeger?", "session_id": "s-1"}""").expectStatus()
			.isOk()
			.expectHeader()
			.contentType(MediaType.APPLICATION_JSON)
			.expectBody()
			.jsonPath("$.route.decision")
			.isEqualTo("knowledge")
			.jsonPath("$.route.confidence")
			.isEqualTo(0.75)
			.jsonPath("$.answer")
			.isEqualTo("Forty-two.")
			.jsonPath("$.usage.prompt_tokens")
			.isEqualTo(17)
			.jsonPath("$.usage.completion_tokens")
			.isEqualTo(4)
			.jsonPath("$.usage.total_tokens")
			.isEqualTo(21)
			.jsonPath("$.cost.amount")
			.isEqualTo(0.0000033)
			.jsonPath("$.cost.currency")
			.isEqualTo("USD")
			.jsonPath("$.sources.length()")
			.isEqualTo(3)
			.jsonPath("$.sources[0].title")
			.isEqualTo("Finding a request in Jaeger")
			.jsonPath("$.session_id")
			.isEqualTo("s-1")
			.jsonPath("$.trace_id")
			.value(String.class, (id) -> assertThat(id).matches(TRACE_ID));
		assertThat(this.gateway.body()).contains("\"model\":\"kosmos-mini\"")
			.contains("Finding a request in Jaeger")
			.contains("{\"role\":\"user\",\"content\":\"How do I find a trace in Jaeger?\"}");
	}

	@Test
	void shouldAnswerDirectlyWhatNeedsNoKnowledge() {
		post("""
				{"message": "Good morning!"}""").expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.route.decision")
			.isEqualTo("chat")
			.jsonPath("$.route.confidence")
			.isEqualTo(0.75)
			.jsonPath("$.sources")
			.isEmpty()
			.jsonPath("$.answer")
			.isEqualTo("Forty-two.");
	}

	@Test
	void shouldAskTheModelOfTheRequest() {
		post("""
				{"message": "Good morning!", "model": "kosmos-large"}""").expectStatus().isOk();
		assertThat(this.gateway.body()).contains("\"model\":\"kosmos-large\"");
	}

	@Test
	void shouldCarryTheTraceToTheGatewayAndIntoTheLog(CapturedOutput output) {
		byte[] answer = post("""
				{"message": "What is a span of a secret-customer?"}""").expectBody().returnResult().getResponseBody();
		assertThat(answer).isNotNull();
		String traceId = JsonPath.read(new String(answer), "$.trace_id");
		assertThat(this.gateway.header("traceparent")).startsWith("00-" + traceId + "-");
		assertThat(output.getOut().lines().filter((line) -> line.contains(traceId)))
			.anyMatch((line) -> line.contains("INFO") && line.contains("Decided on route knowledge"))
			.anyMatch((line) -> line.contains("INFO") && line.contains("Answered with"));
		assertThat(output).doesNotContain("secret-customer");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"message\": null}", "{\"message\": \"\"}", "{\"message\": \" \\n\"}" })
	void shouldRefuseAMissingMessage(String json) {
		problem(post(json), HttpStatus.BAD_REQUEST).jsonPath("$.detail").isEqualTo("message: must not be blank");
	}

	@Test
	void shouldRefuseAMessageThatIsTooLong() {
		post("{\"message\": \"%s\"}".formatted("a".repeat(4000))).expectStatus().isOk();
		problem(post("{\"message\": \"%s\"}".formatted("a".repeat(4001))), HttpStatus.BAD_REQUEST).jsonPath("$.detail")
			.isEqualTo("message: must not have more than 4000 characters");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "[]", "{\"message\": {}}" })
	void shouldRefuseMalformedJson(String json) {
		problem(post(json), HttpStatus.BAD_REQUEST);
	}

	@Test
	void shouldRefuseAnotherMediaType() {
		problem(this.client.post()
			.uri("/api/v1/orchestrate")
			.contentType(MediaType.TEXT_PLAIN)
			.body("Good morning!")
			.exchange(), HttpStatus.UNSUPPORTED_MEDIA_TYPE);
	}

	@Test
	void shouldTellOfAPathThatDoesNotExist() {
		problem(this.client.get().uri("/api/v1/nothing").exchange(), HttpStatus.NOT_FOUND);
	}

	@Test
	void whenTheModelIsUnknownShouldAnswer422() {
		this.gateway.answer(404, """
				{"error": {"message": "The model does not exist", "code": "model_not_found"}}""");
		problem(post("""
				{"message": "Good morning!", "model": "kosmos-huge"}"""), HttpStatus.UNPROCESSABLE_CONTENT)
			.jsonPath("$.detail")
			.isEqualTo("The gateway does not know this model");
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 429, 500, 503 })
	void whenTheGatewayFailsShouldAnswer502(int status) {
		this.gateway.answer(status, "{}");
		problem(post("""
				{"message": "Good morning!"}"""), HttpStatus.BAD_GATEWAY).jsonPath("$.detail")
			.isEqualTo("The gateway failed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "[]", "{}", "{\"choices\": [], \"usage\": {}}",
			"{\"choices\": [{}], \"usage\": {}}", "{\"choices\": [{\"message\": {}}], \"usage\": {}}" })
	void whenTheGatewaySaysNothingUsefulShouldAnswer502(String json) {
		this.gateway.answer(200, json);
		problem(post("""
				{"message": "Good morning!"}"""), HttpStatus.BAD_GATEWAY).jsonPath("$.detail")
			.isEqualTo("The gateway failed");
	}

	@Test
	void whenTheGatewayHangsUpShouldAnswer502() {
		this.gateway.answer((exchange) -> {
			exchange.sendResponseHeaders(200, 1000);
			exchange.getResponseBody().write('{');
		});
		problem(post("""
				{"message": "Good morning!"}"""), HttpStatus.BAD_GATEWAY);
	}

	@Test
	void whenTheGatewayIsSilentShouldAnswer504() {
		CountDownLatch answered = new CountDownLatch(1);
		this.gateway.answer((exchange) -> await(answered));
		problem(post("""
				{"message": "Good morning!"}"""), HttpStatus.GATEWAY_TIMEOUT);
		answered.countDown();
	}

	@Test
	void whenTheGatewayFallsSilentHalfWayShouldAnswer502() {
		CountDownLatch answered = new CountDownLatch(1);
		this.gateway.answer((exchange) -> {
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(200, 0);
			exchange.getResponseBody().write('{');
			exchange.getResponseBody().flush();
			await(answered);
		});
		problem(post("""
				{"message": "Good morning!"}"""), HttpStatus.BAD_GATEWAY);
		answered.countDown();
	}

	private ResponseSpec post(String json) {
		return this.client.post()
			.uri("/api/v1/orchestrate")
			.contentType(MediaType.APPLICATION_JSON)
			.header("X-Tenant-Id", "acme")
			.header("X-User-Id", "u-1")
			.body(json)
			.exchange();
	}

	private static BodyContentSpec problem(ResponseSpec response, HttpStatus status) {
		return response.expectStatus()
			.isEqualTo(status)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.status")
			.isEqualTo(status.value())
			.jsonPath("$.title")
			.isEqualTo(status.getReasonPhrase())
			.jsonPath("$.trace_id")
			.value(String.class, (id) -> assertThat(id).matches(TRACE_ID));
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
