package io.kosmos.tracing.autoconfigure.span;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import io.kosmos.tracing.TracingFailures;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What went wrong inside tracing: each failure is counted, and the first one of a site is
 * logged, in one line and without what must not leave. Business code never learns of it.
 */
final class Failures implements TracingFailures {

	private static final Log logger = LogFactory.getLog(Failures.class);

	/**
	 * Control and format characters, line breaks of any kind, halves of characters.
	 */
	private static final Pattern NOT_PLAIN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

	private final UnaryOperator<String> redaction;

	private final LongAdder count = new LongAdder();

	private final Set<String> sites = ConcurrentHashMap.newKeySet();

	/**
	 * Create it.
	 * @param redaction takes out of messages what must not leave
	 */
	Failures(UnaryOperator<String> redaction) {
		this.redaction = redaction;
	}

	@Override
	public void record(String site, Throwable failure) {
		this.count.increment();
		if (this.sites.add(site)) {
			logger.warn("Tracing failed at " + site + " and goes on without it; further failures there are counted"
					+ " in kosmos.tracing.failures and not logged: " + describe(failure));
		}
	}

	private String describe(Throwable failure) {
		try {
			String type = failure.getClass().getName();
			String message = failure.getLocalizedMessage();
			return (message != null) ? type + ": " + NOT_PLAIN.matcher(this.redaction.apply(message)).replaceAll("_")
					: type;
		}
		catch (Throwable ex) {
			return failure.getClass().getName();
		}
	}

	double count() {
		return this.count.doubleValue();
	}

}
