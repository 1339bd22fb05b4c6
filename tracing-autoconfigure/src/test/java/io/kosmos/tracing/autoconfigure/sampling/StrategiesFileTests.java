package io.kosmos.tracing.autoconfigure.sampling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.UrlResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class StrategiesFileTests {

	@TempDir
	Path directory;

	private Path file;

	@BeforeEach
	void write() throws IOException {
		this.file = this.directory.resolve("sampling.json");
		write(0.25);
	}

	@Test
	void shouldNoticeAChange() throws IOException {
		try (StrategiesFile strategies = open(Duration.ofMillis(20))) {
			assertThat(strategies.getDescription()).contains("0.25");
			write(0.75);
			Awaitility.await().until(() -> strategies.getDescription().contains("0.75"));
			assertThat(strategies.state()).doesNotContainKey("problem")
				.extractingByKey("strategies")
				.asString()
				.contains("param=0.75");
		}
	}

	@Test
	void shouldNoticeAChangeThatLeavesTimeAndSizeAsTheyWere() throws IOException {
		FileTime time = Files.getLastModifiedTime(this.file);
		try (StrategiesFile strategies = open(Duration.ofHours(1))) {
			write(0.75);
			Files.setLastModifiedTime(this.file, time);
			strategies.reload();
			assertThat(strategies.getDescription()).contains("0.75");
		}
	}

	@Test
	void shouldFollowTheLinksOfAConfigMap() throws IOException {
		Path first = Files.createDirectory(this.directory.resolve("..1"));
		Path second = Files.createDirectory(this.directory.resolve("..2"));
		Files.move(this.file, first.resolve("sampling.json"));
		Path data = Files.createSymbolicLink(this.directory.resolve("..data"), first);
		Files.createSymbolicLink(this.file, data.resolve("sampling.json"));
		try (StrategiesFile strategies = open(Duration.ofHours(1))) {
			Files.writeString(second.resolve("sampling.json"), file(0.75));
			Path next = Files.createSymbolicLink(this.directory.resolve("..data_tmp"), second);
			Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
			strategies.reload();
			assertThat(strategies.getDescription()).contains("0.75");
		}
	}

	@Test
	void shouldKeepTheOldOneAndSaySoOnceIfTheNewOneIsBadOrMissing(CapturedOutput output) throws IOException {
		try (StrategiesFile strategies = open(Duration.ofHours(1))) {
			write(1.75);
			strategies.reload();
			strategies.reload();
			assertThat(strategies.getDescription()).contains("0.25");
			assertThat(strategies.state()).containsKey("problemSince")
				.containsEntry("problem",
						"In it, $.default_strategy.param is 1.75, but a probability must be from 0.0 to 1.0.");
			Files.delete(this.file);
			strategies.reload();
			strategies.reload();
			assertThat(strategies.getDescription()).contains("0.25");
			assertThat(strategies.state()).containsEntry("problem",
					"It cannot be read: it does not exist, or may not be read.");
			write(0.25);
			strategies.reload();
			strategies.reload();
			assertThat(strategies.state()).doesNotContainKey("problem");
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("Sampling goes "))).satisfiesExactly(
				(bad) -> assertThat(bad).contains("WARN", "1.75"),
				(missing) -> assertThat(missing).contains("WARN", "does not exist"),
				(good) -> assertThat(good).contains("INFO", "0.25"));
	}

	@Test
	void shouldRefuseAHugeFile() throws IOException {
		try (StrategiesFile strategies = open(Duration.ofHours(1))) {
			Files.writeString(this.file, " ".repeat(StrategiesFile.MAX_SIZE) + file(0.5));
			strategies.reload();
			assertThat(strategies.getDescription()).contains("0.25");
			assertThat(strategies.state()).containsEntry("problem", "In it, there are more than 4194304 bytes.");
		}
	}

	@Test
	void shouldFailAtStartUpIfTheFileIsBad() throws IOException {
		Files.writeString(this.file, "{\"default_strategy\": {\"type\": \"sometimes\"}}");
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> open(Duration.ofSeconds(10)))
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("kosmos.tracing.sampling.strategies.file");
				assertThat(ex.getValue()).asString().contains("sampling.json");
				assertThat(ex.getReason()).contains("$.default_strategy.type is 'sometimes'", "always or adaptive");
			});
	}

	@Test
	void shouldFailAtStartUpIfThereIsNoFile() throws IOException {
		Files.delete(this.file);
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> open(Duration.ofSeconds(10)))
			.satisfies((ex) -> assertThat(ex.getReason()).contains("does not exist"));
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> open(null, Duration.ofSeconds(10)))
			.satisfies((ex) -> assertThat(ex.getReason()).contains("It must be set"));
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> open(UrlResource.from("http://jaeger:5778/x"), Duration.ofSeconds(10)))
			.satisfies((ex) -> assertThat(ex.getReason()).contains("remote sampling"));
	}

	@Test
	void shouldNotReloadWhatCannotChange() {
		Set<Thread> before = threads();
		try (StrategiesFile strategies = open(new ByteArrayResource(file(0.5).getBytes()), Duration.ofMillis(1))) {
			assertThat(strategies.getDescription()).contains("0.5");
			assertThat(threads()).isSubsetOf(before);
		}
	}

	@Test
	void shouldStopWhenClosed() {
		Set<Thread> before = threads();
		StrategiesFile strategies = open(Duration.ofMillis(1));
		Set<Thread> own = threads();
		own.removeAll(before);
		assertThat(own).hasSize(1);
		strategies.close();
		Awaitility.await().untilAsserted(() -> assertThat(own).noneMatch(Thread::isAlive));
	}

	/**
	 * Those that read files. Other tests may have left some that are about to end.
	 */
	private static Set<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("kosmos-strategies-file"))
			.collect(Collectors.toSet());
	}

	private StrategiesFile open(Duration interval) {
		return open(new FileSystemResource(this.file), interval);
	}

	private static StrategiesFile open(Resource file, Duration interval) {
		return new StrategiesFile(new SamplingProperties.Strategies(file, interval), "orders");
	}

	private void write(double probability) throws IOException {
		Files.writeString(this.file, file(probability));
	}

	private static String file(double probability) {
		return "{\"default_strategy\": {\"type\": \"probabilistic\", \"param\": " + probability + "}}";
	}

}
