package io.kosmos.samples.orchestrator;

/**
 * How Hephaestus learns of work orders.
 */
@FunctionalInterface
public interface WorkOrders {

	/**
	 * Tell of a work order.
	 * @param workOrder the work order
	 */
	void opened(WorkOrder workOrder);

}
