package usecases.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import usecases.faults.FaultyReceiver.Protocol;
import usecases.faults.Trial.Storage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Breaks what can break between an application and its receivers, counts every span, and
 * prints the table. One test per row.
 */
class FaultTests {

	@TestFactory
	Stream<DynamicTest> faults() throws Exception {
		List<Row> rows = run(Scenarios.all());
		String table = table(rows);
		Files.createDirectories(Path.of("target"));
		Files.writeString(Path.of("target", "fault-table.md"), table);
		System.out.println(table);
		return rows.stream()
			.map((row) -> DynamicTest.dynamicTest(row.scenario() + ", " + row.protocol() + ", " + row.storage(),
					() -> assertThat(row.misses()).as(row.toString()).isEmpty()));
	}

	private static List<Row> run(List<Scenario> scenarios) throws InterruptedException {
		Pattern only = Pattern.compile(System.getProperty("faults.only", ""));
		List<List<Row>> rows = new ArrayList<>();
		ExecutorService threads = Executors.newFixedThreadPool(Integer.getInteger("faults.parallel", 4));
		try {
			List<Future<?>> running = new ArrayList<>();
			for (Scenario scenario : scenarios) {
				if (only.matcher(scenario.name()).find()) {
					List<Row> own = Collections.synchronizedList(new ArrayList<>());
					rows.add(own);
					running.add(threads.submit(() -> run(scenario, (row) -> {
						System.out.println(row);
						own.add(row);
					})));
				}
			}
			threads.shutdown();
			assertThat(threads.awaitTermination(3, TimeUnit.HOURS)).isTrue();
		}
		finally {
			threads.shutdownNow();
		}
		return rows.stream().flatMap(List::stream).toList();
	}

	private static void run(Scenario scenario, Consumer<Row> rows) {
		try (Trial trial = Trial.open(scenario.name(), scenario.protocol(), scenario.storage())) {
			scenario.course().run(trial, rows);
		}
		catch (Throwable ex) {
			ex.printStackTrace(System.out);
			rows.accept(new Row(scenario.name(), scenario.protocol().toString(), scenario.storage().toString(), 0, 0, 0,
					0, "", "", 0, "", List.of("ended with " + ex)));
		}
	}

	private static String table(List<Row> rows) throws IOException {
		StringBuilder table = new StringBuilder(Row.HEADER);
		rows.forEach((row) -> table.append(row).append('\n'));
		return table.toString();
	}

	/**
	 * Something that happens.
	 */
	record Scenario(String name, Protocol protocol, Storage storage, Course course) {

	}

	/**
	 * How it happens.
	 */
	@FunctionalInterface
	interface Course {

		void run(Trial trial, Consumer<Row> rows) throws Exception;

	}

}
