package io.kosmos.samples.orchestrator;

/**
 * A piece of knowledge.
 *
 * @param id its id
 * @param title what it is about
 * @param body what it says
 * @param score how well it matches the query
 */
public record Passage(long id, String title, String body, long score) {
}
