package io.kosmos.tracing.autoconfigure.span;

import io.kosmos.tracing.Cost;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.UsageSums;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.ContextKey;
import org.jspecify.annotations.Nullable;

/**
 * Calls, tokens and cost of all that runs below an agent or a workflow, or for an HTTP
 * request. Thread-safe.
 */
final class Sums {

	/**
	 * Sums of the HTTP request that is served in a context.
	 */
	static final ContextKey<Sums> REQUEST = ContextKey.named("kosmos.tracing.request-sums");

	private long llmCalls;

	private long toolCalls;

	private @Nullable Long tokens;

	private @Nullable Cost cost;

	private boolean mixedCurrencies;

	synchronized void add(long llmCalls, long toolCalls, @Nullable Long tokens, @Nullable Cost cost) {
		this.llmCalls += llmCalls;
		this.toolCalls += toolCalls;
		if (tokens != null) {
			// A sum that overflows stays at the greatest number rather than throw.
			this.tokens = (this.tokens != null && this.tokens > Long.MAX_VALUE - tokens) ? Long.valueOf(Long.MAX_VALUE)
					: Long.valueOf(((this.tokens != null) ? this.tokens : 0) + tokens);
		}
		if (cost != null && this.cost != null && !this.cost.currency().equals(cost.currency())) {
			this.mixedCurrencies = true;
		}
		else if (cost != null) {
			this.cost = (this.cost != null) ? this.cost.plus(cost) : cost;
		}
	}

	synchronized UsageSums toUsage() {
		return new UsageSums(this.llmCalls, this.toolCalls, this.tokens, (this.mixedCurrencies) ? null : this.cost);
	}

	/**
	 * What a caller is told, or {@code null} if there is nothing to tell.
	 */
	@Nullable String toHeader() {
		UsageSums usage = toUsage();
		return (usage.llmCalls() > 0 || usage.toolCalls() > 0) ? UsageHeader.format(usage) : null;
	}

	/**
	 * Write the sums. Amounts of several currencies have none.
	 */
	synchronized void writeTo(Span span) {
		span.setAttribute(KosmosAttributes.LLM_CALLS, this.llmCalls);
		span.setAttribute(KosmosAttributes.TOOL_CALLS, this.toolCalls);
		if (this.tokens != null) {
			span.setAttribute(KosmosAttributes.LLM_TOTAL_TOKENS_AGGREGATED, this.tokens);
		}
		if (this.cost != null && !this.mixedCurrencies) {
			span.setAttribute(KosmosAttributes.LLM_COST_AGGREGATED, this.cost.amount().doubleValue());
			span.setAttribute(KosmosAttributes.LLM_COST_CURRENCY, this.cost.currency());
		}
	}

}
