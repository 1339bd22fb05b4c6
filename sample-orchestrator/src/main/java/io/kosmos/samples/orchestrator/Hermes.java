package io.kosmos.samples.orchestrator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.kosmos.samples.orchestrator.Chat.Message;
import io.kosmos.samples.orchestrator.Chat.Tool;
import io.kosmos.samples.orchestrator.Chat.ToolCall;
import io.kosmos.samples.orchestrator.LlmClient.Completion;
import io.kosmos.tracing.TracedAgent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

/**
 * The agent that acts: it lets a model choose a tool, calls it, tells Hephaestus, and has
 * the model say what came of it.
 */
@Component
public class Hermes {

	private static final Logger logger = LoggerFactory.getLogger(Hermes.class);

	private static final String CREATE_WORK_ORDER = "create_work_order";

	private static final Message INSTRUCTIONS = Message
		.system("Do what is asked with the tools that you have, then say what was done.");

	private final Assets assets;

	private final Cmms cmms;

	private final LlmClient llm;

	private final JsonMapper jsonMapper;

	private final WorkOrders channel;

	public Hermes(Assets assets, Cmms cmms, LlmClient llm, JsonMapper jsonMapper, WorkOrders workOrders) {
		this.assets = assets;
		this.cmms = cmms;
		this.llm = llm;
		this.jsonMapper = jsonMapper;
		this.channel = workOrders;
	}

	/**
	 * Act on a wish.
	 * @param task the wish
	 * @return the reply, with what was done
	 */
	@TracedAgent(name = "hermes", operation = "act")
	public Reply act(Task task) {
		List<Message> conversation = new ArrayList<>(List.of(INSTRUCTIONS, Message.user(task.message())));
		Completion choice = this.llm.complete(task.model(), conversation, tools());
		if (choice.toolCalls().isEmpty()) {
			task.tell(choice.text());
			return Reply.of(choice);
		}
		conversation.add(Message.calling(choice.toolCalls()));
		List<WorkOrder> workOrders = new ArrayList<>();
		for (ToolCall call : choice.toolCalls()) {
			conversation.add(Message.result(call, execute(call, workOrders)));
		}
		Completion answer = this.llm.complete(task.model(), conversation, task.listener());
		return new Reply(answer.text(), choice.spending().plus(answer.spending()), List.of(), workOrders, null);
	}

	private List<Tool> tools() {
		return List.of(Tool.function(CREATE_WORK_ORDER, "Opens a work order for an asset",
				Map.of("type", "object", "properties",
						Map.of("asset", Map.of("type", "string", "enum", this.assets.ids()), "description",
								Map.of("type", "string"), "priority", Map.of("type", "integer", "minimum", 1)),
						"required", List.of("asset", "description", "priority"))));
	}

	// A model may ask for a tool that there is not, or with arguments that make no sense:
	// it is told so, as it would be told a result.
	private String execute(ToolCall call, List<WorkOrder> workOrders) {
		if (!CREATE_WORK_ORDER.equals(call.function().name())) {
			return "There is no such tool";
		}
		try {
			WorkOrder workOrder = this.cmms.createWorkOrder(
					this.jsonMapper.readValue(call.function().arguments(), Cmms.Arguments.class), call.id());
			workOrders.add(workOrder);
			tell(workOrder);
			return this.jsonMapper.writeValueAsString(workOrder);
		}
		catch (JacksonException | DataIntegrityViolationException ex) {
			return "The arguments are wrong";
		}
	}

	// Nobody has to ask again for what is written down already.
	private void tell(WorkOrder workOrder) {
		try {
			this.channel.opened(workOrder);
		}
		catch (RuntimeException ex) {
			logger.warn("Work order {} is open, but Hephaestus was not told", workOrder.id(), ex);
		}
	}

}
