package io.kosmos.tracing.autoconfigure.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.kosmos.tracing.autoconfigure.export.DestinationSettings.Batch;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Compression;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Delivery} and {@link Destination} with a receiver that misbehaves.
 */
@ExtendWith(OutputCaptureExtension.class)
class DeliveryTests {

	private static final Batch BATCH = new Batch(262_144, 64 * 1024 * 1024, 8192, 3 * 1024 * 1024,
			Duration.ofMillis(5));

	private static final Resource RESOURCE = Resource
		.create(Attributes.of(AttributeKey.stringKey("service.name"), "tests"));

	private final ScriptedReceiver receiver = new ScriptedReceiver();

	private final List<Throwable> failures = new ArrayList<>();

	private final List<Delivery> deliveries = new ArrayList<>();

	@BeforeAll
	static void waitForABusyMachine() {
		Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
	}

	@AfterAll
	static void waitAsBefore() {
		Awaitility.reset();
	}

	@AfterEach
	void close() {
		this.deliveries.forEach(Delivery::close);
	}

	@Test
	void shouldDeliverWhatEnded() {
		Delivery delivery = delivery(BATCH);
		List<String> names = end(delivery, 0, 1000);
		assertThat(delivery.flush(Duration.ofSeconds(5))).isTrue();
		assertThat(this.receiver.spans()).containsExactlyElementsOf(names);
		DestinationState state = state(delivery);
		assertThat(state.ended()).isEqualTo(1000);
		assertThat(state.delivered()).isEqualTo(1000);
		assertThat(state.pending()).isZero();
		assertThat(state.dropped()).isEmpty();
		assertThat(state.queueBytes()).isZero();
		assertThat(state.queueSpans()).isZero();
	}

	@Test
	void shouldDeliverWithoutBeingAsked() {
		Delivery delivery = delivery(BATCH);
		end(delivery, 0, 1);
		await().until(() -> this.receiver.spans().size() == 1);
		end(delivery, 1, 1);
		await().until(() -> this.receiver.spans().size() == 2);
	}

	@Test
	void shouldLoseNothingInAnOutage(CapturedOutput output) {
		this.receiver.answers(ScriptedReceiver.UNAVAILABLE);
		Delivery delivery = delivery(BATCH);
		List<String> names = end(delivery, 0, 5000);
		await().until(() -> this.receiver.requests().size() > 3);
		assertThat(state(delivery).isUp()).isFalse();
		assertThat(state(delivery).problem()).isEqualTo("nobody is there");
		assertThat(state(delivery).pending()).isEqualTo(5000);
		this.receiver.answers(ScriptedReceiver.ACCEPTED);
		await().until(() -> state(delivery).delivered() == 5000);
		assertThat(this.receiver.spans()).containsExactlyInAnyOrderElementsOf(names);
		assertThat(state(delivery).isUp()).isTrue();
		assertThat(state(delivery).retried()).isPositive();
		await().untilAsserted(() -> assertThat(output.toString()
			.lines()
			.filter((line) -> line.contains("'default' at http://localhost:4318/v1/traces"))).hasSize(2)
			.satisfiesExactly(
					(line) -> assertThat(line).contains("Spans cannot be delivered", "(nobody is there)",
							"they wait in memory, where there is room for 64 MB"),
					(line) -> assertThat(line).contains("Spans are delivered again", "0 were lost meanwhile")));
		assertThat(delivery.problems()).extracting(Problem::text).containsExactly("nobody is there");
	}

	@Test
	void shouldSayNothingOfASingleFailure(CapturedOutput output) {
		AtomicInteger requests = new AtomicInteger();
		this.receiver.answers((received) -> (requests.getAndIncrement() == 0) ? ScriptedReceiver.UNAVAILABLE
				: ScriptedReceiver.ACCEPTED);
		Delivery delivery = delivery(BATCH);
		end(delivery, 0, 10);
		await().until(() -> state(delivery).delivered() == 10);
		assertThat(output.toString()).doesNotContain("Spans ");
		assertThat(delivery.problems()).hasSize(1);
	}

	@Test
	void shouldWaitAsLongAsTheReceiverAsks() {
		List<Long> times = new ArrayList<>();
		this.receiver.answers((received) -> {
			times.add(System.nanoTime());
			return (times.size() == 1) ? new Answer(Outcome.UNAVAILABLE, 0, Duration.ofMillis(700), "HTTP 429")
					: ScriptedReceiver.ACCEPTED;
		});
		Delivery delivery = delivery(BATCH);
		end(delivery, 0, 10);
		await().until(() -> state(delivery).delivered() == 10);
		assertThat(Duration.ofNanos(times.get(1) - times.get(0))).isGreaterThanOrEqualTo(Duration.ofMillis(700));
	}

	@Test
	void shouldDropTheOldestWhenTheQueueIsFull(CapturedOutput output) {
		this.receiver.answers(ScriptedReceiver.UNAVAILABLE);
		Delivery delivery = delivery(new Batch(2000, 64 * 1024 * 1024, 1000, 3 * 1024 * 1024, Duration.ofMillis(5)));
		List<String> names = end(delivery, 0, 5000);
		await()
			.until(() -> dropped(delivery, DropReason.QUEUE_FULL) >= 3000 && output.toString().contains("cannot be"));
		this.receiver.answers(ScriptedReceiver.ACCEPTED);
		await().until(() -> state(delivery).pending() == 0);
		DestinationState state = state(delivery);
		assertThat(state.delivered() + dropped(delivery, DropReason.QUEUE_FULL)).isEqualTo(5000);
		// 1,000 may be under way, and of the 1,000 others a message of up to 512 gives
		// way
		// as a whole.
		assertThat(new HashSet<>(this.receiver.spans())).hasSize((int) state.delivered())
			.containsAll(names.subList(names.size() - 400, names.size()));
		await().untilAsserted(() -> assertThat(output).containsPattern("[1-9][0-9]* were lost meanwhile"));
	}

	@Test
	void shouldSayThatMoreEndsThanCanWait(CapturedOutput output) {
		this.receiver.answers(ScriptedReceiver.after(Duration.ofMillis(200), this.receiver, ScriptedReceiver.ACCEPTED));
		Delivery delivery = delivery(new Batch(100, 64 * 1024 * 1024, 10, 3 * 1024 * 1024, Duration.ofMillis(5)));
		end(delivery, 0, 5000);
		await().until(() -> dropped(delivery, DropReason.QUEUE_FULL) > 1000);
		await().untilAsserted(() -> assertThat(output).containsOnlyOnce("More spans end than can be delivered to"
				+ " 'default' at http://localhost:4318/v1/traces, and the oldest are lost"));
	}

	@Test
	void shouldBoundTheQueueInBytes() {
		this.receiver.answers(ScriptedReceiver.UNAVAILABLE);
		Delivery delivery = delivery(new Batch(262_144, 1024 * 1024, 8192, 512 * 1024, Duration.ofMillis(5)));
		for (int i = 0; i < 100; i++) {
			delivery.accept(span("large " + i, 100_000));
			int ended = i + 1;
			await().until(() -> state(delivery).queueSpans() + dropped(delivery, DropReason.QUEUE_FULL) == ended);
			assertThat(state(delivery).queueBytes()).isLessThanOrEqualTo(1024 * 1024);
		}
		assertThat(dropped(delivery, DropReason.QUEUE_FULL)).isBetween(85L, 95L);
	}

	@Test
	void shouldKeepOthersWhenOneIsRefused(CapturedOutput output) {
		this.receiver.answers((received) -> received.names().contains("span 321") ? ScriptedReceiver.REFUSED
				: ScriptedReceiver.ACCEPTED);
		Delivery delivery = delivery(BATCH);
		List<String> names = end(delivery, 0, 1000);
		await().until(() -> state(delivery).pending() == 0);
		names.remove("span 321");
		assertThat(this.receiver.spans()).containsExactlyInAnyOrderElementsOf(names);
		assertThat(state(delivery).dropped()).isEqualTo(Map.of(DropReason.REJECTED, 1L));
		assertThat(output)
			.containsOnlyOnce("'default' at http://localhost:4318/v1/traces refuses spans, which are lost (HTTP 400)");
	}

	@Test
	void shouldNotLetAMessageThatIsNeverTakenStopOthers() {
		this.receiver.answers((received) -> received.names().contains("span 321") ? ScriptedReceiver.UNAVAILABLE
				: ScriptedReceiver.ACCEPTED);
		Delivery delivery = delivery(BATCH);
		List<String> names = end(delivery, 0, 1000);
		await().atMost(Duration.ofMinutes(1)).until(() -> {
			// The others, without which it cannot be told from a receiver that is down.
			names.addAll(end(delivery, names.size(), 10));
			return dropped(delivery, DropReason.REJECTED) == 1;
		});
		await().until(() -> state(delivery).pending() == 0);
		names.remove("span 321");
		assertThat(this.receiver.spans()).containsExactlyInAnyOrderElementsOf(names);
		assertThat(state(delivery).dropped()).isEqualTo(Map.of(DropReason.REJECTED, 1L));
	}

	@Test
	void shouldLoseNothingToAReceiverThatFlapsAfterAnOutage() {
		AtomicInteger requests = new AtomicInteger();
		Answer tooMany = new Answer(Outcome.UNAVAILABLE, 0, Duration.ofMillis(1), "HTTP 429");
		this.receiver.answers(ScriptedReceiver.UNAVAILABLE);
		Delivery delivery = delivery(new Batch(262_144, 64 * 1024 * 1024, 50, 3 * 1024 * 1024, Duration.ofMillis(5)));
		List<String> names = end(delivery, 0, 1000);
		await().until(() -> this.receiver.requests().size() > 5);
		this.receiver
			.answers((received) -> (requests.incrementAndGet() % 2 == 0) ? tooMany : ScriptedReceiver.ACCEPTED);
		names.addAll(end(delivery, 1000, 100));
		await().atMost(Duration.ofMinutes(1)).until(() -> state(delivery).pending() == 0);
		assertThat(this.receiver.spans()).containsExactlyInAnyOrderElementsOf(names);
		assertThat(state(delivery).dropped()).isEmpty();
	}

	@Test
	void shouldGoOnWhateverIsThrown() {
		AtomicInteger requests = new AtomicInteger();
		this.receiver.answers((received) -> {
			if (requests.incrementAndGet() < 3) {
				throw new OutOfMemoryError("for a moment");
			}
			return ScriptedReceiver.ACCEPTED;
		});
		Delivery delivery = new Delivery(List.of(new Delivery.Part(settings("default", BATCH, null), this.receiver)),
				null, new Door(null, Function.identity(), null), (site, failure) -> {
					throw new IllegalStateException("closed");
				}, (destination, outcome, duration) -> {
					throw new IllegalStateException("closed");
				}, Duration.ofSeconds(1));
		this.deliveries.add(delivery);
		List<String> names = end(delivery, 0, 10);
		await().until(() -> state(delivery).delivered() == 10);
		names.addAll(end(delivery, 10, 10));
		await().until(() -> state(delivery).delivered() == 20);
		assertThat(this.receiver.spans()).containsExactlyElementsOf(names);
	}

	@Test
	void shouldSendLessAtOnceToAReceiverThatTakesLess() {
		this.receiver.answers(
				(received) -> (received.bytes() > 100_000) ? ScriptedReceiver.TOO_LARGE : ScriptedReceiver.ACCEPTED);
		Delivery delivery = delivery(BATCH);
		List<String> names = end(delivery, 0, 5000);
		await().until(() -> state(delivery).pending() == 0);
		assertThat(this.receiver.spans()).containsExactlyInAnyOrderElementsOf(names);
		int requests = this.receiver.requests().size();
		names.addAll(end(delivery, 5000, 300));
		await().until(() -> state(delivery).pending() == 0);
		assertThat(this.receiver.spans()).containsExactlyInAnyOrderElementsOf(names);
		assertThat(this.receiver.requests().size() - requests).as("requests once the limit is known")
			.isLessThanOrEqualTo(4);
	}

	@Test
	void shouldTrimASpanThatIsTooLargeAlone() {
		this.receiver.answers(
				(received) -> (received.bytes() > 500_000) ? ScriptedReceiver.TOO_LARGE : ScriptedReceiver.ACCEPTED);
		Delivery delivery = delivery(BATCH);
		List<String> names = end(delivery, 0, 700);
		delivery.accept(span("huge", 6 * 1024 * 1024));
		names.add("huge");
		names.addAll(end(delivery, 700, 700));
		await().until(() -> state(delivery).pending() == 0);
		assertThat(this.receiver.spans()).containsExactlyInAnyOrderElementsOf(names);
		assertThat(state(delivery).dropped()).isEmpty();
	}

	@Test
	void shouldBelieveTheReceiverWhatItRejected() {
		this.receiver.answers((received) -> new Answer(Outcome.ACCEPTED, 3, null, "no time"));
		Delivery delivery = delivery(BATCH);
		end(delivery, 0, 10);
		assertThat(delivery.flush(Duration.ofSeconds(5))).isTrue();
		assertThat(state(delivery).delivered()).isEqualTo(7);
		assertThat(state(delivery).dropped()).isEqualTo(Map.of(DropReason.REJECTED, 3L));
		assertThat(delivery.problems()).extracting(Problem::text).containsExactly("refused 3 spans: no time");
	}

	@Test
	void shouldSendSeveralAtOnceToASlowReceiver() {
		this.receiver.answers(ScriptedReceiver.after(Duration.ofMillis(100), this.receiver, ScriptedReceiver.ACCEPTED));
		Delivery delivery = delivery(new Batch(262_144, 64 * 1024 * 1024, 500, 3 * 1024 * 1024, Duration.ofMillis(5)));
		end(delivery, 0, 10_000);
		assertThat(delivery.flush(Duration.ofSeconds(5))).isTrue();
		assertThat(this.receiver.mostUnderWay()).isEqualTo(4);
		assertThat(state(delivery).delivered()).isEqualTo(10_000);
	}

	@Test
	void shouldNotLetOneDestinationDelayAnother() {
		ScriptedReceiver hanging = new ScriptedReceiver();
		hanging.answers(ScriptedReceiver.after(Duration.ofMinutes(1), hanging, ScriptedReceiver.ACCEPTED));
		Delivery delivery = delivery(Duration.ofMillis(300), new Delivery.Part(settings("dead", BATCH, null), hanging),
				new Delivery.Part(settings("alive", BATCH, null), this.receiver));
		List<String> names = end(delivery, 0, 3000);
		await().until(() -> delivery.destinations().get(1).delivered() == 3000);
		assertThat(this.receiver.spans()).containsExactlyElementsOf(names);
		assertThat(delivery.destinations().get(0).pending()).isEqualTo(3000);
	}

	@Test
	void shouldGiveADestinationWhatItSelects() {
		ScriptedReceiver all = new ScriptedReceiver();
		Delivery delivery = delivery(Duration.ofSeconds(1),
				new Delivery.Part(settings("some", BATCH, (span) -> span.getName().endsWith("7") ? span : null),
						this.receiver),
				new Delivery.Part(settings("all", BATCH, null), all));
		end(delivery, 0, 20);
		assertThat(delivery.flush(Duration.ofSeconds(5))).isTrue();
		assertThat(this.receiver.spans()).containsExactly("span 7", "span 17");
		assertThat(all.spans()).hasSize(20);
		assertThat(state(delivery).dropped()).isEqualTo(Map.of(DropReason.FILTERED, 18L));
		assertThat(delivery.destinations().get(1).dropped()).isEmpty();
	}

	@Test
	void shouldGiveUpInTimeAndSayWhatIsLost(CapturedOutput output) {
		this.receiver.answers(ScriptedReceiver.UNAVAILABLE);
		Delivery delivery = delivery(Duration.ofMillis(500),
				new Delivery.Part(settings("default", BATCH, null), this.receiver));
		end(delivery, 0, 100);
		delivery.close();
		DestinationState state = state(delivery);
		assertThat(state.pending()).isZero();
		assertThat(state.dropped()).isEqualTo(Map.of(DropReason.SHUTDOWN, 100L));
		assertThat(output.toString().lines().filter((line) -> line.contains("were not delivered"))).singleElement()
			.asString()
			.contains(
					"100 spans were not delivered to 'default' at http://localhost:4318/v1/traces before the application ended,"
							+ " and are lost (nobody is there); set kosmos.tracing.exporter.spool.directory");
	}

	@Test
	void shouldDeliverTheLastSpansWhenItIsClosed(CapturedOutput output) {
		Delivery delivery = delivery(
				new Batch(262_144, 64 * 1024 * 1024, 8192, 3 * 1024 * 1024, Duration.ofMinutes(1)));
		List<String> names = end(delivery, 0, 3000);
		delivery.close();
		assertThat(this.receiver.spans()).containsExactlyElementsOf(names);
		delivery.accept(span("late\n2026 INFO forged password=hunter", 100));
		assertThat(output).containsOnlyOnce("A span ended after the delivery of spans, and is lost")
			.doesNotContain("forged");
		assertThat(state(delivery).dropped()).isEqualTo(Map.of(DropReason.SHUTDOWN, 1L));
		assertThat(state(delivery).ended()).isEqualTo(3001);
	}

	@Test
	void shouldLetNothingLeaveWhenItIsUnknownWhatMay() {
		Delivery delivery = new Delivery(List.of(new Delivery.Part(settings("default", BATCH, null), this.receiver)),
				null, new Door(null, (spans) -> {
					throw new IllegalStateException("broken");
				}, null), (site, failure) -> this.failures.add(failure), (destination, outcome, duration) -> {
				}, Duration.ofSeconds(1));
		this.deliveries.add(delivery);
		end(delivery, 0, 10);
		await().until(() -> dropped(delivery, DropReason.FAILED) == 10);
		assertThat(this.receiver.requests()).isEmpty();
		assertThat(this.failures).isNotEmpty().allSatisfy((failure) -> assertThat(failure).hasMessage("broken"));
	}

	@Test
	void shouldKeepSpansForTheNextProcess(@TempDir Path directory) {
		this.receiver.answers(ScriptedReceiver.UNAVAILABLE);
		SpoolSettings spool = new SpoolSettings(directory, 100 * 1024 * 1024, Duration.ofDays(1));
		Delivery first = delivery(spool, BATCH);
		List<String> names = end(first, 0, 2000);
		first.close();
		assertThat(state(first).pending()).isEqualTo(2000);
		assertThat(state(first).spoolSpans()).isEqualTo(2000);
		assertThat(state(first).dropped()).isEmpty();
		this.receiver.answers(ScriptedReceiver.ACCEPTED);
		ScriptedReceiver later = new ScriptedReceiver();
		Delivery second = new Delivery(List.of(new Delivery.Part(settings("default", BATCH, null), later)), spool,
				new Door(null, Function.identity(), null), (site, failure) -> this.failures.add(failure),
				(destination, outcome, duration) -> {
				}, Duration.ofSeconds(1));
		this.deliveries.add(second);
		names.addAll(end(second, 2000, 1000));
		await().until(() -> state(second).pending() == 0);
		assertThat(later.spans()).containsExactlyInAnyOrderElementsOf(names);
		DestinationState state = state(second);
		assertThat(state.recovered()).isEqualTo(2000);
		assertThat(state.ended()).isEqualTo(1000);
		assertThat(state.delivered()).isEqualTo(3000);
		assertThat(state.replayed()).isEqualTo(2000);
		assertThat(state.spoolSpans()).isZero();
	}

	@Test
	void shouldMoveWhatDoesNotFitIntoMemoryToTheSpool(@TempDir Path directory) {
		this.receiver.answers(ScriptedReceiver.UNAVAILABLE);
		Delivery delivery = delivery(new SpoolSettings(directory, 100 * 1024 * 1024, Duration.ofDays(1)),
				new Batch(2000, 64 * 1024 * 1024, 1000, 3 * 1024 * 1024, Duration.ofMillis(5)));
		List<String> names = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			names.addAll(end(delivery, i * 1000, 1000));
			int ended = (i + 1) * 1000;
			await().until(() -> state(delivery).spooled() == ended);
		}
		assertThat(state(delivery).queueSpans()).isLessThanOrEqualTo(2000);
		assertThat(state(delivery).dropped()).isEmpty();
		this.receiver.answers(ScriptedReceiver.ACCEPTED);
		await().until(() -> state(delivery).pending() == 0);
		assertThat(this.receiver.spans()).containsExactlyInAnyOrderElementsOf(names);
		assertThat(state(delivery).replayed()).isGreaterThanOrEqualTo(8000);
	}

	@Test
	void shouldCountWhatTheSpoolDrops(@TempDir Path directory) {
		this.receiver.answers(ScriptedReceiver.UNAVAILABLE);
		Delivery delivery = delivery(new SpoolSettings(directory, 10 * 1024 * 1024, Duration.ofDays(1)),
				new Batch(100, 2 * 1024 * 1024, 100, 1024 * 1024, Duration.ofMillis(5)));
		for (int i = 0; i < 40; i++) {
			delivery.accept(span("large " + i, 500_000));
			int ended = i + 1;
			await().until(() -> state(delivery).spooled() == ended);
		}
		assertThat(dropped(delivery, DropReason.SPOOL_FULL)).isPositive();
		assertThat(state(delivery).spoolBytes()).isLessThanOrEqualTo(10 * 1024 * 1024);
		this.receiver.answers(ScriptedReceiver.ACCEPTED);
		await().until(() -> state(delivery).pending() == 0);
		assertThat(state(delivery).delivered() + dropped(delivery, DropReason.SPOOL_FULL)).isEqualTo(40);
		assertThat(new HashSet<>(this.receiver.spans())).contains("large 39").doesNotContain("large 0");
	}

	@Test
	void shouldLetNeitherWhatIsOldNorWhatIsNewWait(@TempDir Path directory) {
		this.receiver.answers(ScriptedReceiver.UNAVAILABLE);
		SpoolSettings spool = new SpoolSettings(directory, 100 * 1024 * 1024, Duration.ofDays(1));
		Batch batch = new Batch(262_144, 64 * 1024 * 1024, 200, 3 * 1024 * 1024, Duration.ofMillis(5));
		Delivery first = delivery(spool, batch);
		List<String> old = end(first, 0, 10_000);
		first.close();
		ScriptedReceiver slow = new ScriptedReceiver();
		slow.answers(ScriptedReceiver.after(Duration.ofMillis(50), slow, ScriptedReceiver.ACCEPTED));
		Delivery second = new Delivery(List.of(new Delivery.Part(settings("default", batch, null), slow)), spool,
				new Door(null, Function.identity(), null), (site, failure) -> this.failures.add(failure),
				(destination, outcome, duration) -> {
				}, Duration.ofSeconds(1));
		this.deliveries.add(second);
		List<String> fresh = end(second, 10_000, 1000);
		await().until(() -> slow.spans().containsAll(fresh));
		assertThat(state(second).pending()).as("of the old ones").isPositive();
		assertThat(slow.spans()).as("while new ones came").contains(old.get(0));
		await().until(() -> state(second).pending() == 0);
		List<String> replayed = new ArrayList<>(slow.spans());
		replayed.removeAll(fresh);
		assertThat(replayed).containsExactlyInAnyOrderElementsOf(old);
	}

	@Test
	void shouldWriteNothingIntoTheSpoolThatMayNotLeave(@TempDir Path directory) throws Exception {
		this.receiver.answers(ScriptedReceiver.UNAVAILABLE);
		Delivery delivery = new Delivery(List.of(new Delivery.Part(settings("default", BATCH, null), this.receiver)),
				new SpoolSettings(directory, 100 * 1024 * 1024, Duration.ofDays(1)), new Door(null, (span) -> {
					if (span.getName().equals("span 1")) {
						throw new IllegalStateException("unknown whether s3cret may leave");
					}
					return span.getName().equals("span 2") ? null : span;
				}, null), (site, failure) -> this.failures.add(failure), (destination, outcome, duration) -> {
				}, Duration.ofSeconds(1));
		this.deliveries.add(delivery);
		end(delivery, 0, 5);
		await().until(() -> state(delivery).spooled() == 3);
		try (Stream<Path> files = Files.walk(directory)) {
			String written = files.filter(Files::isRegularFile).map(DeliveryTests::read).collect(Collectors.joining());
			assertThat(written).contains("span 0", "span 3", "span 4").doesNotContain("span 1", "span 2");
		}
		assertThat(state(delivery).dropped()).isEqualTo(Map.of(DropReason.FAILED, 1L, DropReason.FILTERED, 1L));
	}

	private static String read(Path file) {
		try {
			return Files.readString(file, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Delivery delivery(Batch batch) {
		return delivery((SpoolSettings) null, batch);
	}

	private Delivery delivery(@Nullable SpoolSettings spool, Batch batch) {
		return delivery(spool, Duration.ofSeconds(1),
				new Delivery.Part(settings("default", batch, null), this.receiver));
	}

	private Delivery delivery(Duration shutdownTimeout, Delivery.Part... parts) {
		return delivery(null, shutdownTimeout, parts);
	}

	private Delivery delivery(@Nullable SpoolSettings spool, Duration shutdownTimeout, Delivery.Part... parts) {
		Delivery delivery = new Delivery(List.of(parts), spool, new Door(null, Function.identity(), null),
				(site, failure) -> this.failures.add(failure), (destination, outcome, duration) -> {
				}, shutdownTimeout);
		this.deliveries.add(delivery);
		return delivery;
	}

	private static DestinationSettings settings(String name, Batch batch,
			@Nullable Function<SpanData, @Nullable SpanData> selection) {
		return new DestinationSettings(name, "http://localhost:4318/v1/traces", Protocol.HTTP, Map.of(),
				Compression.NONE, Duration.ofSeconds(10), Duration.ofSeconds(10), null, null, batch, selection);
	}

	private static DestinationState state(Delivery delivery) {
		DestinationState state = delivery.destinations().get(0);
		assertThat(state.ended() + state.recovered()).as("the ledger")
			.isEqualTo(state.delivered() + state.pending()
					+ state.dropped().values().stream().mapToLong(Long::longValue).sum());
		return state;
	}

	private static long dropped(Delivery delivery, DropReason reason) {
		return state(delivery).dropped().getOrDefault(reason, 0L);
	}

	private static List<String> end(Delivery delivery, int from, int count) {
		List<String> names = new ArrayList<>();
		IntStream.range(from, from + count).forEach((i) -> {
			delivery.accept(span("span " + i, 100));
			names.add("span " + i);
		});
		return names;
	}

	private static SpanData span(String name, int size) {
		return TestSpanData.builder()
			.setName(name)
			.setKind(SpanKind.INTERNAL)
			.setResource(RESOURCE)
			.setSpanContext(SpanContext.create("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
					TraceFlags.getSampled(), TraceState.getDefault()))
			.setStatus(StatusData.unset())
			.setStartEpochNanos(1)
			.setEndEpochNanos(2)
			.setHasEnded(true)
			.setAttributes(Attributes.of(AttributeKey.stringKey("text"), "x".repeat(size)))
			.build();
	}

}
