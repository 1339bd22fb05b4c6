package io.kosmos.samples.orchestrator;

import java.util.List;
import java.util.function.Consumer;

import io.kosmos.samples.orchestrator.Chat.Message;
import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.TracedAgent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * The agent that decides who works on a message. All that it sets in motion happens
 * inside its span.
 */
@Component
public class Zeus {

	private static final Logger logger = LoggerFactory.getLogger(Zeus.class);

	private final Athena athena;

	private final Hermes hermes;

	private final Maintenances maintenances;

	private final LlmClient llm;

	private final OrchestratorProperties properties;

	public Zeus(Athena athena, Hermes hermes, Maintenances maintenances, LlmClient llm,
			OrchestratorProperties properties) {
		this.athena = athena;
		this.hermes = hermes;
		this.maintenances = maintenances;
		this.llm = llm;
		this.properties = properties;
	}

	/**
	 * Decide on a route and follow it to an answer.
	 * @param message what is asked
	 * @param model model that should answer, {@code null} for that of the route
	 * @param listener takes the pieces of the answer while it is being made; {@code null}
	 * if it is wanted as a whole
	 * @return the answer
	 */
	@TracedAgent(name = "zeus", operation = "route",
			attributes = { @Attribute(key = "kosmos.route.decision", value = "#result.route().decision()"),
					@Attribute(key = "kosmos.route.confidence", value = "#result.route().confidence()") })
	public Answer answer(String message, @Nullable String model, @Nullable Consumer<String> listener) {
		Route route = Route.of(message);
		logger.info("Decided on route {} with confidence {}", route.decision(), route.confidence());
		Task task = new Task(message, (model != null) ? model : route.model(this.properties.models()), listener);
		Reply reply = switch (route.decision()) {
			case Route.KNOWLEDGE -> this.athena.answer(task);
			case Route.ACTION -> this.hermes.act(task);
			case Route.PROCESS -> this.maintenances.start(task);
			default -> Reply.of(this.llm.complete(task.model(),
					List.of(Message.system("Answer in a few sentences."), Message.user(message)), listener));
		};
		return new Answer(route, reply);
	}

	/**
	 * What came of a message.
	 *
	 * @param route the route that was taken
	 * @param reply what was said and done there
	 */
	public record Answer(Route route, Reply reply) {
	}

}
