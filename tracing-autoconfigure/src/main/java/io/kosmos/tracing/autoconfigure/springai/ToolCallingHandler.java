package io.kosmos.tracing.autoconfigure.springai;

import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.Spans;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.observation.ToolCallingObservationContext;
import org.springframework.util.StringUtils;

/**
 * Executions of tools. An error that Spring AI hands to the model as a result is told by
 * {@link ToolErrorBeanPostProcessor}.
 */
final class ToolCallingHandler extends SpanObservationHandler<ToolCallingObservationContext> {

	ToolCallingHandler(SpringAiTracing tracing) {
		super(tracing, ToolCallingObservationContext.class);
	}

	@Override
	Spans.Builder span(ToolCallingObservationContext observed, Context parent) {
		String id = observed.getToolCallId();
		return tracing().agents()
			.tool(observed.getToolDefinition().name())
			.attribute(GenAiAttributes.TOOL_TYPE, observed.getToolType())
			.attribute(GenAiAttributes.TOOL_DESCRIPTION, observed.getToolDefinition().description())
			.attribute(GenAiAttributes.TOOL_CALL_ID, StringUtils.hasText(id) ? id : null)
			.attribute(GenAiAttributes.TOOL_CALL_ARGUMENTS, observed.getToolCallArguments());
	}

	@Override
	void end(ToolCallingObservationContext observed, DetachedSpan span, @Nullable Throwable error) {
		span.attribute(GenAiAttributes.TOOL_CALL_RESULT, observed.getToolCallResult());
		super.end(observed, span, error);
	}

	@Override
	Throwable cause(Throwable error) {
		return (error instanceof ToolExecutionException && error.getCause() != null) ? error.getCause() : error;
	}

}
