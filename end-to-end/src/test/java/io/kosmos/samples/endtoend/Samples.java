package io.kosmos.samples.endtoend;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.kosmos.samples.demo.SampleProcess;
import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.Trace;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The samples as processes, sending their traces to a Jaeger.
 *
 * @param directory where the logs go
 * @param endpoint where the traces go
 * @param protocol {@code grpc} or {@code http}
 * @param jvmArguments arguments of their JVMs
 */
record Samples(Path directory, URI endpoint, String protocol, List<String> jvmArguments) {

	static final String ORCHESTRATOR = "orchestrator";

	static final String GATEWAY = "llm-gateway";

	static final String DISPATCHER = "dispatcher";

	static final String VERSION = "1.2.3-test";

	static final String QUESTION = """
			{"message": "Why does the pump vibrate?", "session_id": "session-7"}""";

	/** The trace of an answer by Athena, as {@link Trace#outline()} gives it. */
	static final String ANSWERED = """
			orchestrator SERVER http post /api/v1/orchestrate
			  orchestrator INTERNAL invoke_agent zeus
			    orchestrator INTERNAL invoke_agent athena
			      orchestrator CLIENT http post
			        llm-gateway SERVER http post /v1/chat/completions
			          llm-gateway CLIENT chat kosmos-mini
			      orchestrator CLIENT retrieval athena-docs
			        orchestrator CLIENT SELECT knowledge unnest
			""";

	private static final HttpClient http = HttpClient.newHttpClient();

	static Samples exportingTo(JaegerServer jaeger, String protocol, Path directory) {
		return new Samples(directory, jaeger.otlp(protocol), protocol, List.of());
	}

	/**
	 * Returns the same samples as they run when they were processed ahead of time.
	 * @return samples whose beans were chosen when they were built
	 */
	Samples processedAheadOfTime() {
		return new Samples(this.directory, this.endpoint, this.protocol, List.of("-Dspring.aot.enabled=true"));
	}

	SampleProcess gateway(String... arguments) throws InterruptedException {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.addAll(List.of("--spring.grpc.server.port=0", "--spring.grpc.server.address=127.0.0.1"));
		return start(GATEWAY, "sample.gateway.jar", all);
	}

	SampleProcess orchestrator(URI gateway, String... arguments) throws InterruptedException {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--orchestrator.gateway.url=" + gateway);
		return start(ORCHESTRATOR, "sample.orchestrator.jar", all);
	}

	/**
	 * Starts an orchestrator that asks the gateway by a protocol.
	 * @param gateway the gateway
	 * @param protocol {@code http} or {@code grpc}
	 */
	SampleProcess orchestrator(SampleProcess gateway, String protocol) throws InterruptedException {
		return orchestrator(gateway.uri(""), "--orchestrator.gateway.protocol=" + protocol,
				"--spring.grpc.client.channel.gateway.target=static://127.0.0.1:" + gateway.grpcPort());
	}

	/**
	 * Starts the orchestrator once more, as the service of the agent that is told by
	 * messages.
	 */
	SampleProcess dispatcher(String... arguments) throws InterruptedException {
		return start(DISPATCHER, "sample.orchestrator.jar", List.of(arguments));
	}

	private SampleProcess start(String name, String jarProperty, List<String> arguments) throws InterruptedException {
		List<String> all = new ArrayList<>(
				List.of("--kosmos.tracing.service.version=" + VERSION, "--server.port=0", "--server.address=127.0.0.1",
						"--kosmos.tracing.batch.delay=200ms", "--kosmos.tracing.exporter.endpoint=" + this.endpoint,
						"--kosmos.tracing.exporter.protocol=" + this.protocol));
		all.addAll(arguments);
		return SampleProcess
			.start(name, Path.of(System.getProperty(jarProperty)), this.directory.resolve(name + ".log"),
					this.jvmArguments, all)
			.awaitReady();
	}

	static Answer orchestrate(SampleProcess orchestrator, String body, Map<String, String> headers)
			throws IOException, InterruptedException {
		HttpResponse<String> response = post(orchestrator, "/api/v1/orchestrate", body, headers);
		return new Answer(response.statusCode(), response.headers().firstValue("Content-Type").orElse(""),
				JsonMapper.shared().readTree(response.body()));
	}

	static HttpResponse<String> post(SampleProcess sample, String path, String body, Map<String, String> headers)
			throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(sample.uri(path))
			.timeout(Duration.ofSeconds(60))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body));
		headers.forEach(request::header);
		return http.send(request.build(), BodyHandlers.ofString());
	}

	static int get(SampleProcess sample, String path) throws IOException, InterruptedException {
		return http.send(HttpRequest.newBuilder(sample.uri(path)).build(), BodyHandlers.discarding()).statusCode();
	}

	/**
	 * Waits for the whole trace of an answer.
	 * @param jaeger where it must arrive
	 * @param answer the answer, which names its trace
	 * @param outline the tree it must be
	 * @return the trace
	 */
	static Trace awaitTrace(JaegerServer jaeger, Answer answer, String outline) {
		return jaeger.awaitTrace(answer.traceId(), (trace) -> trace.outline().equals(outline));
	}

	record Answer(int status, String contentType, JsonNode body) {

		String traceId() {
			return this.body.path("trace_id").asString();
		}

	}

}
