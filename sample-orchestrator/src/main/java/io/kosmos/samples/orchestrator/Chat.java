package io.kosmos.samples.orchestrator;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * OpenAI's chat completions, as far as the agents need them.
 */
final class Chat {

	private Chat() {
	}

	/**
	 * One turn of a conversation.
	 *
	 * @param role {@code system}, {@code user}, {@code assistant} or {@code tool}
	 * @param content what is said
	 * @param toolCalls tools that the assistant wants to have called
	 * @param toolCallId id of the call that a tool's turn is the result of
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Message(String role, @Nullable String content, @Nullable List<ToolCall> toolCalls,
			@Nullable String toolCallId) {

		static Message system(String content) {
			return new Message("system", content, null, null);
		}

		static Message user(String content) {
			return new Message("user", content, null, null);
		}

		static Message calling(List<ToolCall> calls) {
			return new Message("assistant", null, calls, null);
		}

		static Message result(ToolCall call, String content) {
			return new Message("tool", content, null, call.id());
		}

	}

	/**
	 * A tool that the model may choose.
	 *
	 * @param type kind of tool
	 * @param function what it does
	 */
	record Tool(String type, Function function) {

		static Tool function(String name, String description, Map<String, Object> parameters) {
			return new Tool("function", new Function(name, description, parameters));
		}

		/**
		 * What a tool does.
		 *
		 * @param name its name
		 * @param description what it is good for
		 * @param parameters JSON schema of its arguments
		 */
		record Function(String name, String description, Map<String, Object> parameters) {
		}

	}

	/**
	 * The model's wish to have a tool called.
	 *
	 * @param id id that the result refers to
	 * @param type kind of tool
	 * @param function what is to be called
	 */
	record ToolCall(String id, String type, Function function) {

		ToolCall {
			Assert.notNull(function, "There must be a function");
		}

		/**
		 * What is to be called.
		 *
		 * @param name name of the tool
		 * @param arguments its arguments, a JSON object as text
		 */
		record Function(String name, String arguments) {
		}

	}

	/**
	 * What is asked.
	 *
	 * @param model the model
	 * @param messages the conversation so far
	 * @param tools tools that the model may choose
	 * @param stream whether the answer is wanted in chunks
	 * @param streamOptions details of streaming
	 */
	@JsonInclude(JsonInclude.Include.NON_EMPTY)
	record Request(String model, List<Message> messages, List<Tool> tools, @Nullable Boolean stream,
			@Nullable StreamOptions streamOptions) {

		static Request whole(String model, List<Message> messages, List<Tool> tools) {
			return new Request(model, messages, tools, null, null);
		}

		static Request streamed(String model, List<Message> messages) {
			return new Request(model, messages, List.of(), true, new StreamOptions(true));
		}

	}

	/**
	 * Details of streaming.
	 *
	 * @param includeUsage whether a last chunk tells the usage
	 */
	record StreamOptions(boolean includeUsage) {
	}

	/**
	 * What is answered.
	 *
	 * @param choices versions of the answer, of which the first counts
	 * @param usage tokens that it took
	 */
	record Response(List<Choice> choices, Usage usage) {

		Response {
			Assert.notEmpty(choices, "There must be a choice");
			Assert.notNull(usage, "There must be usage");
		}

		Message message() {
			return this.choices.get(0).message();
		}

	}

	/**
	 * One version of an answer.
	 *
	 * @param message the answer
	 */
	record Choice(Message message) {

		Choice {
			Assert.isTrue(message != null && (message.content() != null || message.toolCalls() != null),
					"There must be content or the call of a tool");
		}

	}

	/**
	 * A piece of a streamed answer.
	 *
	 * @param choices what it adds, nothing in the chunk that tells the usage
	 * @param usage tokens that the answer took, in the last chunk only
	 * @param error what went wrong, instead of anything else
	 */
	record Chunk(@Nullable List<Addition> choices, @Nullable Usage usage, @Nullable Object error) {

		String text() {
			return (this.choices != null && !this.choices.isEmpty() && this.choices.get(0).delta().content() != null)
					? this.choices.get(0).delta().content() : "";
		}

		/**
		 * What a chunk adds to one version of the answer.
		 *
		 * @param delta the addition
		 */
		record Addition(Message delta) {
		}

	}

	/**
	 * Tokens, as the gateway counts them.
	 *
	 * @param promptTokens tokens of the conversation
	 * @param completionTokens tokens of the answer
	 * @param totalTokens both together
	 */
	public record Usage(long promptTokens, long completionTokens, long totalTokens) {

		Usage plus(Usage other) {
			return new Usage(this.promptTokens + other.promptTokens, this.completionTokens + other.completionTokens,
					this.totalTokens + other.totalTokens);
		}

	}

}
