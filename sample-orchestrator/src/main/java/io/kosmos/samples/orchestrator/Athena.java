package io.kosmos.samples.orchestrator;

import java.util.List;
import java.util.stream.Collectors;

import io.kosmos.samples.orchestrator.Chat.Message;
import io.kosmos.tracing.TracedAgent;

import org.springframework.stereotype.Component;

/**
 * The agent that answers from what is written down.
 */
@Component
public class Athena {

	private final Documents documents;

	private final LlmClient llm;

	private final OrchestratorProperties properties;

	public Athena(Documents documents, LlmClient llm, OrchestratorProperties properties) {
		this.documents = documents;
		this.llm = llm;
		this.properties = properties;
	}

	/**
	 * Search, then have a model answer from what was found.
	 * @param task a question
	 * @return the reply
	 */
	@TracedAgent(name = "athena", operation = "answer")
	public Reply answer(Task task) {
		List<Passage> sources = this.documents.search(task.message(), this.properties.topK());
		List<Message> conversation = List.of(Message.system(instructions(sources)), Message.user(task.message()));
		return Reply.of(this.llm.complete(task.model(), conversation, task.listener())).withSources(sources);
	}

	private static String instructions(List<Passage> sources) {
		return sources.stream()
			.map((source) -> "%n- %s: %s".formatted(source.title(), source.body()))
			.collect(Collectors.joining("", "Answer in a few sentences. What is known:", ""));
	}

}
