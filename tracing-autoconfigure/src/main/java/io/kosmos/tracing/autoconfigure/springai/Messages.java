package io.kosmos.tracing.autoconfigure.springai;

import java.util.ArrayList;
import java.util.List;

import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.GenAiMessage.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.util.StringUtils;

/**
 * Messages of Spring AI in the shape of the conventions. Media are left out.
 */
final class Messages {

	private Messages() {
	}

	static List<GenAiMessage> of(Prompt prompt) {
		return prompt.getInstructions().stream().map((message) -> message(message, null)).toList();
	}

	static List<GenAiMessage> of(ChatResponse response) {
		return response.getResults()
			.stream()
			.map((generation) -> message(generation.getOutput(),
					FinishReasons.conventional(generation.getMetadata().getFinishReason())))
			.toList();
	}

	private static GenAiMessage message(Message message, @Nullable String finishReason) {
		List<Part> parts = new ArrayList<>();
		if (StringUtils.hasLength(message.getText())) {
			parts.add(new GenAiMessage.Text(message.getText()));
		}
		if (message instanceof AssistantMessage assistant) {
			assistant.getToolCalls()
				.forEach((call) -> parts.add(new GenAiMessage.ToolCall(call.id(), call.name(), call.arguments())));
		}
		if (message instanceof ToolResponseMessage tools) {
			tools.getResponses()
				.forEach((tool) -> parts.add(new GenAiMessage.ToolResponse(tool.id(), tool.responseData())));
		}
		return new GenAiMessage(message.getMessageType().getValue(), parts, finishReason);
	}

}
