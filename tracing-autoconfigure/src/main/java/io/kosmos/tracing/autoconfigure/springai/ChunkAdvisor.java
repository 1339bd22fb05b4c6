package io.kosmos.tracing.autoconfigure.springai;

import java.util.List;

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisor;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisorChain;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.core.Ordered;

/**
 * Sees the chunks that a model streams, next to the model and so once for each call.
 */
final class ChunkAdvisor implements StreamAdvisor {

	private final SpringAiTracing tracing;

	private final List<RequestMarker> markers;

	ChunkAdvisor(SpringAiTracing tracing, List<RequestMarker> markers) {
		this.tracing = tracing;
		this.markers = markers;
	}

	@Override
	public Flux<ChatClientResponse> adviseStream(ChatClientRequest request, StreamAdvisorChain chain) {
		return Flux.deferContextual((view) -> {
			Observation advisor = view.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
			Work work = (advisor != null) ? Work.of(advisor.getContextView()) : null;
			return (work != null) ? read(request, chain, work) : chain.nextStream(request);
		});
	}

	private Flux<ChatClientResponse> read(ChatClientRequest request, StreamAdvisorChain chain, Work work) {
		StreamedAnswer answer = new StreamedAnswer();
		work.answer().set(answer);
		return chain.nextStream(this.tracing.attempt(() -> mark(request, answer), request))
			.doOnNext((response) -> chunk(answer, response.chatResponse()))
			.doOnComplete(answer::complete)
			.doOnError(answer::fail)
			.doOnCancel(answer::abandon)
			.doFinally((signal) -> this.markers.forEach((marker) -> marker.forget(answer)));
	}

	private ChatClientRequest mark(ChatClientRequest request, StreamedAnswer answer) {
		Prompt prompt = request.prompt();
		for (RequestMarker marker : this.markers) {
			prompt = marker.mark(prompt, answer);
		}
		return ChatClientRequest.builder().prompt(prompt).context(request.context()).build();
	}

	private static void chunk(StreamedAnswer answer, @Nullable ChatResponse response) {
		if (response != null) {
			answer.chunk(response);
		}
	}

	@Override
	public String getName() {
		return "kosmos-tracing";
	}

	@Override
	public int getOrder() {
		// The advisor that calls the model has the lowest.
		return Ordered.LOWEST_PRECEDENCE - 1;
	}

}
