package io.kosmos.samples.orchestrator;

import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.kosmos.samples.chat.v1.ChatChunk;
import io.kosmos.samples.chat.v1.ChatGrpc;
import io.kosmos.samples.chat.v1.ChatRequest;
import io.kosmos.samples.chat.v1.ChatResponse;
import io.kosmos.samples.orchestrator.Chat.Choice;
import io.kosmos.samples.orchestrator.Chat.Message;
import io.kosmos.samples.orchestrator.Chat.Request;
import io.kosmos.samples.orchestrator.Chat.Response;
import io.kosmos.samples.orchestrator.Chat.Tool;
import io.kosmos.samples.orchestrator.Chat.ToolCall;
import io.kosmos.samples.orchestrator.Chat.Usage;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.stereotype.Component;

/**
 * The gateway over gRPC. Its address and its deadline are those of Spring gRPC's channel
 * {@code gateway}. It is made by Spring gRPC's factory, so its calls have spans and carry
 * the trace to the gateway.
 */
@Component
@ConditionalOnProperty(name = "orchestrator.gateway.protocol", havingValue = "grpc")
class GrpcGateway implements Gateway {

	private final ChatGrpc.ChatBlockingStub gateway;

	private final JsonMapper jsonMapper;

	GrpcGateway(GrpcChannelFactory channels, JsonMapper jsonMapper) {
		this.gateway = ChatGrpc.newBlockingStub(channels.createChannel("gateway"));
		this.jsonMapper = jsonMapper;
	}

	@Override
	public Response complete(Request request) {
		try {
			ChatResponse response = this.gateway.complete(write(request));
			if (!response.hasUsage()) {
				throw GatewayException.failed(null);
			}
			return new Response(List.of(new Choice(read(response.getMessage()))), read(response.getUsage()));
		}
		catch (StatusRuntimeException ex) {
			throw failure(ex);
		}
	}

	@Override
	public Usage stream(Request request, Consumer<String> listener) {
		// Ends the call when the listener throws.
		Context.CancellableContext call = Context.current().withCancellation();
		Context outer = call.attach();
		try {
			Usage usage = null;
			Iterator<ChatChunk> chunks = this.gateway.stream(write(request));
			while (chunks.hasNext()) {
				ChatChunk chunk = chunks.next();
				usage = chunk.hasUsage() ? read(chunk.getUsage()) : usage;
				if (!chunk.getText().isEmpty()) {
					listener.accept(chunk.getText());
				}
			}
			if (usage == null) {
				throw GatewayException.failed(null);
			}
			return usage;
		}
		catch (StatusRuntimeException ex) {
			throw failure(ex);
		}
		finally {
			call.detach(outer);
			call.cancel(null);
		}
	}

	@Override
	public boolean reportsUsage() {
		return false;
	}

	private ChatRequest write(Request request) {
		ChatRequest.Builder written = ChatRequest.newBuilder().setModel(request.model());
		request.messages().forEach((message) -> written.addMessages(write(message)));
		request.tools().forEach((tool) -> written.addTools(write(tool)));
		return written.build();
	}

	private static io.kosmos.samples.chat.v1.Message write(Message message) {
		io.kosmos.samples.chat.v1.Message.Builder written = io.kosmos.samples.chat.v1.Message.newBuilder()
			.setRole(message.role());
		if (message.content() != null) {
			written.setContent(message.content());
		}
		if (message.toolCallId() != null) {
			written.setToolCallId(message.toolCallId());
		}
		if (message.toolCalls() != null) {
			message.toolCalls()
				.forEach((call) -> written.addToolCalls(io.kosmos.samples.chat.v1.ToolCall.newBuilder()
					.setId(call.id())
					.setName(call.function().name())
					.setArguments(call.function().arguments())));
		}
		return written.build();
	}

	private io.kosmos.samples.chat.v1.Tool write(Tool tool) {
		return io.kosmos.samples.chat.v1.Tool.newBuilder()
			.setName(tool.function().name())
			.setDescription(tool.function().description())
			.setParameters(this.jsonMapper.writeValueAsString(tool.function().parameters()))
			.build();
	}

	private static Message read(io.kosmos.samples.chat.v1.Message message) {
		List<ToolCall> calls = message.getToolCallsList()
			.stream()
			.map((call) -> new ToolCall(call.getId(), "function",
					new ToolCall.Function(call.getName(), call.getArguments())))
			.toList();
		return new Message(message.getRole(), message.getContent(), calls.isEmpty() ? null : calls, null);
	}

	private static Usage read(io.kosmos.samples.chat.v1.Usage usage) {
		return new Usage(usage.getPromptTokens(), usage.getCompletionTokens(), usage.getTotalTokens());
	}

	private static GatewayException failure(StatusRuntimeException ex) {
		return switch (ex.getStatus().getCode()) {
			case NOT_FOUND -> GatewayException.unknownModel(ex);
			case UNAVAILABLE -> GatewayException.unreachable(ex);
			case DEADLINE_EXCEEDED -> GatewayException.late(ex);
			default -> GatewayException.failed(ex);
		};
	}

}
