package io.kosmos.samples.orchestrator;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What an agent replies.
 *
 * @param text its words
 * @param spending what the models took for it
 * @param sources passages that the model was given, best first
 * @param workOrders work orders that were opened
 * @param maintenance the maintenance that was begun, if one was
 */
public record Reply(String text, Spending spending, List<Passage> sources, List<WorkOrder> workOrders,
		@Nullable Maintenance maintenance) {

	static Reply of(LlmClient.Completion completion) {
		return new Reply(completion.text(), completion.spending(), List.of(), List.of(), null);
	}

	Reply withSources(List<Passage> sources) {
		return new Reply(this.text, this.spending, sources, this.workOrders, this.maintenance);
	}

}
