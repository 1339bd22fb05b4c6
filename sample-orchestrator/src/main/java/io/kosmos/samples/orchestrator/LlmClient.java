package io.kosmos.samples.orchestrator;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import io.kosmos.samples.orchestrator.Chat.Message;
import io.kosmos.samples.orchestrator.Chat.Request;
import io.kosmos.samples.orchestrator.Chat.Response;
import io.kosmos.samples.orchestrator.Chat.Tool;
import io.kosmos.samples.orchestrator.Chat.ToolCall;
import io.kosmos.samples.orchestrator.Chat.Usage;
import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.ModelPrice;
import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.TokenUsage;
import io.kosmos.tracing.UsageSums;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Talks to the models behind the gateway. The span of the model itself is the gateway's,
 * which calls the provider.
 */
@Component
public class LlmClient {

	private final Gateway gateway;

	private final List<String> providers;

	private final @Nullable ModelPrices prices;

	private final AgentSpans agents;

	LlmClient(Gateway gateway, OrchestratorProperties properties, ObjectProvider<ModelPrices> prices,
			AgentSpans agents) {
		this.gateway = gateway;
		this.providers = properties.gateway().providers();
		this.prices = prices.getIfAvailable();
		this.agents = agents;
	}

	/**
	 * Have a model continue a conversation.
	 * @param model name of the model
	 * @param messages the conversation so far
	 * @param tools tools that the model may choose
	 * @return what the model says
	 * @throws GatewayException if the gateway gives no usable answer
	 */
	public Completion complete(String model, List<Message> messages, List<Tool> tools) {
		Response response = this.gateway.complete(Request.whole(model, messages, tools));
		Message message = response.message();
		Spending spending = spending(model, response.usage());
		if (!this.gateway.reportsUsage()) {
			count(spending);
		}
		return new Completion(Objects.requireNonNullElse(message.content(), ""),
				Objects.requireNonNullElse(message.toolCalls(), List.of()), spending);
	}

	/**
	 * Have a model continue a conversation, and pass it on while it is being made.
	 * @param model name of the model
	 * @param messages the conversation so far
	 * @param listener takes each piece of the answer; what it throws ends the call; none
	 * if {@code null}
	 * @return what the model said
	 * @throws GatewayException if the gateway gives no usable answer
	 */
	public Completion complete(String model, List<Message> messages, @Nullable Consumer<String> listener) {
		if (listener == null) {
			return complete(model, messages, List.of());
		}
		StringBuilder text = new StringBuilder();
		Spending spending = spending(model,
				this.gateway.stream(Request.streamed(model, messages), listener.andThen(text::append)));
		// A stream begins before the gateway knows what to tell in a header.
		count(spending);
		return new Completion(text.toString(), List.of(), spending);
	}

	private void count(Spending spending) {
		this.agents.count(new UsageSums(1, 0, spending.usage().totalTokens(), spending.cost()));
	}

	private Spending spending(String model, Usage usage) {
		TokenUsage tokens = TokenUsage.of(usage.promptTokens(), usage.completionTokens());
		ModelPrice price = price(model);
		return new Spending(usage, (price != null) ? price.cost(tokens) : null);
	}

	private @Nullable ModelPrice price(String model) {
		ModelPrices prices = this.prices;
		if (prices == null) {
			return null;
		}
		// No two providers of the gateway have a model of the same name.
		return this.providers.stream()
			.map((provider) -> prices.find(provider, model))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	/**
	 * What a model says.
	 *
	 * @param text its words, empty if it calls tools
	 * @param toolCalls tools that it wants to have called
	 * @param spending what it took
	 */
	public record Completion(String text, List<ToolCall> toolCalls, Spending spending) {
	}

}
