package io.kosmos.samples.orchestrator;

/**
 * A work order.
 *
 * @param id its number
 * @param asset id of the asset to work on
 * @param description what is to be done
 * @param priority from 1, danger or a standing line, to 3, planned maintenance
 */
public record WorkOrder(long id, String asset, String description, int priority) {
}
