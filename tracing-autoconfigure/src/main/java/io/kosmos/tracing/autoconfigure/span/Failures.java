package io.kosmos.tracing.autoconfigure.span;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.kosmos.tracing.TracingFailures;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What went wrong inside tracing: each failure is counted, and the first one of a site is
 * logged. Business code never learns of it.
 */
final class Failures implements TracingFailures {

	private static final Log logger = LogFactory.getLog(Failures.class);

	private final LongAdder count = new LongAdder();

	private final Set<String> sites = ConcurrentHashMap.newKeySet();

	@Override
	public void record(String site, Throwable failure) {
		this.count.increment();
		if (this.sites.add(site)) {
			logger.warn("Tracing failed at " + site + " and goes on without it; further failures there are counted"
					+ " in kosmos.tracing.failures and not logged: " + describe(failure));
		}
	}

	private static String describe(Throwable failure) {
		try {
			return failure.toString();
		}
		catch (Throwable ex) {
			return failure.getClass().getName();
		}
	}

	double count() {
		return this.count.doubleValue();
	}

}
