package io.kosmos.tracing.autoconfigure.console;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.opentelemetry.sdk.trace.data.SpanData;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where spans are printed, after the operators that spans go through everywhere. Each
 * text leaves in one write, so that texts of different threads do not mix, and a text
 * that cannot be made or written is given up: printing never fails the code that ended a
 * span.
 */
final class ConsoleOutput {

	private static final Log logger = LogFactory.getLog(ConsoleOutput.class);

	private final PrintStream stream;

	private final List<UnaryOperator<SpanData>> operators;

	private final AtomicBoolean failed = new AtomicBoolean();

	/**
	 * Create an output.
	 * @param stream where to print
	 * @param operators what spans go through before they are printed
	 */
	ConsoleOutput(PrintStream stream, List<UnaryOperator<SpanData>> operators) {
		this.stream = stream;
		this.operators = operators;
	}

	/**
	 * Return what may be printed of a span.
	 * @param span the span
	 * @return {@code null} if that is nothing, or could not be found out
	 */
	@Nullable SpanData leaving(SpanData span) {
		try {
			SpanData leaving = span;
			for (UnaryOperator<SpanData> operator : this.operators) {
				leaving = operator.apply(leaving);
				if (leaving == null) {
					return null;
				}
			}
			return leaving;
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
			return null;
		}
	}

	void print(Supplier<String> text) {
		try {
			// The stream's own charset is ASCII in a container without a locale.
			byte[] bytes = text.get().getBytes(StandardCharsets.UTF_8);
			this.stream.write(bytes, 0, bytes.length);
			this.stream.flush();
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
		}
	}

	private void failed(Throwable failure) {
		if (this.failed.compareAndSet(false, true)) {
			logger.warn("Could not print spans to the console. Further failures are not logged.", failure);
		}
	}

}
