package usecases.boundaries;

import io.kosmos.tracing.Spans;
import io.opentelemetry.api.common.AttributeKey;
import org.slf4j.MDC;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Where a request is between two hops: a span that tells what the business code at this
 * place knows of the request, to be compared with what tracing knows.
 */
@Component
class Stop {

	/** Name of the span. */
	static final String SPAN = "stop";

	/** The number of the request, as the payload has it. */
	static final AttributeKey<String> REQUEST = AttributeKey.stringKey("boundaries.request");

	/** The trace that a log line written here would name. */
	static final AttributeKey<String> LOGGED_TRACE = AttributeKey.stringKey("boundaries.logged_trace");

	private final Spans spans;

	private final ObjectProvider<Departures> departures;

	Stop(Spans spans, ObjectProvider<Departures> departures) {
		this.spans = spans;
		this.departures = departures;
	}

	/**
	 * Goes on with a journey.
	 * @param journey what is left of it
	 * @return its number, as soon as nobody has to be waited for any more
	 */
	String arrive(Journey journey) {
		return this.spans.span(SPAN).attribute(REQUEST, Long.toString(journey.request())).in(() -> {
			this.spans.current().attribute(LOGGED_TRACE, MDC.get("traceId"));
			return journey.isEnd() ? Long.toString(journey.request())
					: this.departures.getObject().depart(journey.first(), journey.rest());
		});
	}

}
