package io.kosmos.tracing.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

import com.sun.management.OperatingSystemMXBean;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * Offers spans at fixed rates to one local receiver, by kosmos-tracing and by Spring
 * Boot's own tracing with its defaults, and tells how many arrive, how old they are, and
 * what CPU the whole application takes for each. Arguments are rates in spans per second.
 */
public final class ExportReport {

	private static final Duration WARM_UP = Duration.ofSeconds(3);

	private static final Duration RUN = Duration.ofSeconds(8);

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final HttpClient client = HttpClient.newHttpClient();

	private static final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private ExportReport() {
	}

	/**
	 * Run the report.
	 * @param args rates, or none for 10,000, 50,000 and 100,000 spans a second
	 * @throws Exception when something does not work
	 */
	public static void main(String[] args) throws Exception {
		int[] rates = (args.length > 0) ? Arrays.stream(args).mapToInt(Integer::parseInt).toArray()
				: new int[] { 10_000, 50_000, 100_000 };
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), SpanSink.class.getName())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		try (BufferedReader output = process.inputReader()) {
			URI sink = URI.create("http://127.0.0.1:" + output.readLine());
			System.out.println("| by | offered per s | delivered | p50 ms | p95 ms | CPU us per span |");
			System.out.println("|---|--:|--:|--:|--:|--:|");
			for (int rate : rates) {
				for (boolean kosmosTracing : new boolean[] { true, false }) {
					run(sink, rate, kosmosTracing);
				}
			}
		}
		finally {
			process.destroy();
		}
	}

	private static void run(URI sink, int rate, boolean kosmosTracing) throws IOException, InterruptedException {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		try (ConfigurableApplicationContext context = application.run("--logging.level.root=error",
				"--spring.main.banner-mode=off", "--spring.application.name=benchmark",
				"--management.tracing.sampling.probability=1",
				"--management.opentelemetry.tracing.export.otlp.endpoint=" + sink + "/v1/traces",
				kosmosTracing ? "--kosmos.tracing.enabled=true" : BootContext.withoutKosmosTracing())) {
			Tracer tracer = context.getBean(Tracer.class);
			offer(tracer, rate, WARM_UP);
			awaitQuiet(sink);
			tell("DELETE", sink);
			long cpu = system.getProcessCpuTime();
			long offered = offer(tracer, rate, RUN);
			String[] report = awaitQuiet(sink).split(" ");
			double micros = (system.getProcessCpuTime() - cpu) / 1000.0 / offered;
			System.out.printf(Locale.ROOT, "| %s | %,d | %.1f %% | %s | %s | %.1f |%n",
					kosmosTracing ? "kosmos-tracing" : "Spring Boot", Math.round(offered / (double) RUN.toSeconds()),
					100.0 * Long.parseLong(report[0]) / offered, report[1], report[2], micros);
		}
	}

	private static long offer(Tracer tracer, int rate, Duration duration) {
		long start = System.nanoTime();
		long ended = 0;
		for (long now = start; now - start < duration.toNanos(); now = System.nanoTime()) {
			long due = (long) ((now - start) / 1e9 * rate);
			for (; ended < due; ended++) {
				Span span = tracer.spanBuilder("athena.semantic_search").startSpan();
				span.setAttribute("kosmos.agent.name", "athena");
				span.setAttribute("kosmos.tenant.id", "acme");
				span.setAttribute("search.top_k", 10);
				span.setAttribute("search.query_length", 42);
				span.setAttribute("search.result_count", ended);
				span.end();
			}
			LockSupport.parkNanos(500_000);
		}
		return ended;
	}

	// Until nothing arrives any more.
	private static String awaitQuiet(URI sink) throws IOException, InterruptedException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		String before = "";
		String report = tell("GET", sink);
		while (!report.equals(before) && System.nanoTime() < deadline) {
			before = report;
			Thread.sleep(6000);
			report = tell("GET", sink);
		}
		return report;
	}

	private static String tell(String method, URI sink) throws IOException, InterruptedException {
		return client
			.send(HttpRequest.newBuilder(sink.resolve("/")).method(method, BodyPublishers.noBody()).build(),
					BodyHandlers.ofString())
			.body();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = "io.opentelemetry.instrumentation.spring.autoconfigure.OpenTelemetryAutoConfiguration")
	static class Application {

	}

}
