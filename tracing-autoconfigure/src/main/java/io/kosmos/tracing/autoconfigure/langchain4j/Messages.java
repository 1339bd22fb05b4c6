package io.kosmos.tracing.autoconfigure.langchain4j;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.GenAiMessage.Part;
import org.jspecify.annotations.Nullable;

/**
 * Messages of LangChain4j in the shape of the OpenTelemetry conventions. Images, sound
 * and files are left out.
 */
final class Messages {

	private Messages() {
	}

	static List<GenAiMessage> of(List<ChatMessage> messages) {
		return messages.stream().map((message) -> of(message, null)).toList();
	}

	static GenAiMessage of(ChatMessage message, @Nullable String finishReason) {
		if (message instanceof SystemMessage system) {
			return GenAiMessage.of("system", system.text());
		}
		if (message instanceof AiMessage answer) {
			return new GenAiMessage("assistant", parts(answer), finishReason);
		}
		if (message instanceof ToolExecutionResultMessage result) {
			return new GenAiMessage("tool",
					List.of(new GenAiMessage.ToolResponse(result.id(), text(result.contents()))), null);
		}
		return (message instanceof UserMessage user) ? GenAiMessage.of("user", text(user.contents()))
				: new GenAiMessage("user", List.of(), null);
	}

	private static List<Part> parts(AiMessage answer) {
		List<Part> parts = new ArrayList<>();
		if (answer.text() != null) {
			parts.add(new GenAiMessage.Text(answer.text()));
		}
		answer.toolExecutionRequests()
			.forEach((request) -> parts
				.add(new GenAiMessage.ToolCall(request.id(), request.name(), request.arguments())));
		return parts;
	}

	private static String text(List<Content> contents) {
		return contents.stream()
			.filter(TextContent.class::isInstance)
			.map((content) -> ((TextContent) content).text())
			.collect(Collectors.joining("\n"));
	}

}
