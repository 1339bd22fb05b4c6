package io.kosmos.samples.orchestrator;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import io.kosmos.samples.orchestrator.Chat.Message;
import io.kosmos.samples.orchestrator.LlmClient.Completion;
import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.TracedNode;

import org.springframework.stereotype.Component;

/**
 * The nodes of the maintenance workflow.
 */
@Component
public class MaintenanceNodes {

	static final int MAX_ATTEMPTS = 3;

	private final Assets assets;

	private final RiskPolicy riskPolicy;

	private final LlmClient llm;

	private final OrchestratorProperties properties;

	public MaintenanceNodes(Assets assets, RiskPolicy riskPolicy, LlmClient llm, OrchestratorProperties properties) {
		this.assets = assets;
		this.riskPolicy = riskPolicy;
		this.llm = llm;
		this.properties = properties;
	}

	@TracedNode(name = "find_asset", kind = "task")
	public Optional<Asset> findAsset(String message) {
		return this.assets.namedIn(message);
	}

	@TracedNode(name = "draft_plan", kind = "task")
	public Completion draftPlan(Asset asset, Task task) {
		return this.llm.complete(task.model(), List.of(Message.system("Say what has to be done, and in which order."),
				Message.user("%s (%s)".formatted(task.message(), asset.name()))), task.listener());
	}

	/**
	 * Decide how to go on.
	 * @param asset the asset to maintain
	 * @return the decision of the policy
	 */
	@TracedNode(name = "check_risk", kind = "condition", expression = "policy.require_human_for_risk_high == 'allow'")
	public String checkRisk(Asset asset) {
		return this.riskPolicy.evaluate(asset);
	}

	/**
	 * Ask a human. No thread waits for the answer: the span lasts until the future
	 * completes.
	 * @param maintenance the run that needs an approval
	 * @return what the human says
	 */
	@TracedNode(name = "approval", kind = "approval",
			attributes = @Attribute(key = "approval.verdict", value = "#result"))
	public CompletableFuture<String> approval(Maintenance maintenance) {
		return maintenance.awaitVerdict(this.properties.approvalTimeout());
	}

	/**
	 * Try once to find a crew.
	 * @param asset the asset to maintain
	 * @param attempt which attempt this is, from 1
	 * @throws NoCrewException if no crew accepts this time
	 */
	@TracedNode(name = "book_crew", kind = "task", maxAttempts = MAX_ATTEMPTS,
			attributes = @Attribute(key = "kosmos.execution.retry_count", value = "#attempt - 1"))
	public void bookCrew(Asset asset, @SpanAttribute("kosmos.execution.attempt") int attempt) {
		if (attempt <= asset.refusals()) {
			throw new NoCrewException("No crew is free for " + asset.id());
		}
	}

	/**
	 * No crew accepts now. Another attempt may find one.
	 */
	static class NoCrewException extends RuntimeException {

		NoCrewException(String message) {
			super(message);
		}

	}

}
