package usecases.boundaries;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.kosmos.tracing.servers.RecordedSpan;
import io.kosmos.tracing.servers.RecordedSpan.Kind;
import io.kosmos.tracing.servers.RecordedSpan.Status;
import io.kosmos.tracing.servers.Trace;

/**
 * The trace that a {@link Journey} must leave, down to each span.
 */
final class ExpectedTrace {

	private final List<RecordedSpan> spans = new ArrayList<>();

	private ExpectedTrace() {
	}

	/**
	 * Returns the trace of a journey that begins with an HTTP request to a service.
	 * @param journey the whole journey
	 * @param service the first service
	 * @param peer the other service
	 */
	static Trace of(Journey journey, String service, String peer) {
		ExpectedTrace trace = new ExpectedTrace();
		trace.stop(trace.add("", service, Kind.SERVER, "http get /stops/{journey}", journey.failsItsCaller()), service,
				peer, journey);
		return new Trace("expected", trace.spans);
	}

	private void stop(String parent, String service, String peer, Journey journey) {
		String stop = add(parent, service, Kind.INTERNAL, Stop.SPAN, journey.failsItsCaller());
		if (journey.isEnd() || journey.first() == Hop.FAIL) {
			return;
		}
		Journey rest = journey.rest();
		boolean fails = rest.failsItsCaller();
		switch (journey.first()) {
			case REST, WEB -> call(stop, service, "http get", peer, "http get /stops/{journey}", rest);
			case MONO -> call(stop, service, "http get", peer, "http get /mono/{journey}", rest);
			case GRPC -> call(stop, service, "boundaries.Stops/Go", peer, "boundaries.Stops/Go", rest);
			case STREAM -> call(stop, service, "boundaries.Stops/Watch", peer, "boundaries.Stops/Watch", rest);
			case RABBIT, KAFKA, NATS -> {
				String sent = add(stop, service, Kind.PRODUCER, "send " + peer, false);
				stop(add(sent, peer, Kind.CONSUMER, "process " + peer, fails), peer, service, rest);
			}
			case JDBC -> {
				add(stop, service, Kind.INTERNAL, "getConnection", false);
				add(stop, service, Kind.CLIENT, "INSERT visits", false);
				stop(stop, service, peer, rest);
			}
			case REDIS -> {
				add(stop, service, Kind.CLIENT, "INCR", false);
				stop(stop, service, peer, rest);
			}
			default -> stop(stop, service, peer, rest);
		}
	}

	private void call(String stop, String service, String client, String peer, String server, Journey rest) {
		boolean fails = rest.failsItsCaller();
		String call = add(stop, service, Kind.CLIENT, client, fails);
		stop(add(call, peer, Kind.SERVER, server, fails), peer, service, rest);
	}

	private String add(String parent, String service, Kind kind, String name, boolean fails) {
		String id = Integer.toString(this.spans.size() + 1);
		this.spans.add(new RecordedSpan("expected", id, parent, service, name, kind,
				fails ? Status.ERROR : Status.UNSET, "", Map.of(), Map.of(), List.of()));
		return id;
	}

}
