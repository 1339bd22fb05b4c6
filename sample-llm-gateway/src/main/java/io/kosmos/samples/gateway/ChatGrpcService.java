package io.kosmos.samples.gateway;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kosmos.samples.chat.v1.ChatChunk;
import io.kosmos.samples.chat.v1.ChatGrpc;
import io.kosmos.samples.chat.v1.ChatResponse;
import io.kosmos.samples.chat.v1.Message;
import io.kosmos.samples.gateway.ChatRequest.StreamOptions;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.grpc.server.service.GrpcService;

/**
 * The models and their answers over gRPC. What goes wrong is told by
 * {@link ApiStatusHandler}.
 */
@GrpcService
class ChatGrpcService extends ChatGrpc.ChatImplBase {

	private static final TypeReference<Map<String, @Nullable Object>> SCHEMA = new TypeReference<>() {
	};

	private final ChatService chat;

	private final GatewayProperties properties;

	private final JsonMapper jsonMapper;

	ChatGrpcService(ChatService chat, GatewayProperties properties, JsonMapper jsonMapper) {
		this.chat = chat;
		this.properties = properties;
		this.jsonMapper = jsonMapper;
	}

	@Override
	public void complete(io.kosmos.samples.chat.v1.ChatRequest request, StreamObserver<ChatResponse> answer) {
		answer.onNext(response(this.chat.complete(read(request, false))));
		answer.onCompleted();
	}

	@Override
	public void stream(io.kosmos.samples.chat.v1.ChatRequest request, StreamObserver<ChatChunk> answer) {
		ServerCallStreamObserver<ChatChunk> call = (ServerCallStreamObserver<ChatChunk>) answer;
		this.chat.stream(read(request, true), (chunk) -> {
			if (call.isCancelled()) {
				throw new ClientGoneException(null);
			}
			call.onNext(chunk(chunk));
		});
		call.onCompleted();
	}

	private ChatRequest read(io.kosmos.samples.chat.v1.ChatRequest request, boolean stream) {
		ChatRequest read = new ChatRequest(request.getModel(),
				request.getMessagesList().stream().map(ChatGrpcService::message).toList(), stream, null,
				request.hasMaxTokens() ? request.getMaxTokens() : null, null, stream ? new StreamOptions(true) : null,
				request.getToolsList().stream().map(this::tool).toList(), null, null, Map.of());
		read.validate(this.properties.maxMessageLength());
		return read;
	}

	private static ChatMessage message(Message message) {
		List<ToolCall> calls = message.getToolCallsList()
			.stream()
			.map((call) -> ToolCall.of(call.getId(), call.getName(), call.getArguments()))
			.toList();
		return new ChatMessage(message.getRole(), message.hasContent() ? message.getContent() : null,
				calls.isEmpty() ? null : calls, message.hasToolCallId() ? message.getToolCallId() : null, Map.of());
	}

	private Tool tool(io.kosmos.samples.chat.v1.Tool tool) {
		return new Tool("function", new Tool.Function(tool.getName(), tool.getDescription(),
				tool.getParameters().isEmpty() ? null : schema(tool.getParameters()), Map.of()), Map.of());
	}

	private Map<String, @Nullable Object> schema(String parameters) {
		try {
			return this.jsonMapper.readValue(parameters, SCHEMA);
		}
		catch (JacksonException ex) {
			throw ApiException.invalidRequest("tools.parameters must be a JSON object", "tools.parameters");
		}
	}

	private static ChatResponse response(ChatCompletion completion) {
		ChatCompletion.Choice choice = completion.choices().get(0);
		Message.Builder message = Message.newBuilder().setRole("assistant");
		if (choice.message().content() != null) {
			message.setContent(choice.message().text());
		}
		choice.message().calls().forEach((call) -> message.addToolCalls(toolCall(call)));
		ChatResponse.Builder response = ChatResponse.newBuilder()
			.setId(completion.id())
			.setModel(completion.model())
			.setMessage(message);
		set(choice.finishReason(), response::setFinishReason);
		if (completion.usage() != null) {
			response.setUsage(usage(completion.usage()));
		}
		return response.build();
	}

	private static io.kosmos.samples.chat.v1.ToolCall toolCall(ToolCall call) {
		return io.kosmos.samples.chat.v1.ToolCall.newBuilder()
			.setId(Objects.requireNonNullElse(call.id(), ""))
			.setName(Objects.requireNonNullElse(call.name(), ""))
			.setArguments(Objects.requireNonNullElse(call.arguments(), ""))
			.build();
	}

	private static ChatChunk chunk(ChatCompletionChunk chunk) {
		ChatChunk.Builder built = ChatChunk.newBuilder().setId(chunk.id()).setModel(chunk.model());
		if (!chunk.choices().isEmpty()) {
			ChatCompletionChunk.Choice choice = chunk.choices().get(0);
			built.setText(choice.delta().text());
			set(choice.finishReason(), built::setFinishReason);
		}
		if (chunk.usage() != null) {
			built.setUsage(usage(chunk.usage()));
		}
		return built.build();
	}

	private static io.kosmos.samples.chat.v1.Usage usage(Usage usage) {
		io.kosmos.samples.chat.v1.Usage.Builder built = io.kosmos.samples.chat.v1.Usage.newBuilder();
		set(usage.promptTokens(), built::setPromptTokens);
		set(usage.completionTokens(), built::setCompletionTokens);
		set(usage.totalTokens(), built::setTotalTokens);
		return built.build();
	}

	private static <T> void set(@Nullable T value, Consumer<T> setter) {
		if (value != null) {
			setter.accept(value);
		}
	}

}
