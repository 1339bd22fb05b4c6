package io.kosmos.samples.demo;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Starts both samples, has each agent work once and prints the traces that this left in
 * both of them. Needs the jars of the samples and nothing else; a Jaeger that runs gets
 * the traces too.
 * <p>
 * Runs until it is interrupted, or with {@code --once} until the traces are printed. The
 * environment variables {@code DEMO_JAEGER_URL} (default {@code http://localhost:16686})
 * and {@code DEMO_OTLP_URL} (OTLP over HTTP, default {@code http://localhost:4318}) say
 * where a Jaeger is looked for.
 */
public final class Demo {

	private static final String QUESTION = "Why does pump P-101 vibrate?";

	private static final String STREAM = "/api/v1/orchestrate/stream";

	private static final String APPROVE = "{\"decision\": \"approve\"}";

	private static final Pattern TRACE_ID = Pattern.compile("\"trace_id\":\"(\\p{XDigit}{32})\"");

	private static final Pattern WORKFLOW_ID = Pattern.compile("\"workflow\":\\{\"id\":\"([^\"]+)\"");

	private static final int ANSWER_LENGTH = 160;

	private static final Duration TRACE_LIMIT = Duration.ofSeconds(30);

	private static final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true,
			StandardCharsets.UTF_8);

	private static final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

	private Demo() {
	}

	/**
	 * Runs the demo.
	 * @param arguments {@code --once} or nothing
	 */
	public static void main(String[] arguments) {
		int code = 0;
		try {
			run(Arrays.asList(arguments).contains("--once"));
		}
		catch (IOException | IllegalStateException ex) {
			System.err.println("The demo failed: " + ex.getMessage());
			code = 1;
		}
		catch (InterruptedException ex) {
			code = 130;
		}
		System.exit(code);
	}

	private static void run(boolean once) throws IOException, InterruptedException {
		Path root = Path.of(System.getProperty("demo.root", "."));
		URI jaeger = environment("DEMO_JAEGER_URL", "http://localhost:16686");
		boolean jaegerRuns = isReachable(jaeger);
		try (TraceReceiver receiver = TraceReceiver
			.open(jaegerRuns ? environment("DEMO_OTLP_URL", "http://localhost:4318") : null);
				SampleProcess gateway = start(root, "llm-gateway", "demo.gateway.jar", 8081, receiver,
						List.of("--spring.grpc.server.port=0", "--spring.grpc.server.address=127.0.0.1"));
				SampleProcess orchestrator = start(root, "orchestrator", "demo.orchestrator.jar", 8080, receiver,
						List.of("--orchestrator.gateway.url=" + gateway.awaitReady().uri("")))) {
			orchestrator.awaitReady();
			URI uri = orchestrator.uri("/api/v1/orchestrate");
			List<String> traceIds = new ArrayList<>();
			traceIds.add(show(receiver, "Zeus lets a model answer, and streams it", orchestrator.uri(STREAM),
					"Good morning, how are you?"));
			traceIds.add(show(receiver, "Athena searches, a model answers", uri, QUESTION));
			traceIds.add(show(receiver, "Hermes lets a model choose a tool", uri,
					"Open a work order for pump P-101, priority 2: the bearing is hot"));
			traceIds.add(show(receiver, "Chronos runs a workflow that needs an approval", uri,
					"Schedule the maintenance of pump P-101"));
			if (jaegerRuns) {
				traceIds.forEach((traceId) -> out.println("In Jaeger: " + jaeger + "/trace/" + traceId));
			}
			if (!once) {
				out.println(jaegerRuns ? "Try it yourself:"
						: "Try it yourself (only the trees above are printed here; a Jaeger shows them all):");
				out.println("  curl -i -H 'Content-Type: application/json' -d '" + body(QUESTION) + "' " + uri);
				out.println(
						"Logs of both services, every line with its trace id: " + root.resolve(".demo").normalize());
				out.println("Ctrl-C stops both services.");
				new CountDownLatch(1).await();
			}
		}
	}

	private static SampleProcess start(Path root, String name, String jarProperty, int port, TraceReceiver receiver,
			List<String> arguments) {
		String jar = System.getProperty(jarProperty);
		if (jar == null) {
			throw new IllegalStateException("System property " + jarProperty + " must name the jar of " + name);
		}
		int chosen = isFree(port) ? port : 0;
		if (chosen == 0) {
			out.println("Port " + port + " is taken, " + name + " uses a free one.");
		}
		out.println("Starting " + name + " ...");
		List<String> all = new ArrayList<>(arguments);
		all.addAll(List.of("--server.port=" + chosen, "--server.address=127.0.0.1",
				"--kosmos.tracing.exporter.endpoint=" + receiver.endpoint(), "--kosmos.tracing.exporter.protocol=http",
				"--kosmos.tracing.batch.delay=200ms"));
		return SampleProcess.start(name, Path.of(jar), root.resolve(".demo/" + name + ".log"), all);
	}

	private static String show(TraceReceiver receiver, String title, URI uri, String message)
			throws IOException, InterruptedException {
		out.println();
		out.println("== " + title);
		out.println("POST " + uri.getPath() + " " + body(message));
		HttpResponse<String> answer = post(uri, body(message));
		out.println(answer.statusCode() + " " + shorten(answer.body()));
		String goesOn = "";
		Matcher workflow = WORKFLOW_ID.matcher(answer.body());
		if (workflow.find()) {
			goesOn = ", which goes on after the response: the workflow waits for the approval";
			URI approval = uri.resolve("/api/v1/approvals/" + workflow.group(1));
			out.println("POST " + approval.getPath() + " " + APPROVE);
			out.println(post(approval, APPROVE).statusCode());
		}
		String traceId = traceId(answer.body());
		TraceTree trace = awaitTrace(receiver, traceId);
		out.println();
		out.println("-- trace " + traceId + goesOn);
		out.println(trace.draw());
		return traceId;
	}

	private static String shorten(String answer) {
		String line = answer.strip().replaceAll("\\s+", " ");
		return (line.length() > ANSWER_LENGTH) ? line.substring(0, ANSWER_LENGTH) + "…" : line;
	}

	private static HttpResponse<String> post(URI uri, String body) throws IOException, InterruptedException {
		return http.send(HttpRequest.newBuilder(uri)
			.timeout(Duration.ofSeconds(60))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body))
			.build(), BodyHandlers.ofString());
	}

	private static String body(String message) {
		return "{\"message\": \"" + message + "\", \"session_id\": \"demo-1\"}";
	}

	private static String traceId(String answer) {
		Matcher matcher = TRACE_ID.matcher(answer);
		if (!matcher.find()) {
			throw new IllegalStateException("The answer names no trace");
		}
		return matcher.group(1);
	}

	private static TraceTree awaitTrace(TraceReceiver receiver, String traceId) throws InterruptedException {
		long deadline = System.nanoTime() + TRACE_LIMIT.toNanos();
		while (true) {
			TraceTree trace = TraceTree.of(receiver.received(), traceId);
			if (trace.isComplete(2)) {
				return trace;
			}
			if (System.nanoTime() > deadline) {
				throw new IllegalStateException(
						"Trace " + traceId + " is not complete after " + TRACE_LIMIT + ":\n" + trace.draw());
			}
			Thread.sleep(50);
		}
	}

	private static URI environment(String variable, String fallback) {
		return URI.create(System.getenv().getOrDefault(variable, fallback));
	}

	private static boolean isReachable(URI jaeger) throws InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(jaeger.resolve("/api/v3/services"))
			.timeout(Duration.ofSeconds(2))
			.build();
		try {
			return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket()) {
			socket.bind(new InetSocketAddress(port));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
