package io.kosmos.tracing.autoconfigure.span;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.GenAiMessage.Part;
import io.kosmos.tracing.ResultMapper;
import org.jspecify.annotations.Nullable;

/**
 * What is said in one operation; there is none unless it is recorded. Thread-safe. No
 * method throws.
 */
final class OperationContent {

	private final Operations operations;

	private final BiConsumer<ModelAttribute, String> target;

	/** The code itself tells the answer or the result. */
	private boolean told;

	private @Nullable List<GenAiMessage> answer;

	private @Nullable StreamedAnswer streamed;

	/**
	 * Create the content of an operation.
	 * @param operations what operations share
	 * @param target takes the attributes
	 */
	OperationContent(Operations operations, BiConsumer<ModelAttribute, String> target) {
		this.operations = operations;
		this.target = target;
	}

	private ContentCapture capture() {
		return this.operations.content();
	}

	/**
	 * A method was called that is the tool or calls the model.
	 */
	void arguments(OperationType type, ContentParameters parameters, @Nullable Object[] arguments) {
		attempt(() -> {
			if (type == OperationType.TOOL) {
				this.target.accept(ModelAttribute.TOOL_CALL_ARGUMENTS, capture().values(parameters.named(arguments)));
			}
			else {
				writeInput(question(parameters, arguments));
			}
		});
	}

	private List<GenAiMessage> question(ContentParameters parameters, @Nullable Object[] arguments) {
		List<GenAiMessage> messages = new ArrayList<>();
		for (Object argument : parameters.of(arguments)) {
			List<GenAiMessage> read = read(ResultMapper::input, argument);
			if (read != null) {
				messages.addAll(read);
			}
		}
		String text = parameters.text(arguments);
		if (messages.isEmpty() && text != null) {
			messages.add(GenAiMessage.of("user", text));
		}
		return messages;
	}

	void input(List<GenAiMessage> messages) {
		attempt(() -> writeInput(messages));
	}

	private void writeInput(List<GenAiMessage> messages) {
		List<Part> instructions = new ArrayList<>();
		List<GenAiMessage> others = new ArrayList<>();
		for (GenAiMessage message : messages) {
			if ("system".equals(message.role())) {
				instructions.addAll(message.parts());
			}
			else {
				others.add(message);
			}
		}
		if (!instructions.isEmpty()) {
			this.target.accept(ModelAttribute.SYSTEM_INSTRUCTIONS, capture().parts(instructions));
		}
		if (!others.isEmpty()) {
			this.target.accept(ModelAttribute.INPUT_MESSAGES, capture().messages(others));
		}
	}

	/**
	 * The code itself wrote the answer or the result, which nothing replaces that is read
	 * out of a result.
	 */
	synchronized void told() {
		this.told = true;
		this.answer = null;
	}

	/**
	 * The code itself tells the whole answer.
	 */
	void output(List<GenAiMessage> messages) {
		attempt(() -> {
			List<GenAiMessage> copy = List.copyOf(messages);
			synchronized (this) {
				this.told = true;
				this.answer = copy;
			}
		});
	}

	/**
	 * The whole result arrived.
	 */
	void result(OperationType type, Object result) {
		if (isTold()) {
			return;
		}
		if (type == OperationType.TOOL) {
			attempt(() -> this.target.accept(ModelAttribute.TOOL_CALL_RESULT, capture().value(result)));
		}
		else if (type == OperationType.LLM) {
			List<GenAiMessage> read = read(ResultMapper::output, result);
			attempt(() -> answer(read, result));
		}
	}

	private synchronized boolean isTold() {
		return this.told;
	}

	private synchronized void answer(@Nullable List<GenAiMessage> read, Object result) {
		if (read != null) {
			this.answer = (read.isEmpty()) ? this.answer : List.copyOf(read);
		}
		else if (result instanceof CharSequence text && this.answer == null && this.streamed == null) {
			this.answer = List.of(GenAiMessage.of("assistant", text.toString()));
		}
	}

	/**
	 * A part of the answer arrived.
	 */
	void chunk(Object chunk) {
		List<GenAiMessage> read = read(ResultMapper::output, chunk);
		if (read == null && chunk instanceof CharSequence text) {
			read = List.of(GenAiMessage.of("assistant", text.toString()));
		}
		if (read != null) {
			List<GenAiMessage> deltas = read;
			attempt(() -> add(deltas));
		}
	}

	private synchronized void add(List<GenAiMessage> deltas) {
		if (this.streamed == null) {
			this.streamed = new StreamedAnswer(capture().maxText());
		}
		this.streamed.add(deltas);
	}

	/**
	 * Write the answer.
	 * @param finishReasons why the model stopped, one reason for each choice, if known
	 */
	void writeAnswer(@Nullable List<String> finishReasons) {
		attempt(() -> {
			List<GenAiMessage> messages = answer();
			if (!messages.isEmpty()) {
				this.target.accept(ModelAttribute.OUTPUT_MESSAGES,
						capture().messages(finished(messages, finishReasons)));
			}
		});
	}

	private synchronized List<GenAiMessage> answer() {
		if (this.answer != null) {
			return this.answer;
		}
		return (this.streamed != null && !this.told) ? this.streamed.messages() : List.of();
	}

	private static List<GenAiMessage> finished(List<GenAiMessage> messages, @Nullable List<String> finishReasons) {
		if (finishReasons == null || finishReasons.size() != messages.size()) {
			return messages;
		}
		List<GenAiMessage> finished = new ArrayList<>();
		for (int i = 0; i < messages.size(); i++) {
			GenAiMessage message = messages.get(i);
			finished.add((message.finishReason() != null) ? message
					: new GenAiMessage(message.role(), message.parts(), finishReasons.get(i)));
		}
		return finished;
	}

	/**
	 * What the first of the mappers says that knows the source: the last one that is
	 * asked.
	 */
	private @Nullable List<GenAiMessage> read(BiFunction<ResultMapper, Object, @Nullable List<GenAiMessage>> reader,
			Object source) {
		List<GenAiMessage> messages = null;
		for (ResultMapper mapper : this.operations.mappers()) {
			try {
				List<GenAiMessage> read = reader.apply(mapper, source);
				messages = (read != null) ? read : messages;
			}
			catch (Throwable ex) {
				this.operations.failures().record("the result mapper " + mapper.getClass().getName(), ex);
			}
		}
		return messages;
	}

	private void attempt(Runnable recording) {
		try {
			recording.run();
		}
		catch (Throwable ex) {
			this.operations.failures().record("the content of an operation", ex);
		}
	}

}
