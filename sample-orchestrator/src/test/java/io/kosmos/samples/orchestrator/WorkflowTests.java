package io.kosmos.samples.orchestrator;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import io.kosmos.samples.orchestrator.Traces.Trace;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The maintenance workflow of Chronos, by its HTTP API and its trace.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.http.clients.read-timeout=2s")
@Import(TestBackend.class)
class WorkflowTests {

	static final String PLANNED = """
			SERVER http post /api/v1/orchestrate
			  INTERNAL invoke_agent zeus
			    INTERNAL invoke_workflow maintenance
			      INTERNAL invoke_node find_asset
			        CLIENT SELECT asset
			      INTERNAL invoke_node draft_plan
			        CLIENT http post
			      INTERNAL invoke_node check_risk
			        INTERNAL evaluate_policy require_human_for_risk_high
			""";

	static final String APPROVAL = "      INTERNAL invoke_node approval\n";

	private static final String BOOKING = "      INTERNAL invoke_node book_crew\n";

	@Autowired
	private GatewayStub gateway;

	@Autowired
	private Traces traces;

	private RestTestClient client;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.gateway.reset();
		this.client = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
	}

	@Test
	void shouldWaitForAnApprovalThenGoOn() {
		Run run = plan("P-101");
		assertThat(run.read("$.route.decision")).isEqualTo("process");
		assertThat(run.read("$.answer")).isEqualTo("Forty-two.");
		assertThat(run.read("$.workflow.asset")).isEqualTo("P-101");
		assertThat(run.read("$.workflow.plan")).isEqualTo("Forty-two.");
		assertThat(state(run)).isEqualTo("waiting_for_approval");
		decide(run, "approve").expectStatus().isAccepted().expectBody().jsonPath("$.id").isEqualTo(run.id());
		awaitState(run, "completed");

		Trace trace = this.traces.await(run.traceId(), PLANNED + APPROVAL + BOOKING + BOOKING);
		SpanData workflow = trace.span("invoke_workflow maintenance");
		assertThat(workflow.getStatus()).isEqualTo(StatusData.ok());
		assertThat(workflow.getEvents()).extracting("name").containsExactly("pipeline.started", "pipeline.completed");
		assertThat(Trace.attributes(workflow)).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
				Map.entry("gen_ai.operation.name", "invoke_workflow"), Map.entry("gen_ai.workflow.name", "maintenance"),
				Map.entry("gen_ai.agent.name", "zeus"), Map.entry("kosmos.agent.name", "zeus"),
				Map.entry("kosmos.workflow.name", "maintenance"), Map.entry("kosmos.workflow.version", "1"),
				Map.entry("kosmos.workflow.termination_reason", "completed"), Map.entry("maintenance.id", run.id()),
				Map.entry("kosmos.llm.calls", 1L), Map.entry("kosmos.tool.calls", 0L),
				Map.entry("kosmos.llm.total_tokens.aggregated", 21L), Map.entry("kosmos.llm.cost.aggregated", 0.0005),
				Map.entry("kosmos.llm.cost_currency", "USD")));

		SpanData policy = trace.span("evaluate_policy require_human_for_risk_high");
		assertThat(policy.getStatus()).isEqualTo(StatusData.unset());
		assertThat(Trace.attributes(policy)).containsEntry("kosmos.policy.decision", "require_approval")
			.containsEntry("kosmos.policy.name", "require_human_for_risk_high")
			.containsEntry("kosmos.policy.edge", "check_risk -> book_crew")
			.containsEntry("kosmos.policy.rules", List.of("forbidden: deny", "high: require_approval", "low: allow"));

		SpanData approval = trace.span("invoke_node approval");
		assertThat(approval.getStatus()).isEqualTo(StatusData.ok());
		assertThat(Trace.attributes(approval)).containsEntry("kosmos.node.kind", "approval")
			.containsEntry("approval.verdict", "approved");
		assertThat(approval.getEndEpochNanos())
			.isGreaterThan(trace.span("http post /api/v1/orchestrate").getEndEpochNanos());
		assertThat(workflow.getEndEpochNanos()).isGreaterThan(approval.getEndEpochNanos());

		List<SpanData> attempts = trace.all("invoke_node book_crew");
		assertThat(attempts.get(0).getStatus())
			.isEqualTo(StatusData.create(StatusCode.ERROR, "No crew is free for P-101"));
		assertThat(Trace.attributes(attempts.get(0))).containsEntry("kosmos.execution.attempt", 1L)
			.containsEntry("kosmos.execution.max_attempts", 3L)
			.containsEntry("kosmos.execution.retry_count", 0L);
		assertThat(attempts.get(1).getStatus()).isEqualTo(StatusData.ok());
		assertThat(Trace.attributes(attempts.get(1))).containsEntry("kosmos.execution.attempt", 2L)
			.containsEntry("kosmos.execution.max_attempts", 3L)
			.containsEntry("kosmos.execution.retry_count", 1L);
	}

	@Test
	void whenRejectedShouldEnd() {
		Run run = plan("P-101");
		decide(run, "reject").expectStatus().isAccepted();
		awaitState(run, "rejected");
		Trace trace = this.traces.await(run.traceId(), PLANNED + APPROVAL);
		assertEnded(trace, StatusData.ok(), "rejected");
		assertThat(Trace.attributes(trace.span("invoke_node approval"))).containsEntry("approval.verdict", "rejected");
	}

	@Test
	void whenTheRiskIsLowShouldAskNobody() {
		Run run = plan("P-102");
		awaitState(run, "completed");
		Trace trace = this.traces.await(run.traceId(), PLANNED + BOOKING);
		assertEnded(trace, StatusData.ok(), "completed");
		SpanData policy = trace.span("evaluate_policy require_human_for_risk_high");
		assertThat(policy.getStatus()).isEqualTo(StatusData.ok());
		assertThat(Trace.attributes(policy)).containsEntry("kosmos.policy.decision", "allow");
	}

	@Test
	void whenThePolicyDeniesShouldEndWithoutAnError() {
		Run run = plan("B-300");
		awaitState(run, "denied");
		Trace trace = this.traces.await(run.traceId(), PLANNED);
		assertEnded(trace, StatusData.ok(), "denied");
		SpanData policy = trace.span("evaluate_policy require_human_for_risk_high");
		assertThat(policy.getStatus()).isEqualTo(StatusData.unset());
		assertThat(Trace.attributes(policy)).containsEntry("kosmos.policy.decision", "deny");
	}

	@Test
	void whenNoAttemptSucceedsShouldFail() {
		Run run = plan("C-201");
		awaitState(run, "failed");
		Trace trace = this.traces.await(run.traceId(), PLANNED + BOOKING.repeat(3));
		assertEnded(trace, StatusData.create(StatusCode.ERROR, "No crew is free for C-201"), "failed");
		assertThat(trace.all("invoke_node book_crew"))
			.allSatisfy((attempt) -> assertThat(attempt.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR));
	}

	@Test
	void whenNoAssetIsNamedShouldSaySo() {
		Run run = plan("X-1");
		assertThat(run.read("$.workflow.state")).isEqualTo("unknown_asset");
		assertThat(run.read("$.answer")).isEqualTo("No asset that is known is named.");
		assertEnded(this.traces.await(run.traceId(), """
				SERVER http post /api/v1/orchestrate
				  INTERNAL invoke_agent zeus
				    INTERNAL invoke_workflow maintenance
				      INTERNAL invoke_node find_asset
				        CLIENT SELECT asset
				"""), StatusData.ok(), "unknown_asset");
	}

	@Test
	void shouldTakeOneVerdictOnly() {
		Run run = plan("P-101");
		decide(run, "reject").expectStatus().isAccepted();
		problem(decide(run, "approve"), HttpStatus.CONFLICT);
		awaitState(run, "rejected");
		problem(decide(run, "approve"), HttpStatus.CONFLICT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"decision\": null}", "{\"decision\": \"maybe\"}", "", "[]" })
	void shouldRefuseWhatIsNoVerdict(String body) {
		Run run = plan("P-101");
		problem(this.client.post()
			.uri("/api/v1/approvals/" + run.id())
			.contentType(MediaType.APPLICATION_JSON)
			.body(body)
			.exchange(), HttpStatus.BAD_REQUEST);
		assertThat(state(run)).isEqualTo("waiting_for_approval");
	}

	@Test
	void shouldNotKnowOtherWorkflows() {
		problem(decide(new Run("{\"workflow\": {\"id\": \"nothing\"}}"), "approve"), HttpStatus.NOT_FOUND);
		problem(this.client.get().uri("/api/v1/workflows/nothing").exchange(), HttpStatus.NOT_FOUND);
	}

	private Run plan(String asset) {
		return new Run(this.client.post()
			.uri("/api/v1/orchestrate")
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"message\": \"Schedule the maintenance of %s\"}".formatted(asset))
			.exchange()
			.expectStatus()
			.isAccepted()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody());
	}

	private ResponseSpec decide(Run run, String decision) {
		return this.client.post()
			.uri("/api/v1/approvals/" + run.id())
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"decision\": \"%s\"}".formatted(decision))
			.exchange();
	}

	private void awaitState(Run run, String state) {
		Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(state(run)).isEqualTo(state));
	}

	private String state(Run run) {
		return JsonPath.read(this.client.get()
			.uri("/api/v1/workflows/" + run.id())
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody(), "$.state");
	}

	private static void assertEnded(Trace trace, StatusData status, String reason) {
		SpanData workflow = trace.span("invoke_workflow maintenance");
		assertThat(workflow.getStatus()).isEqualTo(status);
		assertThat(Trace.attributes(workflow)).containsEntry("kosmos.workflow.termination_reason", reason);
	}

	private static void problem(ResponseSpec response, HttpStatus status) {
		response.expectStatus()
			.isEqualTo(status)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.trace_id")
			.isNotEmpty();
	}

	private record Run(String json) {

		String id() {
			return read("$.workflow.id");
		}

		String traceId() {
			return read("$.workflow.trace_id");
		}

		String read(String path) {
			return JsonPath.read(this.json, path);
		}

	}

}
