package io.kosmos.tracing;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A message to or from a model, in the shape of the message schemas of the OpenTelemetry
 * semantic conventions ({@code gen_ai.input.messages}, {@code gen_ai.output.messages}).
 *
 * @param role who speaks: {@code system}, {@code user}, {@code assistant} or {@code tool}
 * @param parts what is said
 * @param finishReason why the model stopped; {@code null} where it is no answer of a
 * model or not known
 */
public record GenAiMessage(String role, List<Part> parts, @Nullable String finishReason) {

	/**
	 * A message of text alone.
	 * @param role who speaks
	 * @param text what is said
	 * @return the message
	 */
	public static GenAiMessage of(String role, String text) {
		return new GenAiMessage(role, List.of(new Text(text)), null);
	}

	/**
	 * A part of a message.
	 */
	public sealed interface Part permits Text, ToolCall, ToolResponse {

	}

	/**
	 * Text.
	 *
	 * @param content the text
	 */
	public record Text(String content) implements Part {
	}

	/**
	 * A model asks for a tool.
	 *
	 * @param id id of the call; {@code null} if the provider gives none
	 * @param name name of the tool
	 * @param arguments arguments as JSON; {@code null} if there are none
	 */
	public record ToolCall(@Nullable String id, String name, @Nullable String arguments) implements Part {
	}

	/**
	 * What a tool answered.
	 *
	 * @param id id of the call; {@code null} if the provider gives none
	 * @param response what the tool answered
	 */
	public record ToolResponse(@Nullable String id, String response) implements Part {
	}

}
