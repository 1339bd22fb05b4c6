package io.kosmos.samples.orchestrator;

import io.kosmos.tracing.Cost;
import org.jspecify.annotations.Nullable;

/**
 * What models took for an answer.
 *
 * @param usage tokens
 * @param cost money, {@code null} if the price of a model is not known
 */
public record Spending(Chat.Usage usage, @Nullable Cost cost) {

	static final Spending NOTHING = new Spending(new Chat.Usage(0, 0, 0), null);

	Spending plus(Spending other) {
		// A sum with a part that is not known would be too low.
		return new Spending(this.usage.plus(other.usage),
				(this.cost != null && other.cost != null) ? this.cost.plus(other.cost) : null);
	}

}
