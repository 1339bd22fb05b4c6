package io.kosmos.tracing.benchmarks;

import java.util.List;

import io.kosmos.tracing.Cost;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.ModelPrice;
import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.TokenUsage;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;

/**
 * The same spans with the same attributes, written out against the OpenTelemetry API. The
 * sums of the agent are constants here: what keeps them up to date is left out.
 */
public class RawOperationWork {

	private static final List<String> STOP = List.of("stop");

	private static final Attributes COMPLETION = Attributes.of(KosmosAttributes.LLM_FINISH_REASON, "stop");

	private final Tracer tracer;

	private final ModelPrices prices;

	RawOperationWork(Tracer tracer, ModelPrices prices) {
		this.tracer = tracer;
		this.prices = prices;
	}

	public String route(String message) {
		Span span = this.tracer.spanBuilder("invoke_agent zeus")
			.setAttribute(GenAiAttributes.OPERATION_NAME, "invoke_agent")
			.setAttribute(KosmosAttributes.AGENT_NAME, "zeus")
			.setAttribute(GenAiAttributes.AGENT_NAME, "zeus")
			.setAttribute(KosmosAttributes.AGENT_ID, "7")
			.setAttribute(GenAiAttributes.AGENT_ID, "7")
			.setAttribute(KosmosAttributes.AGENT_VERSION, "1")
			.setAttribute(KosmosAttributes.AGENT_OPERATION, "route")
			.setAttribute(KosmosAttributes.AGENT_TYPE, "llm")
			.startSpan();
		try (Scope scope = span.makeCurrent()) {
			span.setAttribute(KosmosAttributes.LLM_CALLS, 0L).setAttribute(KosmosAttributes.TOOL_CALLS, 0L);
			span.setStatus(StatusCode.OK);
			return message;
		}
		catch (Throwable ex) {
			span.recordException(ex).setStatus(StatusCode.ERROR);
			throw ex;
		}
		finally {
			span.end();
		}
	}

	public String complete(String prompt) {
		Span span = this.tracer.spanBuilder("chat gpt-4o")
			.setSpanKind(SpanKind.CLIENT)
			.setAttribute(GenAiAttributes.OPERATION_NAME, "chat")
			.setAttribute(KosmosAttributes.LLM_PROVIDER, "openai")
			.setAttribute(GenAiAttributes.PROVIDER_NAME, "openai")
			.setAttribute(KosmosAttributes.LLM_MODEL, "gpt-4o")
			.setAttribute(GenAiAttributes.REQUEST_MODEL, "gpt-4o")
			.startSpan();
		try (Scope scope = span.makeCurrent()) {
			TokenUsage usage = TokenUsage.of(1_200, 80);
			span.setAttribute(KosmosAttributes.LLM_PROMPT_TOKENS, usage.inputTokens())
				.setAttribute(GenAiAttributes.USAGE_INPUT_TOKENS, usage.inputTokens())
				.setAttribute(KosmosAttributes.LLM_COMPLETION_TOKENS, usage.outputTokens())
				.setAttribute(GenAiAttributes.USAGE_OUTPUT_TOKENS, usage.outputTokens())
				.setAttribute(KosmosAttributes.LLM_TOTAL_TOKENS, usage.total())
				.setAttribute(KosmosAttributes.LLM_FINISH_REASON, "stop")
				.setAttribute(GenAiAttributes.RESPONSE_FINISH_REASONS, STOP)
				.addEvent(KosmosAttributes.EVENT_LLM_COMPLETION, COMPLETION);
			ModelPrice price = this.prices.find("openai", "gpt-4o");
			Cost cost = (price != null) ? price.cost(usage) : null;
			if (cost != null) {
				span.setAttribute(KosmosAttributes.LLM_COST, cost.amount().doubleValue())
					.setAttribute(KosmosAttributes.LLM_COST_CURRENCY, cost.currency());
			}
			span.setStatus(StatusCode.OK);
			return prompt;
		}
		catch (Throwable ex) {
			span.recordException(ex).setStatus(StatusCode.ERROR);
			throw ex;
		}
		finally {
			span.end();
		}
	}

}
