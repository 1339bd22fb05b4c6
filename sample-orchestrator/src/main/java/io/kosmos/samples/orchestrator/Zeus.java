package io.kosmos.samples.orchestrator;

import java.util.List;
import java.util.stream.Collectors;

import io.kosmos.samples.orchestrator.LlmClient.Completion;
import io.kosmos.samples.orchestrator.LlmClient.Message;
import io.kosmos.samples.orchestrator.LlmClient.Usage;
import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.Traced;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * The agent that decides who works on a message. All that it sets in motion, Athena's
 * search and the call of the model, happens inside its span.
 */
@Component
public class Zeus {

	private static final Logger logger = LoggerFactory.getLogger(Zeus.class);

	private final Athena athena;

	private final LlmClient llm;

	private final Spans spans;

	private final OrchestratorProperties properties;

	public Zeus(Athena athena, LlmClient llm, Spans spans, OrchestratorProperties properties) {
		this.athena = athena;
		this.llm = llm;
		this.spans = spans;
		this.properties = properties;
	}

	/**
	 * Decide on a route and follow it to an answer.
	 * @param message what is asked
	 * @param model model that should answer, {@code null} for the configured one
	 * @param tenantId tenant that asks
	 * @param userId user that asks
	 * @param sessionId conversation that the message belongs to
	 * @return the answer
	 */
	@Traced(name = "invoke_agent zeus",
			attributes = { @Attribute(key = "gen_ai.operation.name", value = "'invoke_agent'"),
					@Attribute(key = "gen_ai.agent.name", value = "'zeus'"),
					@Attribute(key = "gen_ai.conversation.id", value = "#sessionId"),
					@Attribute(key = "kosmos.agent.name", value = "'zeus'"),
					@Attribute(key = "kosmos.agent.operation", value = "'route'") })
	public Answer answer(String message, @Nullable String model,
			@SpanAttribute("kosmos.tenant.id") @Nullable String tenantId,
			@SpanAttribute("kosmos.user.id") @Nullable String userId,
			@SpanAttribute("kosmos.conversation.id") @Nullable String sessionId) {
		Route route = Route.of(message);
		this.spans.current()
			.attribute(KosmosAttributes.ROUTE_DECISION, route.decision())
			.attribute(KosmosAttributes.ROUTE_CONFIDENCE, route.confidence());
		logger.info("Decided on route {} with confidence {}", route.decision(), route.confidence());
		List<Athena.Passage> sources = (Route.KNOWLEDGE.equals(route.decision()))
				? this.athena.search(message, this.properties.topK()) : List.of();
		Completion completion = this.llm.complete((model != null) ? model : this.properties.model(),
				List.of(new Message("system", instructions(sources)), new Message("user", message)));
		return new Answer(route, completion.text(), completion.usage(), sources);
	}

	private static String instructions(List<Athena.Passage> sources) {
		return sources.stream()
			.map((source) -> "%n- %s: %s".formatted(source.title(), source.body()))
			.collect(Collectors.joining("", "Answer in a few sentences. What is known:", ""));
	}

	/**
	 * What came of a message.
	 *
	 * @param route the route that was taken
	 * @param text text of the model
	 * @param usage tokens that it took
	 * @param sources passages that the model was given, best first
	 */
	public record Answer(Route route, String text, Usage usage, List<Athena.Passage> sources) {
	}

}
