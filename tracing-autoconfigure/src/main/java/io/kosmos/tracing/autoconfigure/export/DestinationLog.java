package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a destination says: two lines for each incident, however long it lasts, and one
 * for each kind of loss in ten minutes. All of it is among the problems as well. Called
 * with the destination's lock held, except where said; writes without it, since the code
 * that is traced may wait for the lock.
 */
final class DestinationLog {

	private static final Duration SILENCE = Duration.ofMinutes(10);

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	private final DestinationSettings settings;

	private final boolean hasSpool;

	private final Executor executor;

	private final Consumer<Problem> problems;

	private volatile @Nullable String problem;

	private boolean downSaid;

	private @Nullable Long refusalSaid;

	private @Nullable Long overflowSaid;

	private @Nullable Long spoolProblemSaid;

	private boolean spoolProblemOpen;

	DestinationLog(DestinationSettings settings, boolean hasSpool, Executor executor, Consumer<Problem> problems) {
		this.settings = settings;
		this.hasSpool = hasSpool;
		this.executor = executor;
		this.problems = problems;
	}

	/**
	 * Return what went wrong last.
	 * @return the text, {@code null} if nothing ever did
	 */
	@Nullable String problem() {
		return this.problem;
	}

	/**
	 * Keep a problem that is not worth a line. Needs no lock.
	 */
	void keep(String text) {
		this.problem = text;
		this.problems.accept(new Problem(Instant.now(), this.settings.name(), text));
	}

	void down(String reason, boolean inSpool) {
		if (this.downSaid) {
			return;
		}
		this.downSaid = true;
		String where = inSpool ? "in the spool"
				: "in memory, where there is room for " + this.settings.batch().queueBytes() / (1024 * 1024) + " MB";
		warn("Spans cannot be delivered to " + this.settings.displayName() + " (" + reason + "); they wait " + where
				+ ". Set kosmos.tracing.exporter.enabled=false to send none");
	}

	void up(Instant downSince, long waiting, long lost) {
		if (this.downSaid) {
			this.downSaid = false;
			String line = "Spans are delivered again to " + this.settings.displayName() + " after "
					+ Duration.between(downSince, Instant.now()).toSeconds() + " s; " + waiting + " wait, " + lost
					+ " were lost meanwhile";
			write(() -> logger.info(line));
		}
	}

	void refused(long spans, String reason) {
		keep("refused " + spans + " spans: " + reason);
		if (isNews(this.refusalSaid)) {
			this.refusalSaid = System.nanoTime();
			warn(this.settings.displayName() + " refuses spans, which are lost (" + reason + ")");
		}
	}

	void overflown() {
		if (isNews(this.overflowSaid)) {
			this.overflowSaid = System.nanoTime();
			keep("more spans ended than could wait");
			warn("More spans end than can be delivered to " + this.settings.displayName()
					+ ", and the oldest are lost; see kosmos.tracing.batch.queue-bytes and queue-size"
					+ (this.hasSpool ? "" : ", and kosmos.tracing.exporter.spool.directory"));
		}
	}

	/**
	 * Say at the end what is left. Needs no lock.
	 */
	void left(long lost, long waiting) {
		if (lost > 0) {
			logger.warn(lost + " spans were not delivered to " + this.settings.displayName()
					+ " before the application ended, and are lost"
					+ ((this.problem != null) ? " (" + this.problem + ")" : "") + (this.hasSpool ? ""
							: "; set kosmos.tracing.exporter.spool.directory to keep them for the next start"));
		}
		else if (waiting > 0) {
			logger
				.info(waiting + " spans for " + this.settings.displayName() + " wait in the spool for the next start");
		}
	}

	/**
	 * Say what the spool cannot do. Needs no lock.
	 */
	synchronized void spoolProblem(String text) {
		keep(text);
		// A disk that is full has room again and again, for a moment.
		if (isNews(this.spoolProblemSaid)) {
			this.spoolProblemSaid = System.nanoTime();
			this.spoolProblemOpen = true;
			logger.warn(text);
		}
	}

	/**
	 * Say that the spool works again. Needs no lock.
	 */
	synchronized void spoolRecovered(String text) {
		if (this.spoolProblemOpen) {
			this.spoolProblemOpen = false;
			logger.info(text);
		}
	}

	private static boolean isNews(@Nullable Long said) {
		return said == null || System.nanoTime() - said > SILENCE.toNanos();
	}

	private void warn(String line) {
		write(() -> logger.warn(line));
	}

	private void write(Runnable line) {
		try {
			this.executor.execute(line);
		}
		catch (RuntimeException | Error ex) {
			// No thread can be had, or the application is about to end.
			line.run();
		}
	}

}
