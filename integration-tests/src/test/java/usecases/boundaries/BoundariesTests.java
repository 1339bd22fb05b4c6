package usecases.boundaries;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.servers.JaegerServer;
import io.kosmos.tracing.servers.RecordedSpan;
import io.kosmos.tracing.servers.RecordedSpan.Status;
import io.kosmos.tracing.servers.Trace;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two services as processes of their own, and every kind of boundary between them.
 */
class BoundariesTests {

	private static final int REQUESTS = Integer.getInteger("soak.requests", 20_000);

	private static final int CONCURRENCY = 64;

	private static final Duration AWAIT_LIMIT = Duration.ofMinutes(1);

	@TempDir
	private static Path directory;

	private static Landscape landscape;

	@BeforeAll
	static void start() throws Exception {
		landscape = Landscape.start(directory);
	}

	@AfterAll
	static void stop() throws Exception {
		if (landscape != null) {
			landscape.close();
		}
	}

	@Test
	void oneRequestAcrossEveryBoundaryIsOneTree() throws Exception {
		Journey journey = Journey.of(7, Hop.ASYNC, Hop.VIRTUAL, Hop.WEB, Hop.GRPC, Hop.RABBIT, Hop.KAFKA, Hop.NATS,
				Hop.JDBC, Hop.REDIS);
		String outline = ExpectedTrace.of(journey, Landscape.FRONT, Landscape.BACK).outline();
		try (JaegerServer jaeger = JaegerServer.start(directory);
				Landscape.Services services = landscape.startServices(jaeger.otlp("grpc"), "grpc")) {
			Instant begin = Instant.now();
			HttpResponse<String> response = services.begin(journey, "acme");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("7");
			Trace trace = jaeger.awaitOnlyTrace(Landscape.FRONT, begin, (found) -> found.outline().equals(outline));
			System.out.println(trace.outline());
			assertThat(trace.roots()).hasSize(1).allMatch((root) -> root.parentId().isEmpty());
			assertThat(trace.spans()).extracting(RecordedSpan::status).doesNotContain(Status.ERROR);
			assertThat(trace.spans()).allSatisfy((span) -> {
				assertThat(span.attributes()).containsEntry(KosmosAttributes.TENANT_ID.getKey(), "acme");
				assertThat(span.attributes()).containsEntry(KosmosAttributes.REQUEST_ID.getKey(), "7");
			});
			assertThat(trace.spans().stream().filter((span) -> span.name().equals(Stop.SPAN))).hasSize(10)
				.allSatisfy((stop) -> assertThat(stop.attributes()).containsEntry(Stop.REQUEST.getKey(), "7")
					.containsEntry(Stop.LOGGED_TRACE.getKey(), trace.id()));
		}
	}

	@Test
	void everyTraceOfManyConcurrentRequestsIsComplete() throws Exception {
		try (SpanSink sink = SpanSink.open();
				Landscape.Services services = landscape.startServices(sink.endpoint(), "http")) {
			long start = System.nanoTime();
			send(services);
			System.out.printf("%,d requests in %,d s%n", REQUESTS,
					Duration.ofNanos(System.nanoTime() - start).toSeconds());
			awaitSpans(sink);
			Census census = Census.of(REQUESTS, BoundariesTests::expected, sink.spans());
			System.out.println(census);
			assertThat(census).as(census.toString())
				.isEqualTo(new Census(REQUESTS, REQUESTS, sink.size(), REQUESTS, 0, 0, 0, 0, 0, List.of()));
		}
	}

	private static Trace expected(long request) {
		return ExpectedTrace.of(Journey.mixed(request), Landscape.FRONT, Landscape.BACK);
	}

	private static void send(Landscape.Services services) throws Exception {
		AtomicInteger next = new AtomicInteger();
		ExecutorService clients = Executors.newFixedThreadPool(CONCURRENCY);
		try {
			List<Future<?>> ends = new ArrayList<>();
			for (int i = 0; i < CONCURRENCY; i++) {
				ends.add(clients.submit(() -> {
					for (int request = next.getAndIncrement(); request < REQUESTS; request = next.getAndIncrement()) {
						Journey journey = Journey.mixed(request);
						HttpResponse<String> response = services.begin(journey, "tenant" + request % 7);
						assertThat(response.statusCode()).as(journey + ": " + response.body())
							.isEqualTo(journey.failsItsCaller() ? 500 : 200);
					}
					return null;
				}));
			}
			for (Future<?> end : ends) {
				end.get();
			}
		}
		finally {
			clients.shutdownNow();
		}
	}

	/**
	 * Waits until nothing comes any more.
	 */
	private static void awaitSpans(SpanSink sink) {
		AtomicInteger last = new AtomicInteger(-1);
		try {
			Awaitility.await()
				.atMost(AWAIT_LIMIT)
				.pollInterval(Duration.ofSeconds(5))
				.until(() -> last.getAndSet(sink.size()) == sink.size());
		}
		catch (ConditionTimeoutException ex) {
			List<RecordedSpan> spans = sink.spans();
			System.out.println("Spans still come after " + AWAIT_LIMIT + ", such as "
					+ spans.subList(spans.size() - 10, spans.size()));
		}
	}

}
