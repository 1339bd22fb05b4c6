package io.kosmos.tracing.autoconfigure.export;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A process with a spool: {@code take} holds a slot until it is killed, {@code append}
 * writes until it is killed, {@code deliver} writes and removes until it is killed, and
 * {@code fill} writes until that fails. Every line says what is done.
 */
final class SpoolProcess implements AutoCloseable {

	private final Process process;

	private final BufferedReader output;

	private SpoolProcess(Process process) {
		this.process = process;
		this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
	}

	static SpoolProcess start(Path directory, String work) throws IOException {
		return start(directory, work, "unlimited");
	}

	/**
	 * Start a process whose files cannot become larger than a limit.
	 * @param directory directory of the spool
	 * @param work what it does
	 * @param limit the limit in KiB
	 * @return the process
	 * @throws IOException if it cannot be started
	 */
	static SpoolProcess start(Path directory, String work, String limit) throws IOException {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		ProcessBuilder builder = new ProcessBuilder("bash", "-c",
				"ulimit -S -f " + limit + " && exec \"$0\" -Xmx64m -XX:-UsePerfData -XX:TieredStopAtLevel=1 \"$@\"",
				java, SpoolProcess.class.getName(), directory.toString(), work);
		builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
		return new SpoolProcess(builder.redirectErrorStream(true).start());
	}

	public static void main(String[] arguments) throws IOException {
		SpoolNotes notes = new SpoolNotes();
		SpoolSettings settings = new SpoolSettings(Path.of(arguments[0]), 256 << 20, Duration.ofDays(1));
		Spool spool = Spool.open(settings, "default", notes);
		switch (arguments[1]) {
			case "take" -> {
				spool.recovered().forEach((spooled) -> print(text(spool.read(spooled))));
				print("ready");
				System.in.read();
			}
			case "append" -> {
				for (int i = 0; i < Integer.MAX_VALUE; i++) {
					spool.append(message(i), 1);
					print(Integer.toString(i));
				}
			}
			case "deliver" -> {
				for (int i = 0; i < Integer.MAX_VALUE; i++) {
					Spooled spooled = spool.append(message(i), 1);
					if (i % 10 != 0) {
						spool.remove(spooled);
					}
					print(Integer.toString(i));
				}
			}
			default -> {
				List<Spooled> written = new ArrayList<>();
				Spooled next = spool.append(message(0), 1);
				while (next != null) {
					written.add(next);
					next = spool.append(message(written.size()), 1);
				}
				spool.append(message(0), 1);
				print(written.size() + " written, " + notes.problems());
				written.forEach(spool::remove);
				while (next == null) {
					next = spool.append(message(4711), 1);
				}
				print(notes.problems().size() + " problem, " + notes.recovered());
			}
		}
	}

	static byte[] message(int number) {
		return (number + " ".repeat(1000 + number % 5000)).getBytes(StandardCharsets.UTF_8);
	}

	private static String text(byte @Nullable [] message) {
		return (message != null) ? new String(message, StandardCharsets.UTF_8).trim() : "nothing";
	}

	private static void print(String line) {
		System.out.println(line);
		System.out.flush();
	}

	/**
	 * Read the next line.
	 * @return the line, or {@code null} if the process has ended
	 * @throws IOException if it cannot be read
	 */
	@Nullable String line() throws IOException {
		return this.output.readLine();
	}

	/**
	 * Send it SIGKILL. What it wrote before can still be read.
	 */
	void kill() {
		this.process.toHandle().destroyForcibly();
	}

	/**
	 * Kill it and wait for its end.
	 */
	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

}
