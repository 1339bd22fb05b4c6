package io.kosmos.samples.orchestrator;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.kosmos.tracing.Spans;

import org.springframework.stereotype.Component;

/**
 * The runs of the maintenance workflow, of which the latest are remembered.
 */
@Component
public class Maintenances {

	private static final int REMEMBERED = 1000;

	private final Map<String, Maintenance> latest = Collections.synchronizedMap(new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Maintenance> eldest) {
			return size() > REMEMBERED;
		}

	});

	private final Chronos chronos;

	private final Spans spans;

	public Maintenances(Chronos chronos, Spans spans) {
		this.chronos = chronos;
		this.spans = spans;
	}

	/**
	 * Begin a run.
	 * @param task the wish for maintenance
	 * @return the plan, and the run, which may go on
	 */
	Reply start(Task task) {
		Maintenance maintenance = new Maintenance(this.spans.current().traceId());
		this.latest.put(maintenance.id(), maintenance);
		this.chronos.maintain(maintenance, task)
			.whenComplete((reason, error) -> maintenance.end((error != null) ? Maintenance.FAILED : reason));
		return new Reply(maintenance.plan(), maintenance.spending(), List.of(), List.of(), maintenance);
	}

	Optional<Maintenance> find(String id) {
		return Optional.ofNullable(this.latest.get(id));
	}

}
