package io.kosmos.samples.orchestrator;

import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.TracedAgent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * The agent that sends a crew to a work order. With a broker it works in a service of its
 * own, which has the profile {@code dispatcher}.
 */
@Component
public class Hephaestus {

	private static final Logger logger = LoggerFactory.getLogger(Hephaestus.class);

	/**
	 * Choose a crew.
	 * @param workOrder what is to be done
	 * @return the crew
	 */
	@TracedAgent(name = "hephaestus", operation = "dispatch",
			attributes = @Attribute(key = "workorder.crew", value = "#result"))
	public String dispatch(WorkOrder workOrder) {
		String crew = (workOrder.priority() == 1) ? "standby" : "day shift";
		logger.info("Work order for {} goes to the {}", workOrder.asset(), crew);
		return crew;
	}

}
