package io.kosmos.tracing.autoconfigure.event;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What is wrong with the events that come, or do not come: all is counted, and the first
 * of each kind is logged. Thread-safe.
 */
final class EventProblems {

	private static final Log logger = LogFactory.getLog(EventProblems.class);

	private final ConcurrentHashMap<Enum<?>, LongAdder> counts = new ConcurrentHashMap<>();

	private final Set<Enum<?>> logged = ConcurrentHashMap.newKeySet();

	/**
	 * An end event came for which no call is open.
	 */
	void unmatched(OpenCall.Key key) {
		count(key.type(), () -> "There is no open call for the end event of " + describe(key)
				+ ". Further ones of this type are counted in kosmos.tracing.events.unmatched");
	}

	/**
	 * A call was ended for want of an end event.
	 */
	void abandoned(Abandonment reason, OpenCall.Key key) {
		count(reason, () -> "No end event came for " + describe(key) + " " + reason.description
				+ ". Further ones are counted in kosmos.tracing.events.abandoned");
	}

	/**
	 * An event was not taken.
	 */
	void refused(Refusal reason) {
		count(reason, () -> "An event for tracing is refused because " + reason.description
				+ ". Further ones are counted in kosmos.tracing.events.refused");
	}

	/**
	 * An event could not be handled.
	 */
	void failed(Throwable failure) {
		count(Refusal.FAILURE, () -> "An event for tracing could not be handled (" + failure.getClass().getName()
				+ "). Further ones are counted in kosmos.tracing.events.refused");
	}

	private static String describe(OpenCall.Key key) {
		return key.type() + " '" + key.name() + "'";
	}

	private void count(Enum<?> kind, Supplier<String> message) {
		this.counts.computeIfAbsent(kind, (key) -> new LongAdder()).increment();
		if (this.logged.add(kind)) {
			logger.warn(message.get() + " and not logged.");
		}
	}

	/**
	 * How often there was a problem.
	 * @param kind the type of an unmatched end event, or a reason
	 */
	double count(Enum<?> kind) {
		LongAdder count = this.counts.get(kind);
		return (count != null) ? count.doubleValue() : 0;
	}

	/**
	 * Why a call was ended without an end event.
	 */
	enum Abandonment {

		/** It was open for too long. */
		TIMEOUT("within kosmos.tracing.events.timeout"),

		/** It was the oldest of too many. */
		LIMIT("before kosmos.tracing.events.max-open others were open"),

		/** All were ended. */
		FLUSH("before the flush"),

		/** The application stopped. */
		CLOSE("before the application stopped");

		private final String description;

		Abandonment(String description) {
			this.description = description;
		}

	}

	/**
	 * Why an event was not taken.
	 */
	enum Refusal {

		/** There is no event. */
		EVENT("it is null"),

		/** There is no type. */
		TYPE("it has no type"),

		/** There is no correlation id. */
		CORRELATION_ID("it has no correlation id"),

		/** There is no name. */
		NAME("it has no name"),

		/** It could not be handled. */
		FAILURE("handling it failed");

		private final String description;

		Refusal(String description) {
			this.description = description;
		}

	}

}
