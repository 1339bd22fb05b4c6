package io.kosmos.samples.orchestrator;

import com.jayway.jsonpath.JsonPath;
import io.kosmos.samples.orchestrator.Traces.Trace;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "orchestrator.approval-timeout=100ms")
@Import(TestBackend.class)
class ApprovalTimeoutTests {

	@Test
	void whenNobodyDecidesShouldEnd(@LocalServerPort int port, @Autowired Traces traces) {
		String answer = RestTestClient.bindToServer()
			.baseUrl("http://localhost:" + port)
			.build()
			.post()
			.uri("/api/v1/orchestrate")
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"message\": \"Schedule the maintenance of P-101\"}")
			.exchange()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
		Trace trace = traces.await(JsonPath.read(answer, "$.trace_id"), WorkflowTests.PLANNED + WorkflowTests.APPROVAL);
		assertThat(trace.span("invoke_workflow maintenance").getStatus()).isEqualTo(StatusData.ok());
		assertThat(Trace.attributes(trace.span("invoke_workflow maintenance")))
			.containsEntry("kosmos.workflow.termination_reason", "expired");
		assertThat(Trace.attributes(trace.span("invoke_node approval"))).containsEntry("approval.verdict", "expired");
	}

}
