package io.kosmos.samples.orchestrator;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A run of a workflow, as callers see it.
 *
 * @param id id of the run
 * @param state {@code running}, {@code waiting_for_approval}, or why it ended:
 * {@code completed}, {@code rejected}, {@code expired}, {@code denied},
 * {@code unknown_asset} or {@code failed}
 * @param asset id of the asset that it is about, if one is known
 * @param plan what is planned
 * @param traceId where to look the work up
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Workflow(String id, String state, @Nullable String asset, String plan, String traceId) {

	static Workflow of(Maintenance maintenance) {
		return new Workflow(maintenance.id(), maintenance.state(), maintenance.asset(), maintenance.plan(),
				maintenance.traceId());
	}

}
