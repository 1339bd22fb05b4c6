package io.kosmos.tracing.autoconfigure.export;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.kosmos.tracing.autoconfigure.export.SpoolNotes.Dropped;
import org.assertj.core.data.Offset;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SpoolTests {

	private static final long MEBIBYTE = 1 << 20;

	@TempDir
	Path temporary;

	private final SpoolNotes notes = new SpoolNotes();

	private final List<Spool> opened = new ArrayList<>();

	@AfterEach
	void close() {
		this.opened.forEach(Spool::close);
	}

	@Test
	void whatWasAppendedIsReadAndRemoved() {
		Spool spool = open();
		assertThat(spool.recovered()).isEmpty();
		Spooled first = spool.append(bytes("first"), 1);
		Spooled second = spool.append(bytes("second"), 2);
		assertThat(first.spans()).isEqualTo(1);
		assertThat(second.length()).isEqualTo(6);
		assertThat(second.epochMillis()).isCloseTo(System.currentTimeMillis(), Offset.offset(60_000L));
		assertThat(spool.read(first)).isEqualTo(bytes("first"));
		assertThat(spool.remove(first)).isTrue();
		assertThat(spool.read(first)).isNull();
		assertThat(spool.remove(first)).isFalse();
		assertThat(spool.read(second)).isEqualTo(bytes("second"));
		assertThat(spool.recovered()).isEmpty();
		assertQuiet();
	}

	@Test
	void whatWasNotRemovedIsThereInOrderAfterARestart() {
		Spool spool = open();
		List<Spooled> written = IntStream.range(0, 100)
			.mapToObj((i) -> spool.append(bytes("message " + i), i))
			.toList();
		written.stream().filter((spooled) -> spooled.spans() % 2 == 0).forEach(spool::remove);
		spool.close();
		assertThat(spool.append(bytes("late"), 1)).isNull();

		Spool again = open();
		assertThat(messages(again)).containsExactlyElementsOf(
				IntStream.range(0, 100).filter((i) -> i % 2 == 1).mapToObj((i) -> "message " + i).toList());
		again.append(bytes("behind"), 1);
		again.close();
		assertThat(messages(open())).hasSize(51).endsWith("message 99", "behind");
		assertQuiet();
	}

	@Test
	void emptyAndLargeMessagesAreKept() {
		Spool spool = open(256 * MEBIBYTE);
		byte[] large = random(9 * (int) MEBIBYTE);
		spool.append(new byte[0], 0);
		spool.append(large, 7);
		spool.append(bytes("small"), 1);
		assertThat(segments()).hasSize(3);
		spool.close();
		Spool again = open(256 * MEBIBYTE);
		List<Spooled> recovered = again.recovered();
		assertThat(recovered).extracting(Spooled::spans).containsExactly(0, 7, 1);
		assertThat(again.read(recovered.get(0))).isEmpty();
		assertThat(again.read(recovered.get(1))).isEqualTo(large);
		assertQuiet();
	}

	@Test
	void segmentsAreNamedInTheOrderOfTheirCreation() throws IOException {
		List<String> names = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			SpoolSegment segment = SpoolSegment.create(this.temporary);
			segment.close();
			names.add(segment.path().getFileName().toString());
		}
		assertThat(names).isSorted();
	}

	@Test
	void aMessageThatIsTooLargeIsNotKeptAndTakesNothingWithIt() {
		Spool spool = open(MEBIBYTE);
		Spooled small = spool.append(bytes("small"), 1);
		assertThat(spool.append(new byte[(int) MEBIBYTE], 1)).isNull();
		assertThat(spool.append(new byte[(int) MEBIBYTE], 1)).isNull();
		assertThat(spool.read(small)).isNotNull();
		assertThat(this.notes.problems()).hasSize(1).first().asString().contains("too large");
		assertThat(this.notes.dropped()).isEmpty();
	}

	@Test
	void aHealthySpoolStaysOneSmallFile() throws IOException {
		Spool spool = open();
		long largest = 0;
		for (int i = 0; i < 20_000; i++) {
			assertThat(spool.remove(spool.append(random(1000), 1))).isTrue();
			largest = Math.max(largest, spool.bytes());
		}
		assertThat(largest).isLessThan(300_000);
		assertThat(segments()).hasSize(1);
		assertThat(spool.bytes()).isEqualTo(Files.size(segments().get(0)));
		spool.close();
		assertThat(segments()).isEmpty();
		assertThat(open().recovered()).isEmpty();
		assertQuiet();
	}

	@Test
	void aSegmentIsDeletedWhenNothingWaitsInIt() {
		Spool spool = open(64 * MEBIBYTE);
		List<Spooled> written = IntStream.range(0, 100).mapToObj((i) -> spool.append(random(200_000), 1)).toList();
		assertThat(segments()).hasSize(5);
		assertThat(spool.bytes()).isGreaterThan(20_000_000);
		written.subList(0, 40).forEach(spool::remove);
		assertThat(segments()).hasSize(3);
		written.subList(40, 100).forEach(spool::remove);
		assertThat(segments()).hasSize(1);
		assertThat(spool.bytes()).isLessThan(100);
		assertQuiet();
	}

	@Test
	void theOldestGoesFirstWhenItIsFull() {
		Spool spool = open(MEBIBYTE);
		List<Spooled> written = new ArrayList<>();
		for (int i = 0; i < 300; i++) {
			written.add(spool.append(random(10_000), 3));
			assertThat(spool.bytes()).isLessThanOrEqualTo(MEBIBYTE);
		}
		List<Spooled> live = written.stream().filter(Spooled::isLive).toList();
		assertThat(live).hasSizeGreaterThan(90).isEqualTo(written.subList(300 - live.size(), 300));
		assertThat(this.notes.dropped()).hasSize(300 - live.size()).containsOnly(new Dropped(3, DropReason.SPOOL_FULL));
		assertThat(spool.read(written.get(0))).isNull();
		assertThat(spool.remove(written.get(0))).isFalse();
		assertThat(this.notes.problems()).isEmpty();
	}

	@Test
	void aSmallerLimitHoldsFromTheNextStartOn() {
		Spool spool = open(64 * MEBIBYTE);
		IntStream.range(0, 100).forEach((i) -> spool.append(random(200_000), 1));
		spool.close();
		Spool again = open(8 * MEBIBYTE);
		assertThat(again.bytes()).isLessThanOrEqualTo(8 * MEBIBYTE);
		assertThat(again.recovered().size() + this.notes.dropped().size()).isEqualTo(100);
		assertThat(again.recovered()).hasSizeGreaterThan(15);
	}

	@Test
	void whatIsTooOldIsDroppedAtTheStart() {
		Spool spool = open();
		spool.append(bytes("old"), 5);
		spool.append(bytes("old, too"), 6);
		spool.close();
		long written = System.currentTimeMillis();
		Awaitility.await().until(() -> System.currentTimeMillis() > written + 20);
		Spool again = open(MEBIBYTE, Duration.ofMillis(10));
		assertThat(again.recovered()).isEmpty();
		assertThat(this.notes.dropped()).containsExactly(new Dropped(5, DropReason.TOO_OLD),
				new Dropped(6, DropReason.TOO_OLD));
		again.close();
		assertThat(segments()).isEmpty();
	}

	@Test
	void whatIsTooOldIsDroppedWhileMoreComes() {
		Spool spool = open(MEBIBYTE, Duration.ofMillis(500));
		Spooled old = spool.append(bytes("old"), 5);
		Awaitility.await().until(() -> {
			spool.append(bytes("fresh"), 1);
			return !old.isLive();
		});
		assertThat(this.notes.dropped()).contains(new Dropped(5, DropReason.TOO_OLD));
		assertThat(spool.read(spool.append(bytes("last"), 1))).isEqualTo(bytes("last"));
	}

	@Test
	void aTruncatedTailCostsTheLastRecordAlone() throws IOException {
		Spool spool = open();
		IntStream.range(0, 3).forEach((i) -> spool.append(bytes("message " + i), i + 1));
		spool.close();
		Path segment = segments().get(0);
		truncate(segment, Files.size(segment) - 4);
		assertThat(messages(open())).containsExactly("message 0", "message 1");
		assertThat(this.notes.dropped()).containsExactly(new Dropped(3, DropReason.DAMAGED));
		assertThat(this.notes.problems()).hasSize(1)
			.first()
			.asString()
			.contains("1 of 1 files", segment.getParent().toString());
	}

	@Test
	void damageIsToldOnce() throws IOException {
		aTruncatedTailCostsTheLastRecordAlone();
		this.opened.forEach(Spool::close);
		open();
		assertThat(this.notes.dropped()).hasSize(1);
	}

	@Test
	void aDamagedMessageIsNotReturned() throws IOException {
		Spool spool = open();
		IntStream.range(0, 3).forEach((i) -> spool.append(bytes("message " + i), i + 1));
		spool.close();
		overwrite(segments().get(0), 16 + 29 + 9 + 29 + 3);
		Spool again = open();
		assertThat(messages(again)).containsExactly("message 0", "message 2");
		assertThat(this.notes.dropped()).containsExactly(new Dropped(2, DropReason.DAMAGED));
		assertThat(again.recovered()).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 3, 5, 8, 9, 12, 13, 20, 21, 24, 25, 28 })
	void recordsBehindADamagedHeaderAreFoundAgain(int offset) throws IOException {
		Spool spool = open();
		IntStream.range(0, 3).forEach((i) -> spool.append(bytes("message " + i), i + 1));
		spool.close();
		overwrite(segments().get(0), 16 + 29 + 9 + offset);
		assertThat(messages(open())).containsExactly("message 0", "message 2");
		assertThat(this.notes.problems()).hasSize(1);
	}

	@Test
	void recordsSurviveADamagedFileHeader() throws IOException {
		Spool spool = open();
		IntStream.range(0, 3).forEach((i) -> spool.append(bytes("message " + i), i + 1));
		spool.close();
		overwrite(segments().get(0), 3);
		assertThat(messages(open())).containsExactly("message 0", "message 1", "message 2");
		assertThat(this.notes.problems()).hasSize(1);
	}

	@Test
	void recordsBehindMissingBytesAreFoundAgain() throws IOException {
		Spool spool = open();
		IntStream.range(0, 4).forEach((i) -> spool.append(bytes("message " + i), i + 1));
		spool.close();
		Path segment = segments().get(0);
		byte[] whole = Files.readAllBytes(segment);
		byte[] less = Arrays.copyOf(whole, whole.length - 5);
		System.arraycopy(whole, 16 + 29 + 9 + 29 + 7, less, 16 + 29 + 9 + 29 + 2, less.length - (16 + 29 + 9 + 29 + 2));
		Files.write(segment, less);
		assertThat(messages(open())).containsExactly("message 0", "message 2", "message 3");
		assertThat(this.notes.dropped()).containsExactly(new Dropped(2, DropReason.DAMAGED));
	}

	@Test
	void aMessageThatLooksLikeARecordIsNotTakenForOne() throws IOException {
		Spool spool = open();
		spool.append(bytes("model"), 1);
		byte[] model = Files.readAllBytes(segments().get(0));
		byte[] forged = Arrays.copyOfRange(model, 16, model.length);
		spool.close();
		Files.delete(segments().get(0));
		Spool other = open();
		other.append(forged, 2);
		other.append(bytes("last"), 3);
		other.close();
		overwrite(segments().get(0), 16 + 5);
		assertThat(messages(open())).containsExactly("last");
	}

	@Test
	void filesThatMakeNoSenseStopNothing() throws IOException {
		Spool spool = open();
		spool.append(bytes("message"), 1);
		spool.close();
		Path slot = slot();
		Files.write(slot.resolve("0000000000001-0000000000000001.segment"), random(1000));
		Files.write(slot.resolve("0000000000002-0000000000000002.segment"), new byte[0]);
		Files.write(slot.resolve("0000000000003-0000000000000003.segment"), SpoolFormat.fileHeader(2));
		Files.write(slot.resolve("0000000000004-0000000000000004.segment"), new byte[7]);
		try (RandomAccessFile sparse = new RandomAccessFile(
				slot.resolve("0000000000005-0000000000000005.segment").toFile(), "rw")) {
			sparse.setLength(1L << 40);
		}
		Files.write(slot.resolve("notes.txt"), bytes("of somebody else"));
		Files.createDirectory(slot.resolve("directory"));

		Spool again = open();
		assertThat(messages(again)).containsExactly("message");
		assertThat(this.notes.problems()).hasSize(1).first().asString().contains("3 of 6 files");
		assertThat(this.notes.dropped()).isEmpty();
		assertThat(names()).contains("notes.txt", "directory", "0000000000001-0000000000000001.segment.damaged",
				"0000000000003-0000000000000003.segment.damaged");
		assertThat(names()).as("larger than the spool may be")
			.doesNotContain("0000000000005-0000000000000005.segment.damaged");
		assertThat(names()).filteredOn((name) -> name.endsWith(".segment")).hasSize(1);
		assertThat(again.bytes()).isLessThan(MEBIBYTE).isGreaterThan(1000);
		assertThat(again.append(bytes("more"), 1)).isNotNull();
	}

	@Test
	void whatWasPutAsideGoesFirst() throws IOException {
		Files.createDirectories(slot());
		Files.write(slot().resolve("0000000000001-0000000000000001.segment"), random(500_000));
		Spool spool = open(MEBIBYTE);
		assertThat(spool.bytes()).isEqualTo(500_000);
		IntStream.range(0, 60).forEach((i) -> spool.append(random(10_000), 1));
		assertThat(names()).noneMatch((name) -> name.endsWith(".damaged"));
		assertThat(this.notes.dropped()).isEmpty();
	}

	@Test
	void whatWasPutAsideIsForgottenWhenItIsTooOld() throws IOException {
		Files.createDirectories(slot());
		Files.write(slot().resolve("0000000000001-0000000000000001.segment"), random(500));
		open(MEBIBYTE).close();
		assertThat(names()).anyMatch((name) -> name.endsWith(".damaged"));
		Files.setLastModifiedTime(slot().resolve("0000000000001-0000000000000001.segment.damaged"),
				FileTime.fromMillis(0));
		open(MEBIBYTE).close();
		assertThat(names()).noneMatch((name) -> name.endsWith(".damaged"));
	}

	@Test
	void onlyTheOwnerMayRead() throws IOException {
		Spool spool = open();
		spool.append(bytes("message"), 1);
		spool.close();
		Path directory = this.temporary.resolve("spool");
		assertThat(permissions(directory)).isEqualTo("rwx------");
		assertThat(permissions(directory.resolve("default"))).isEqualTo("rwx------");
		assertThat(permissions(slot())).isEqualTo("rwx------");
		assertThat(permissions(slot().resolve("lock"))).isEqualTo("rw-------");
		assertThat(permissions(segments().get(0))).isEqualTo("rw-------");
	}

	@Test
	void permissionsThatBecameWiderAreTakenBack() throws IOException {
		Spool spool = open();
		spool.append(bytes("message"), 1);
		spool.close();
		for (Path path : List.of(this.temporary.resolve("spool/default"), slot(), segments().get(0))) {
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
		}
		assertThat(messages(open())).containsExactly("message");
		onlyTheOwnerMayRead();
	}

	@Test
	void aDirectoryOfSomebodyElseIsRefused() throws IOException {
		Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can give a directory away");
		open().close();
		Files.setAttribute(slot(), "unix:uid", 12345);
		assertRefused(open(), "belongs to 12345");
	}

	@ParameterizedTest
	@ValueSource(strings = { "spool", "spool/default", "spool/default/0", "spool/default/0/lock",
			"spool/default/0/0000000000001-0000000000000001.segment" })
	void linksAreRefused(String place) throws IOException {
		Path target = Files.createDirectory(this.temporary.resolve("elsewhere"));
		if (place.endsWith("lock") || place.endsWith("segment")) {
			target = Files.createFile(target.resolve("file"));
		}
		Path link = this.temporary.resolve(place);
		Files.createDirectories(link.getParent());
		Files.createSymbolicLink(link, target);
		assertRefused(open(), "link");
		assertThat(Files.isSymbolicLink(link)).isTrue();
		try (Stream<Path> files = Files.walk(this.temporary.resolve("elsewhere"))) {
			assertThat(files.filter(Files::isRegularFile)).allSatisfy((file) -> assertThat(file).isEmptyFile());
		}
	}

	@Test
	void aLinkInTheSlotOfAnotherIsLeftAlone() throws IOException {
		Path target = Files.createDirectory(this.temporary.resolve("elsewhere"));
		Files.createDirectories(slot());
		Files.createSymbolicLink(slot().resolveSibling("7"), target);
		Spool spool = open();
		assertThat(spool.append(bytes("message"), 1)).isNotNull();
		assertThat(target).isEmptyDirectory();
		assertThat(this.notes.problems()).hasSize(1).first().asString().contains("default/7", "symbolic link");
	}

	@Test
	void aFileInPlaceOfTheDirectoryIsRefused() throws IOException {
		Files.createFile(this.temporary.resolve("spool"));
		Spool spool = open();
		assertRefused(spool, "is no directory");
	}

	@Test
	void aDirectoryThatCannotBeMadeIsRefused() throws IOException {
		Path file = Files.createFile(this.temporary.resolve("file"));
		assertRefused(open(file.resolve("spool")), "must be a directory");
	}

	@Test
	void aDirectoryThatCannotBeWrittenToIsRefused() {
		assertRefused(open(Path.of("/proc/spool")), "must be a directory");
		assertRefused(open(Path.of("/proc/self/fdinfo")), "must be a directory");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "..", "../other", "a/b", "A", "a\u0000b" })
	void aNameThatLeavesTheDirectoryIsRefused(String name) {
		Spool spool = add(
				Spool.open(settings(this.temporary.resolve("spool"), MEBIBYTE, Duration.ofDays(1)), name, this.notes));
		assertRefused(spool, "cannot be the name of a directory");
		assertThat(this.temporary).isEmptyDirectory();
	}

	@Test
	void aDirectoryThatComesLaterIsUsed() throws IOException {
		Path file = Files.createFile(this.temporary.resolve("spool"));
		Spool spool = open();
		assertThat(spool.append(bytes("message"), 1)).isNull();
		Files.delete(file);
		Awaitility.await().until(() -> spool.append(bytes("message"), 1) != null);
		assertThat(this.notes.problems()).hasSize(1);
		assertThat(this.notes.recovered()).hasSize(1);
		spool.close();
		assertThat(messages(open())).containsExactly("message");
	}

	@Test
	void aDirectoryThatIsDeletedIsMadeAgain() throws IOException {
		Spool spool = open(64 * MEBIBYTE);
		List<Spooled> written = IntStream.range(0, 50).mapToObj((i) -> spool.append(random(200_000), 1)).toList();
		delete(this.temporary.resolve("spool"));
		Spooled after = spool.append(bytes("after"), 1);
		assertThat(spool.read(after)).isEqualTo(bytes("after"));
		assertThat(this.notes.problems()).hasSize(1).first().asString().contains("were deleted");
		assertThat(this.notes.recovered()).hasSize(1);
		assertThat(this.notes.dropped()).as("in files that were not open")
			.isNotEmpty()
			.hasSizeLessThan(50)
			.containsOnly(new Dropped(1, DropReason.DAMAGED));
		written.stream().filter(Spooled::isLive).forEach((spooled) -> assertThat(spool.read(spooled)).hasSize(200_000));
		written.forEach(spool::remove);
		spool.close();
		assertThat(messages(open())).containsExactly("after");
	}

	@Test
	void aSegmentThatIsDeletedIsToldWhenItIsRead() throws IOException {
		Spool spool = open();
		spool.append(bytes("message"), 4);
		spool.close();
		Spool again = open();
		Files.delete(segments().get(0));
		assertThat(again.read(again.recovered().get(0))).isNull();
		assertThat(this.notes.dropped()).containsExactly(new Dropped(4, DropReason.DAMAGED));
		assertThat(again.recovered()).isEmpty();
	}

	@Test
	void spoolsOfOneProcessDoNotShareASlot() {
		Spool first = open();
		Spool second = open();
		first.append(bytes("first"), 1);
		second.append(bytes("second"), 1);
		assertThat(this.temporary.resolve("spool/default/1")).isDirectory();
		first.close();
		second.close();
		assertThat(messages(open())).containsExactlyInAnyOrder("first", "second");
		assertQuiet();
	}

	@Test
	void destinationsDoNotShareASlot() {
		Spool first = open();
		Spool second = add(Spool.open(settings(this.temporary.resolve("spool"), MEBIBYTE, Duration.ofDays(1)), "second",
				this.notes));
		second.append(bytes("second"), 1);
		first.close();
		assertThat(open().recovered()).isEmpty();
	}

	@Test
	void thereIsNoSlotForTheSixtyFifth() {
		List<Spool> spools = IntStream.range(0, 64).mapToObj((i) -> open()).toList();
		assertQuiet();
		assertRefused(open(), "all 64 places");
		spools.get(20).close();
		Spool last = open();
		assertThat(last.append(bytes("message"), 1)).isNotNull();
		assertThat(segments(this.temporary.resolve("spool/default/20"))).hasSize(1);
	}

	@Test
	void anInterruptedThreadKeepsTheSpoolOpenAndItsInterrupt() {
		Thread.currentThread().interrupt();
		try {
			Spool spool = open();
			Spooled first = spool.append(bytes("first"), 1);
			Spooled second = spool.append(bytes("second"), 1);
			assertThat(spool.read(first)).isEqualTo(bytes("first"));
			assertThat(spool.remove(second)).isTrue();
			spool.close();
			assertThat(messages(open())).containsExactly("first");
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
		}
		finally {
			Thread.interrupted();
		}
		assertQuiet();
	}

	@Test
	void threadsAppendReadAndRemoveAtOnce() throws Exception {
		Spool spool = open(64 * MEBIBYTE);
		BlockingQueue<Spooled> written = new LinkedBlockingQueue<>();
		ExecutorService threads = Executors.newFixedThreadPool(4);
		int count = 20_000;
		try {
			List<Future<Integer>> read = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				Callable<Integer> reader = () -> {
					int total = 0;
					for (Spooled next = written.take(); next.spans() > 0; next = written.take()) {
						byte[] message = spool.read(next);
						assertThat(message).isEqualTo(filled(next.spans()));
						assertThat(spool.remove(next)).isTrue();
						total++;
					}
					written.add(next(spool));
					return total;
				};
				read.add(threads.submit(reader));
			}
			threads.submit(() -> {
				for (int i = 0; i < count; i++) {
					int length = 1 + i % 2000;
					written.add(spool.append(filled(length), length));
				}
				written.add(next(spool));
			}).get();
			int total = 0;
			for (Future<Integer> future : read) {
				total += future.get();
			}
			assertThat(total).isEqualTo(count);
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(spool.bytes()).isLessThan(5 * MEBIBYTE);
		spool.close();
		assertThat(open(64 * MEBIBYTE).recovered()).allMatch((spooled) -> spooled.spans() == 0);
		assertQuiet();
	}

	private static Spooled next(Spool spool) {
		return spool.append(new byte[0], 0);
	}

	private void assertRefused(Spool spool, String reason) {
		assertThat(spool.append(bytes("message"), 1)).isNull();
		assertThat(spool.append(bytes("message"), 1)).isNull();
		assertThat(spool.recovered()).isEmpty();
		assertThat(spool.bytes()).isZero();
		spool.close();
		assertThat(this.notes.problems()).hasSize(1).first().asString().contains(reason);
		assertThat(this.notes.dropped()).isEmpty();
		this.notes.problems().clear();
	}

	private void assertQuiet() {
		assertThat(this.notes.problems()).isEmpty();
		assertThat(this.notes.dropped()).isEmpty();
		assertThat(this.notes.recovered()).isEmpty();
	}

	private Spool open() {
		return open(MEBIBYTE);
	}

	private Spool open(long maxSize) {
		return open(maxSize, Duration.ofDays(1));
	}

	private Spool open(long maxSize, Duration maxAge) {
		return add(Spool.open(settings(this.temporary.resolve("spool"), maxSize, maxAge), "default", this.notes));
	}

	private Spool open(Path directory) {
		return add(Spool.open(settings(directory, MEBIBYTE, Duration.ofDays(1)), "default", this.notes));
	}

	private Spool add(Spool spool) {
		this.opened.add(spool);
		return spool;
	}

	private static SpoolSettings settings(Path directory, long maxSize, Duration maxAge) {
		return new SpoolSettings(directory, maxSize, maxAge);
	}

	private static List<String> messages(Spool spool) {
		return spool.recovered()
			.stream()
			.map(spool::read)
			.filter(Objects::nonNull)
			.map((message) -> new String(message, StandardCharsets.UTF_8))
			.toList();
	}

	private Path slot() {
		return this.temporary.resolve("spool/default/0");
	}

	private List<Path> segments() {
		return segments(slot());
	}

	private static List<Path> segments(Path slot) {
		try (Stream<Path> files = Files.list(slot)) {
			return files.filter((file) -> file.toString().endsWith(".segment")).sorted().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private List<String> names() throws IOException {
		try (Stream<Path> files = Files.list(slot())) {
			return files.map((file) -> file.getFileName().toString()).toList();
		}
	}

	private static void delete(Path directory) throws IOException {
		try (Stream<Path> files = Files.walk(directory)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(file);
			}
		}
	}

	private static void truncate(Path file, long length) throws IOException {
		try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
			opened.setLength(length);
		}
	}

	private static void overwrite(Path file, long position) throws IOException {
		try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
			opened.seek(position);
			int value = opened.read();
			opened.seek(position);
			opened.write(value ^ 0x5A);
		}
	}

	private static String permissions(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] filled(int length) {
		byte[] bytes = new byte[length];
		Arrays.fill(bytes, (byte) length);
		return bytes;
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

}
