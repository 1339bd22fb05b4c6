package io.kosmos.samples.orchestrator;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.kosmos.samples.orchestrator.MaintenanceNodes.NoCrewException;
import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracedWorkflow;
import io.opentelemetry.context.Context;

import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.stereotype.Component;

/**
 * The maintenance workflow: find the asset, draft a plan, check the risk, ask a human if
 * the policy says so, book a crew.
 */
@Component
public class Chronos {

	private final MaintenanceNodes nodes;

	private final Spans spans;

	private final AsyncTaskExecutor executor;

	public Chronos(MaintenanceNodes nodes, Spans spans, AsyncTaskExecutor executor) {
		this.nodes = nodes;
		this.spans = spans;
		this.executor = executor;
	}

	/**
	 * Run the workflow. Returns when the plan is drafted; the span lasts until the
	 * workflow ends.
	 * @param maintenance takes what becomes known
	 * @param task the wish for maintenance
	 * @return why the workflow ended
	 */
	@TracedWorkflow(name = "maintenance", version = "1",
			attributes = { @Attribute(key = "maintenance.id", value = "#maintenance.id()"),
					@Attribute(key = "kosmos.workflow.termination_reason", value = "#result") })
	public CompletableFuture<String> maintain(Maintenance maintenance, Task task) {
		Optional<Asset> found = this.nodes.findAsset(task.message());
		if (found.isEmpty()) {
			return CompletableFuture.completedFuture(Maintenance.UNKNOWN_ASSET);
		}
		Asset asset = found.get();
		maintenance.planned(asset, this.nodes.draftPlan(asset, task));
		CompletableFuture<String> verdict = switch (this.nodes.checkRisk(asset)) {
			case RiskPolicy.ALLOW -> CompletableFuture.completedFuture(Maintenance.APPROVED);
			case RiskPolicy.REQUIRE_APPROVAL -> this.nodes.approval(maintenance);
			default -> CompletableFuture.completedFuture(Maintenance.DENIED);
		};
		// A verdict comes by a request of its own: what follows belongs here all the
		// same.
		Executor here = Context.current().wrap(this.executor);
		return verdict.thenApplyAsync((decision) -> {
			if (!decision.equals(Maintenance.APPROVED)) {
				return decision;
			}
			maintenance.resume();
			bookCrew(asset);
			return Maintenance.COMPLETED;
		}, here);
	}

	private void bookCrew(Asset asset) {
		for (int attempt = 1;; attempt++) {
			try {
				this.nodes.bookCrew(asset, attempt);
				return;
			}
			catch (NoCrewException ex) {
				if (attempt == MaintenanceNodes.MAX_ATTEMPTS) {
					this.spans.current().attribute(KosmosAttributes.WORKFLOW_TERMINATION_REASON, Maintenance.FAILED);
					throw ex;
				}
			}
		}
	}

}
