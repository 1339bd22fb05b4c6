package usecases.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import usecases.faults.FaultTests.Scenario;
import usecases.faults.FaultyReceiver.Protocol;
import usecases.faults.Trial.Storage;

/**
 * What happens to applications and receivers.
 */
final class Scenarios {

	private static final int MEBIBYTE = 1024 * 1024;

	/** For the delivery 2 s, else for the rest of the application on a busy machine. */
	private static final Duration SHUTDOWN = Duration.ofMillis(3500);

	private Scenarios() {
	}

	static List<Scenario> all() {
		List<Scenario> scenarios = new ArrayList<>();
		for (Protocol protocol : Protocol.values()) {
			for (Storage storage : Storage.values()) {
				scenarios.add(new Scenario("2,000/s", protocol, storage, (trial, rows) -> faultsAt(trial, 2000, rows)));
			}
			scenarios.add(new Scenario("50/s", protocol, Storage.MEMORY, (trial, rows) -> faultsAt(trial, 50, rows)));
		}
		for (Protocol protocol : Protocol.values()) {
			for (Storage storage : Storage.values()) {
				scenarios.add(new Scenario("long outage", protocol, storage, Scenarios::longOutage));
			}
			for (Ending ending : Ending.values()) {
				scenarios.add(new Scenario(ending.toString(), protocol, Storage.SPOOL,
						(trial, rows) -> terminate(trial, ending, rows)));
			}
			for (Ending ending : List.of(Ending.UP, Ending.DOWN, Ending.IN_FLIGHT, Ending.UNDER_LOAD)) {
				scenarios.add(new Scenario(ending.toString(), protocol, Storage.MEMORY,
						(trial, rows) -> terminate(trial, ending, rows)));
			}
			for (Storage storage : Storage.values()) {
				scenarios
					.add(new Scenario("kill -9", protocol, storage, (trial, rows) -> kill(trial, Fault.NONE, rows)));
			}
			scenarios.add(new Scenario("kill -9 while the destination is down", protocol, Storage.SPOOL,
					(trial, rows) -> kill(trial, Fault.DOWN, rows)));
			scenarios.add(new Scenario("a 6 MiB span among 1,500", protocol, Storage.MEMORY, Scenarios::hugeSpan));
			scenarios.add(new Scenario("700 spans of 1 MiB, destination down", protocol, Storage.SPOOL,
					Scenarios::hugeSpans));
			scenarios.add(new Scenario("disk full", protocol, Storage.SPOOL, Scenarios::diskFull));
			scenarios.add(new Scenario("spool corrupted", protocol, Storage.SPOOL, Scenarios::corrupted));
			scenarios.add(new Scenario("two destinations", protocol, Storage.MEMORY, Scenarios::twoDestinations));
			scenarios.add(new Scenario("certificate rotated", protocol, Storage.MEMORY, Scenarios::certificateRotated));
		}
		scenarios.add(new Scenario("700 spans of 1 MiB, destination down", Protocol.HTTP, Storage.MEMORY,
				Scenarios::hugeSpans));
		return scenarios;
	}

	private static void faultsAt(Trial trial, int rate, Consumer<Row> rows) throws Exception {
		trial.receiver().work();
		ApplicationProcess application = trial.start();
		String suffix = ", %,d/s".formatted(rate);
		warmUp(trial, application);
		fault(trial, application, "steady" + suffix, Fault.NONE, rate, rows);
		fault(trial, application, "destination down" + suffix, Fault.DOWN, rate, rows);
		fault(trial, application, "unavailable" + suffix, Fault.UNAVAILABLE, rate, rows);
		fault(trial, application, "unavailable, to be retried after 1 s" + suffix, Fault.UNAVAILABLE_FOR_A_SECOND, rate,
				rows);
		fault(trial, application, "hang" + suffix, Fault.HANG, rate, rows);
		fault(trial, application, "slow, 1 s per request" + suffix, Fault.SLOW, rate, rows);
		if (rate > 1000) {
			burst(trial, application, rows);
		}
		else {
			left(trial, application, "one poisoned span among 1,500", FaultyReceiver.POISONED, 1, rows);
			left(trial, application, "partial success, 5 rejected of 1,500", FaultyReceiver.UNWANTED, 5, rows);
		}
	}

	private static void warmUp(Trial trial, ApplicationProcess application) throws IOException, InterruptedException {
		application.load(500, 500, "step", 0);
		try (Prober prober = Prober.start(application)) {
			Thread.sleep(1000);
		}
		new Measurement(trial, "warm-up").await(application, 1, application.next());
	}

	private static void fault(Trial trial, ApplicationProcess application, String name, Fault fault, int rate,
			Consumer<Row> rows) throws Exception {
		Measurement measurement = new Measurement(trial, name);
		FaultyReceiver receiver = trial.receiver();
		Ledger before = application.settledLedger("default");
		int from = application.next();
		int requests;
		application.load(rate);
		try (Prober prober = Prober.start(application)) {
			Thread.sleep(Scale.before().toMillis());
			prober.during(true);
			receiver.misbehave(fault);
			int requestsBefore = receiver.requests();
			Thread.sleep(Scale.fault().toMillis());
			requests = receiver.requests() - requestsBefore;
			receiver.work();
			prober.during(false);
			Thread.sleep(Scale.after().toMillis());
			application.load(0);
			prober.close();
			measurement.prober(prober);
		}
		int to = application.next();
		Duration took = measurement.await(application, from, to);
		if (fault != Fault.NONE) {
			measurement.remark("all there after %.1f s".formatted(took.toMillis() / 1000.0));
			measurement.remark(requests + " requests during the fault");
		}
		measurement.count(from, to);
		measurement.nothingLost();
		measurement.ledger(since(application.settledLedger("default"), before));
		measurement.log(application.newLines(), (fault != Fault.NONE) ? 2 : 0);
		if (fault == Fault.NONE) {
			measurement.delay(from, to);
		}
		if (fault == Fault.UNAVAILABLE_FOR_A_SECOND) {
			long most = 2 + 2 * Scale.fault().toSeconds();
			measurement.expect(requests <= most, requests + " requests although asked to wait");
		}
		rows.accept(measurement.row());
	}

	private static @Nullable Ledger since(@Nullable Ledger now, @Nullable Ledger before) {
		return (now != null && before != null) ? now.since(before) : null;
	}

	private static void burst(Trial trial, ApplicationProcess application, Consumer<Row> rows) throws Exception {
		Measurement measurement = new Measurement(trial, "burst of 50,000 in 1 s");
		Ledger before = application.settledLedger("default");
		int from = application.next();
		long begin = System.nanoTime();
		application.load(50_000, 50_000, "step", 0);
		measurement.remark("made in %.1f s".formatted((System.nanoTime() - begin) / 1e9));
		int to = application.next();
		measurement.await(application, from, to);
		measurement.count(from, to);
		measurement.nothingLost();
		measurement.ledger(since(application.settledLedger("default"), before));
		measurement.log(application.newLines(), 0);
		rows.accept(measurement.row());
	}

	private static void left(Trial trial, ApplicationProcess application, String name, String span, int count,
			Consumer<Row> rows) throws Exception {
		Measurement measurement = new Measurement(trial, name);
		Ledger before = application.settledLedger("default");
		int from = application.next();
		application.load(3000, 750, "step", 0);
		int first = application.next();
		application.load(3000, count, span, 0);
		application.load(3000, 750, "step", 0);
		int to = application.next();
		measurement.await(application, from, to);
		measurement.count(from, to);
		measurement.expect(measurement.lost() == count, "lost " + measurement.lost() + " instead of " + count);
		measurement.expect(
				measurement.missing().stream().allMatch((number) -> number >= first && number < first + count),
				"lost others than those");
		measurement.ledger(since(application.settledLedger("default"), before));
		measurement.log(application.newLines(), 2);
		rows.accept(measurement.row());
	}

	private static void longOutage(Trial trial, Consumer<Row> rows) throws Exception {
		trial.receiver().work();
		ApplicationProcess application = trial.start();
		Measurement measurement = new Measurement(trial, "outage of " + Scale.outage().toSeconds() + " s, 200/s");
		application.load(200);
		Thread.sleep(Scale.before().toMillis());
		trial.receiver().misbehave(Fault.DOWN);
		Thread.sleep(Scale.outage().toMillis());
		trial.receiver().work();
		long begin = System.nanoTime();
		Thread.sleep(Scale.after().toMillis());
		application.load(0);
		int to = application.next();
		measurement.await(application, 1, to);
		Duration took = Duration.ofNanos(System.nanoTime() - begin);
		measurement.remark("drained in %.1f s".formatted(took.toMillis() / 1000.0));
		measurement.expect(took.toSeconds() < 60, "drained after 60 s only");
		measurement.count(1, to);
		measurement.nothingLost();
		measurement.ledger(application.settledLedger("default"));
		measurement.log(application.newLines(), 2);
		rows.accept(measurement.row());
	}

	private static void terminate(Trial trial, Ending ending, Consumer<Row> rows) throws Exception {
		Measurement measurement = new Measurement(trial, ending.toString());
		trial.receiver().work();
		ApplicationProcess application = trial.start();
		warmUp(trial, application);
		trial.receiver().misbehave(ending.fault);
		application.load(500, 500, "step", 0);
		if (ending == Ending.SLOW) {
			application.load(50_000, 20_000, "step", 0);
		}
		CompletableFuture<HttpResponse<String>> request = CompletableFuture.completedFuture(null);
		if (ending == Ending.IN_FLIGHT) {
			request = application.begin("/work?millis=1000");
			Thread.sleep(300);
		}
		if (ending == Ending.UNDER_LOAD) {
			application.load(2000);
			Thread.sleep(1000);
		}
		Duration took = application.terminate();
		measurement.shutdown(took, (ending == Ending.IN_FLIGHT) ? SHUTDOWN.plusMillis(700) : SHUTDOWN);
		if (ending == Ending.IN_FLIGHT) {
			HttpResponse<String> response = request.get(10, TimeUnit.SECONDS);
			measurement.expect(response.statusCode() == 200, "the request in flight got " + response.statusCode());
		}
		Ledger first = application.lastLedger("default");
		measurement.log(application.newLines(), 2);
		if (trial.storage() == Storage.MEMORY) {
			measurement.count(1, Trial.NUMBERS);
			if (ending.fault == Fault.NONE) {
				measurement.nothingLost();
			}
			else {
				measurement.remark("nothing to keep them in");
			}
			measurement.ledger(first);
		}
		else {
			trial.receiver().work();
			ApplicationProcess second = trial.start();
			measurement.await(second, 1, Trial.NUMBERS);
			measurement.count(1, Journal.CAPACITY);
			measurement.nothingLost();
			measurement.ledgers(first, second.settledLedger("default"));
			measurement.log(second.newLines(), 1);
		}
		rows.accept(measurement.row());
	}

	private static void kill(Trial trial, Fault fault, Consumer<Row> rows) throws Exception {
		Measurement measurement = new Measurement(trial,
				(fault == Fault.NONE) ? "kill -9 at 2,000/s" : "kill -9 at 2,000/s, destination down");
		trial.receiver().work();
		ApplicationProcess application = trial.start();
		warmUp(trial, application);
		trial.receiver().misbehave(fault);
		application.load(2000);
		Thread.sleep(2000);
		long alive = application.kill();
		trial.receiver().work();
		ApplicationProcess second = trial.start();
		measurement.await(second, 1, Trial.NUMBERS);
		measurement.count(1, Journal.CAPACITY);
		long oldest = measurement.missing()
			.stream()
			.mapToLong((number) -> alive - trial.journal().endedAt(number))
			.max()
			.orElse(0);
		measurement.remark("oldest lost ended " + oldest + " ms before");
		long most = (trial.storage() == Storage.SPOOL) ? 50 : 200;
		measurement.expect(oldest <= most, "lost what had ended more than " + most + " ms before");
		Ledger ledger = second.settledLedger("default");
		measurement.expect(ledger != null && ledger.isExact(), "ledger does not add up: " + ledger);
		rows.accept(measurement.row());
	}

	private static void hugeSpan(Trial trial, Consumer<Row> rows) throws Exception {
		Measurement measurement = new Measurement(trial, "a 6 MiB span among 1,500");
		trial.receiver().work();
		ApplicationProcess application = trial.start("--kosmos.tracing.limits.attribute-value-length=" + 8 * MEBIBYTE,
				"--kosmos.tracing.redaction.max-length=" + 8 * MEBIBYTE, "--kosmos.tracing.guard.max-span-size=16MB");
		application.load(3000, 750, "step", 0);
		int huge = application.next();
		application.load(3000, 1, "huge", 6 * MEBIBYTE);
		application.load(3000, 749, "step", 0);
		int to = application.next();
		measurement.await(application, 1, to);
		measurement.count(1, to);
		measurement.nothingLost();
		measurement.expect(trial.receiver().inbox().isTrimmed(huge), "the huge span is not marked as trimmed");
		measurement.ledger(application.settledLedger("default"));
		measurement.log(application.newLines(), 2);
		rows.accept(measurement.row());
	}

	private static void hugeSpans(Trial trial, Consumer<Row> rows) throws Exception {
		Measurement measurement = new Measurement(trial, "700 spans of 1 MiB, -Xmx512m, destination down");
		// All of each span is to get as far as the memory, which redaction would cut.
		ApplicationProcess application = trial.start("", List.of("-Xmx512m"),
				"--kosmos.tracing.limits.attribute-value-length=" + 2 * MEBIBYTE,
				"--kosmos.tracing.redaction.enabled=false", "--kosmos.tracing.guard.max-span-size=16MB",
				"--kosmos.tracing.exporter.spool.max-size=2GB");
		try (Prober prober = Prober.start(application)) {
			Thread.sleep(1000);
			// More than the heap, at a pace that a busy disk keeps too.
			application.load(15, 700, "large", MEBIBYTE);
			trial.receiver().work();
			measurement.await(application, 1, application.next());
			prober.close();
			measurement.prober(prober);
		}
		int to = application.next();
		measurement.await(application, 1, to);
		measurement.count(1, to);
		if (trial.storage() == Storage.SPOOL) {
			measurement.nothingLost();
		}
		else {
			measurement.expect(measurement.delivered() >= 40, "less delivered than the memory for it holds");
			measurement.expect(measurement.lost() > 0, "all delivered, so the spans were not as large as they should");
			measurement.remark("more than memory may hold");
		}
		measurement.ledger(application.settledLedger("default"));
		measurement.log(application.newLines(), 3);
		rows.accept(measurement.row());
	}

	private static void diskFull(Trial trial, Consumer<Row> rows) throws Exception {
		Measurement measurement = new Measurement(trial, "disk full at 8 MiB of 40");
		Files.createDirectories(trial.spool());
		ApplicationProcess application = trial.start("mount -t tmpfs -o size=8m tmpfs '" + trial.spool() + "'",
				List.of("-Xmx256m"), "--kosmos.tracing.limits.attribute-value-length=8192",
				"--kosmos.tracing.batch.queue-bytes=4MB");
		try (Prober prober = Prober.start(application)) {
			Thread.sleep(1000);
			application.load(2000, 10_000, "step", 4096);
			trial.receiver().work();
			measurement.await(application, 1, application.next());
			prober.close();
			measurement.prober(prober);
		}
		int healed = application.next();
		application.load(1000, 100, "step", 0);
		int to = application.next();
		measurement.await(application, healed, to);
		measurement.count(1, to);
		measurement.expect(measurement.missing().stream().allMatch((number) -> number < healed),
				"lost spans although there was room again");
		measurement.expect(measurement.delivered() >= 1500, "less delivered than the disk holds");
		measurement.remark("more than disk and memory may hold");
		measurement.ledger(application.settledLedger("default"));
		measurement.log(application.newLines(), 4);
		rows.accept(measurement.row());
	}

	private static void corrupted(Trial trial, Consumer<Row> rows) throws Exception {
		Measurement measurement = new Measurement(trial, "spool corrupted between two runs");
		ApplicationProcess application = trial.start();
		application.load(2000, 6000, "step", 0);
		application.terminate();
		Ledger first = application.lastLedger("default");
		if (!Files.exists(trial.spool())) {
			measurement.expect(false, "no spool");
		}
		else {
			corrupt(trial.spool());
		}
		trial.receiver().work();
		ApplicationProcess second = trial.start();
		measurement.await(second, 1, Trial.NUMBERS);
		measurement.count(1, Journal.CAPACITY);
		measurement.expect(measurement.lost() > 0 && measurement.lost() <= 1024,
				"lost " + measurement.lost() + " for 64 damaged bytes");
		measurement.ledgers(first, second.settledLedger("default"));
		measurement.log(second.newLines(), 2);
		rows.accept(measurement.row());
	}

	private static void corrupt(Path spool) throws IOException {
		try (Stream<Path> files = Files.walk(spool)) {
			Path largest = files.filter(Files::isRegularFile)
				.max(Comparator.comparingLong((file) -> file.toFile().length()))
				.orElseThrow();
			try (RandomAccessFile file = new RandomAccessFile(largest.toFile(), "rw")) {
				byte[] bytes = new byte[64];
				long middle = file.length() / 2;
				file.seek(middle);
				file.readFully(bytes);
				for (int i = 0; i < bytes.length; i++) {
					bytes[i] ^= (byte) 0x5a;
				}
				file.seek(middle);
				file.write(bytes);
			}
		}
	}

	private static void twoDestinations(Trial trial, Consumer<Row> rows) throws Exception {
		Measurement alive = new Measurement(trial, "two destinations, the live one");
		try (FaultyReceiver dead = new FaultyReceiver(trial.protocol())) {
			trial.receiver().work();
			ApplicationProcess application = trial.start(
					"--kosmos.tracing.exporter.destinations.other.endpoint=" + dead.endpoint(),
					"--kosmos.tracing.exporter.destinations.other.protocol=" + trial.protocol().name());
			warmUp(trial, application);
			int from = application.next();
			application.load(2000, 8000, "step", 0);
			int to = application.next();
			alive.await(application, 1, to);
			alive.count(1, to);
			alive.nothingLost();
			alive.delay(from, to);
			alive.ledger(application.settledLedger("default"));
			rows.accept(alive.row());
			dead.work();
			Measurement risen = new Measurement(trial, dead, "other", "two destinations, the dead one once it is back");
			risen.await(application, 1, to);
			risen.count(1, to);
			risen.nothingLost();
			risen.ledger(application.settledLedger("other"));
			risen.log(application.newLines(), 2);
			rows.accept(risen.row());
		}
	}

	private static void certificateRotated(Trial trial, Consumer<Row> rows) throws Exception {
		Measurement measurement = new Measurement(trial, "certificate rotated");
		Path trusted = trial.directory().resolve("trusted.pem");
		Certificate old = Certificate.make(trial.directory(), "old");
		old.writePem(trusted);
		trial.receiver().identify(old);
		trial.receiver().work();
		ApplicationProcess application = trial.start("--kosmos.tracing.exporter.ssl.bundle=receiver",
				"--spring.ssl.bundle.pem.receiver.reload-on-update=true",
				"--spring.ssl.bundle.pem.receiver.truststore.certificate=file:" + trusted,
				"--spring.ssl.bundle.watch.file.quiet-period=200ms");
		warmUp(trial, application);
		measurement.expect(trial.receiver().inbox().spans() > 0, "the first certificate is not trusted");
		application.load(200);
		Thread.sleep(Scale.before().toMillis());
		trial.receiver().misbehave(Fault.DOWN);
		Certificate renewed = Certificate.make(trial.directory(), "renewed");
		trial.receiver().identify(renewed);
		trial.receiver().work();
		Thread.sleep(1000);
		renewed.writePem(trusted);
		Thread.sleep(Scale.fault().toMillis());
		application.load(0);
		int to = application.next();
		measurement.await(application, 1, to);
		measurement.count(1, to);
		measurement.nothingLost();
		measurement.ledger(application.settledLedger("default"));
		measurement.log(application.newLines(), 2);
		rows.accept(measurement.row());
	}

	/**
	 * How the application is asked to end.
	 */
	private enum Ending {

		UP("SIGTERM, destination up", Fault.NONE),

		DOWN("SIGTERM, destination down", Fault.DOWN),

		HANG("SIGTERM, destination hangs", Fault.HANG),

		SLOW("SIGTERM, slow destination, 20,000 waiting", Fault.SLOW),

		IN_FLIGHT("SIGTERM, a request in flight", Fault.NONE),

		UNDER_LOAD("SIGTERM under load, 2,000/s", Fault.NONE);

		private final String name;

		private final Fault fault;

		Ending(String name, Fault fault) {
			this.name = name;
			this.fault = fault;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
