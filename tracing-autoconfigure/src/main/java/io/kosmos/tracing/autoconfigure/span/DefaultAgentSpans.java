package io.kosmos.tracing.autoconfigure.span;

import java.util.List;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.GenAiMessage;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.LlmCall;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TokenUsage;
import io.kosmos.tracing.UsageSums;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * {@link AgentSpans} over the OpenTelemetry SDK.
 */
final class DefaultAgentSpans implements AgentSpans {

	private final DefaultSpans spans;

	DefaultAgentSpans(DefaultSpans spans) {
		this.spans = spans;
	}

	@Override
	public Spans.Builder agent(String name) {
		return named(OperationType.AGENT, name);
	}

	@Override
	public Spans.Builder llm(@Nullable String provider, @Nullable String model) {
		return model("chat", provider, model);
	}

	@Override
	public Spans.Builder embeddings(@Nullable String provider, @Nullable String model) {
		return model("embeddings", provider, model);
	}

	private Spans.Builder model(String operation, @Nullable String provider, @Nullable String model) {
		boolean known = StringUtils.hasText(model);
		return this.spans.operation(OperationType.LLM, OperationType.LLM.spanName(known ? model : null, operation))
			.attribute(GenAiAttributes.OPERATION_NAME, operation)
			.attribute(KosmosAttributes.LLM_PROVIDER, provider)
			.attribute(KosmosAttributes.LLM_MODEL, known ? model : null);
	}

	@Override
	public Spans.Builder tool(String name) {
		return named(OperationType.TOOL, name);
	}

	@Override
	public Spans.Builder workflow(String name) {
		return named(OperationType.WORKFLOW, name);
	}

	@Override
	public Spans.Builder node(String name) {
		return named(OperationType.NODE, name);
	}

	@Override
	public Spans.Builder policy(String name) {
		return named(OperationType.POLICY, name);
	}

	@Override
	public Spans.Builder retrieval(String source) {
		return named(OperationType.RETRIEVAL, source);
	}

	@Override
	public Spans.Builder memory(String operation) {
		return named(OperationType.MEMORY, operation);
	}

	@Override
	public Spans.Builder plan(String name) {
		return named(OperationType.PLAN, name);
	}

	// A name comes from business code, which must not fail for it: the operation refuses
	// a
	// blank one when it starts.
	private Spans.Builder named(OperationType type, @Nullable String name) {
		return this.spans.operation(type, type.spanName(StringUtils.hasText(name) ? name : null, null))
			.attribute(type.nameKey(), (name != null) ? name : "");
	}

	@Override
	public UsageSums usage() {
		return Operation.usage(Context.current());
	}

	@Override
	public void count(UsageSums usage) {
		this.spans.count(usage);
	}

	@Override
	public LlmCall llmIn(Context context) {
		Operation call = Operation.llmIn(context);
		return (call != null) ? call : NoCall.INSTANCE;
	}

	/**
	 * Ignores all it is told.
	 */
	private enum NoCall implements LlmCall {

		INSTANCE;

		@Override
		public LlmCall chunk() {
			return this;
		}

		@Override
		public LlmCall chunk(Object chunk) {
			return this;
		}

		@Override
		public LlmCall response(Object response) {
			return this;
		}

		@Override
		public LlmCall usage(TokenUsage usage) {
			return this;
		}

		@Override
		public LlmCall finishReasons(List<String> reasons) {
			return this;
		}

		@Override
		public boolean capturesContent() {
			return false;
		}

		@Override
		public LlmCall input(List<GenAiMessage> messages) {
			return this;
		}

		@Override
		public LlmCall output(List<GenAiMessage> messages) {
			return this;
		}

	}

}
