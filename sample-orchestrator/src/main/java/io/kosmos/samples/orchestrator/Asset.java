package io.kosmos.samples.orchestrator;

/**
 * A machine.
 *
 * @param id its id, such as {@code P-101}
 * @param name what it is
 * @param risk how dangerous work on it is: {@code low}, {@code high} or {@code forbidden}
 * @param refusals how often a crew refuses to work on it before one accepts
 */
public record Asset(String id, String name, String risk, int refusals) {
}
