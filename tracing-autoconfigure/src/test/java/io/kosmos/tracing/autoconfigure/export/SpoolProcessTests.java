package io.kosmos.tracing.autoconfigure.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spools of processes that are killed, share a directory or cannot write.
 */
@Timeout(120)
class SpoolProcessTests {

	@TempDir
	Path directory;

	private final SpoolNotes notes = new SpoolNotes();

	@Test
	void whatWasAppendedSurvivesAKill() throws IOException {
		int written = killAfter("append", 3000);
		try (Spool spool = open()) {
			List<Integer> recovered = numbers(spool);
			assertThat(recovered.size()).isBetween(written, written + 1);
			assertThat(recovered).isEqualTo(IntStream.range(0, recovered.size()).boxed().toList());
		}
		assertThat(this.notes.dropped().size()).as("the one under way").isLessThanOrEqualTo(1);
	}

	@Test
	void whatWasRemovedDoesNotComeBackAfterAKill() throws IOException {
		int written = killAfter("deliver", 3000);
		try (Spool spool = open()) {
			List<Integer> recovered = numbers(spool);
			List<Integer> kept = recovered.stream().filter((number) -> number % 10 == 0).toList();
			assertThat(kept).isEqualTo(IntStream.range(0, kept.size()).map((i) -> i * 10).boxed().toList());
			assertThat(kept.size()).isGreaterThanOrEqualTo(written / 10);
			assertThat(recovered.size() - kept.size()).as("the one under way").isLessThanOrEqualTo(1);
		}
	}

	@Test
	void processesThatShareADirectoryDoNotShareASlot() throws IOException {
		try (SpoolProcess first = SpoolProcess.start(this.directory, "take")) {
			assertThat(first.line()).isEqualTo("ready");
			try (SpoolProcess second = SpoolProcess.start(this.directory, "append"); Spool third = open()) {
				assertThat(second.line()).isEqualTo("0");
				assertThat(third.recovered()).isEmpty();
				assertThat(third.append(SpoolProcess.message(1), 1)).isNotNull();
				assertThat(this.directory.resolve("default")).isDirectoryContaining("glob:**/0")
					.isDirectoryContaining("glob:**/1")
					.isDirectoryContaining("glob:**/2");
			}
		}
		assertThat(this.notes.problems()).isEmpty();
	}

	@Test
	void whatAProcessLeftIsAdoptedByAnotherOne() throws IOException {
		Spool first = open();
		first.append(SpoolProcess.message(1), 1);
		try (Spool second = open(); Spool third = open()) {
			second.append(SpoolProcess.message(2), 1);
			third.append(SpoolProcess.message(3), 1);
			second.close();
			try (SpoolProcess other = SpoolProcess.start(this.directory, "take")) {
				assertThat(other.line()).as("of the slot that is free").isEqualTo("2");
				assertThat(other.line()).isEqualTo("ready");
			}
			first.close();
		}
		try (SpoolProcess other = SpoolProcess.start(this.directory, "take")) {
			// The last two may be of the same millisecond.
			assertThat(other.line()).isEqualTo("1");
			assertThat(List.of(other.line(), other.line())).containsExactlyInAnyOrder("2", "3");
			assertThat(other.line()).isEqualTo("ready");
			assertThat(segments(this.directory.resolve("default/0"))).hasSize(3);
			assertThat(segments(this.directory.resolve("default/1"))).isEmpty();
			assertThat(segments(this.directory.resolve("default/2"))).isEmpty();
		}
	}

	@Test
	void aHalfWrittenRecordIsCutOffAndItGoesOnWhenThereIsRoom() throws IOException {
		try (SpoolProcess process = SpoolProcess.start(this.directory, "fill", "1000")) {
			assertThat(process.line())
				.matches("\\d{3} written, \\[Spans cannot be kept on disk now: .*File too large.*]");
			assertThat(process.line()).isEqualTo("1 problem, [Spans are kept on disk again]");
		}
		try (Spool spool = open()) {
			assertThat(numbers(spool)).containsExactly(4711);
		}
		assertThat(this.notes.problems()).isEmpty();
		assertThat(this.notes.dropped()).isEmpty();
	}

	@Test
	void whatWasWrittenBeforeTheDiskWasFullIsThere() throws IOException {
		int written = 0;
		try (SpoolProcess process = SpoolProcess.start(this.directory, "append", "1000")) {
			for (int i = 0; i < 3000; i++) {
				assertThat(process.line()).isEqualTo(Integer.toString(i));
			}
		}
		try (Spool spool = open()) {
			List<Integer> recovered = numbers(spool);
			written = recovered.size();
			assertThat(recovered).isEqualTo(IntStream.range(0, written).boxed().toList());
		}
		assertThat(written).isGreaterThan(300);
		assertThat(this.notes.problems()).isEmpty();
	}

	private int killAfter(String work, int count) throws IOException {
		int written = 0;
		try (SpoolProcess process = SpoolProcess.start(this.directory, work)) {
			for (; written < count; written++) {
				assertThat(process.line()).isEqualTo(Integer.toString(written));
			}
			process.kill();
			while (process.line() != null) {
				written++;
			}
		}
		return written;
	}

	private Spool open() {
		return Spool.open(new SpoolSettings(this.directory, 256 << 20, Duration.ofDays(1)), "default", this.notes);
	}

	private static List<Integer> numbers(Spool spool) {
		List<Integer> numbers = new ArrayList<>();
		for (Spooled spooled : spool.recovered()) {
			byte[] message = spool.read(spooled);
			assertThat(message).isNotNull();
			int number = Integer.parseInt(new String(message, StandardCharsets.UTF_8).trim());
			assertThat(message).isEqualTo(SpoolProcess.message(number));
			numbers.add(number);
		}
		return numbers;
	}

	private static List<Path> segments(Path slot) throws IOException {
		try (Stream<Path> files = Files.list(slot)) {
			return files.filter((file) -> file.toString().endsWith(".segment")).toList();
		}
	}

}
