package io.kosmos.tracing.autoconfigure.console;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Where spans are printed. Each text leaves in one write, so that texts of different
 * threads do not mix, and a text that cannot be made or written is given up: printing
 * never fails the code that ended a span.
 */
final class ConsoleOutput {

	private static final Log logger = LogFactory.getLog(ConsoleOutput.class);

	private final PrintStream stream;

	private final AtomicBoolean failed = new AtomicBoolean();

	ConsoleOutput(PrintStream stream) {
		this.stream = stream;
	}

	void print(Supplier<String> text) {
		try {
			// The stream's own charset is ASCII in a container without a locale.
			byte[] bytes = text.get().getBytes(StandardCharsets.UTF_8);
			this.stream.write(bytes, 0, bytes.length);
			this.stream.flush();
		}
		catch (RuntimeException ex) {
			if (this.failed.compareAndSet(false, true)) {
				logger.warn("Could not print spans to the console. Further failures are not logged.", ex);
			}
		}
	}

}
