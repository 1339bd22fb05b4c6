package io.kosmos.tracing.autoconfigure.langchain4j;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.embedding.EmbeddingModel;
import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.LlmCall;
import io.kosmos.tracing.Spans.Builder;
import io.kosmos.tracing.Spans.Work;
import io.opentelemetry.context.Context;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;

/**
 * Makes each call of a model a span, within which the call is made, so that what it sends
 * and the listeners of the model are below it.
 */
final class ModelInterceptor implements MethodInterceptor {

	private final LangChain4jSpans spans;

	ModelInterceptor(LangChain4jSpans spans) {
		this.spans = spans;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object model = invocation.getThis();
		String method = invocation.getMethod().getName();
		@Nullable Object[] arguments = invocation.getArguments();
		if (model instanceof EmbeddingModel embedding && (method.equals("embed") || method.equals("embedAll"))) {
			return embed(embedding, invocation);
		}
		if (!method.equals("chat") || arguments.length == 0) {
			return invocation.proceed();
		}
		if (model instanceof StreamingChatModel streaming
				&& arguments[arguments.length - 1] instanceof StreamingChatResponseHandler handler) {
			return stream(streaming, invocation, handler);
		}
		return (model instanceof ChatModel chat) ? chat(chat, invocation) : invocation.proceed();
	}

	private @Nullable Object embed(EmbeddingModel model, MethodInvocation invocation) throws Throwable {
		Builder span = this.spans.agents()
			.embeddings(Provider.name(this.spans.ask("the provider of an embedding model", model::provider)),
					this.spans.ask("the name of an embedding model", model::modelName));
		return LangChain4jSpans.run(inContext(span).start(), invocation::proceed);
	}

	private @Nullable Object chat(ChatModel model, MethodInvocation invocation) throws Throwable {
		Method method = invocation.getMethod();
		boolean complete = invocation.getArguments()[0] instanceof ChatRequest;
		if (!complete && isInherited(method, model)) {
			// Ends in a call of the model with a whole request, whose answer tells more
			// than the text that this one returns.
			return AopUtils.invokeJoinpointUsingReflection(new TracedChatModel(model), method,
					invocation.getArguments());
		}
		return chat(model, messages(invocation), parameters(invocation), invocation::proceed);
	}

	private static boolean isInherited(Method method, ChatModel model) {
		return ClassUtils.getMostSpecificMethod(method, model.getClass()).getDeclaringClass() == ChatModel.class;
	}

	private <T extends @Nullable Object> T chat(ChatModel model, List<ChatMessage> messages,
			@Nullable ChatRequestParameters parameters, Work<T, Throwable> work) throws Throwable {
		Builder builder = this.spans.agents()
			.llm(Provider.name(this.spans.ask("the provider of a chat model", model::provider)), modelName(parameters,
					this.spans.ask("the parameters of a chat model", model::defaultRequestParameters)));
		DetachedSpan span = inContext(builder).start();
		input(span, messages);
		return LangChain4jSpans.run(span, work);
	}

	private @Nullable Object stream(StreamingChatModel model, MethodInvocation invocation,
			StreamingChatResponseHandler handler) throws Throwable {
		Builder builder = this.spans.agents()
			.llm(Provider.name(this.spans.ask("the provider of a streaming chat model", model::provider)), modelName(
					parameters(invocation),
					this.spans.ask("the parameters of a streaming chat model", model::defaultRequestParameters)));
		DetachedSpan span = inContext(builder).attribute(KosmosAttributes.LLM_STREAMING, true).start();
		LlmCall call = input(span, messages(invocation));
		@Nullable Object[] arguments = invocation.getArguments();
		arguments[arguments.length - 1] = new TracedResponseHandler(handler, span, call, Context.current());
		return LangChain4jSpans.runOpen(span, invocation::proceed);
	}

	private Builder inContext(Builder builder) {
		Context context = Context.current();
		return builder.parent(this.spans.callingOverHttp(context))
			.attribute(KosmosAttributes.CONVERSATION_ID, Invocation.in(context).conversation());
	}

	private LlmCall input(DetachedSpan span, List<ChatMessage> messages) {
		LlmCall call = this.spans.agents().llmIn(span.context());
		if (call.capturesContent()) {
			List<GenAiMessage> input = this.spans.ask("the messages to a model", () -> Messages.of(messages));
			if (input != null) {
				call.input(input);
			}
		}
		return call;
	}

	private static List<ChatMessage> messages(MethodInvocation invocation) {
		Object first = invocation.getArguments()[0];
		if (first instanceof ChatRequest request) {
			return request.messages();
		}
		if (first instanceof String text) {
			return List.of(UserMessage.from(text));
		}
		List<?> all = (first instanceof List<?> list) ? list
				: (first instanceof Object[] array) ? Arrays.asList(array) : List.of();
		return all.stream().filter(ChatMessage.class::isInstance).map(ChatMessage.class::cast).toList();
	}

	private static @Nullable ChatRequestParameters parameters(MethodInvocation invocation) {
		return (invocation.getArguments()[0] instanceof ChatRequest request) ? request.parameters() : null;
	}

	private static @Nullable String modelName(@Nullable ChatRequestParameters parameters,
			@Nullable ChatRequestParameters defaults) {
		String name = (parameters != null) ? parameters.modelName() : null;
		return (name != null || defaults == null) ? name : defaults.modelName();
	}

	/**
	 * Completes the requests of the methods that take less than one, as every model does.
	 */
	private final class TracedChatModel implements ChatModel {

		private final ChatModel model;

		private TracedChatModel(ChatModel model) {
			this.model = model;
		}

		@Override
		public ChatResponse chat(ChatRequest request) {
			return traced(request, () -> this.model.chat(request));
		}

		@Override
		public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
			return traced(request, () -> this.model.chat(request, options));
		}

		private ChatResponse traced(ChatRequest request, Work<ChatResponse, Throwable> work) {
			try {
				return ModelInterceptor.this.chat(this.model, request.messages(), request.parameters(), work);
			}
			catch (RuntimeException | Error ex) {
				throw ex;
			}
			catch (Throwable ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
