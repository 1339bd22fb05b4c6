package io.kosmos.tracing.autoconfigure.span;

import java.lang.annotation.Annotation;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.TracedAgent;
import io.kosmos.tracing.TracedLlm;
import io.kosmos.tracing.TracedMemory;
import io.kosmos.tracing.TracedNode;
import io.kosmos.tracing.TracedPlan;
import io.kosmos.tracing.TracedPolicy;
import io.kosmos.tracing.TracedRetrieval;
import io.kosmos.tracing.TracedTool;
import io.kosmos.tracing.TracedWorkflow;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

/**
 * What an operation does. Names are those of the
 * <a href= "https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/">generative
 * AI conventions</a> where they have one.
 */
enum OperationType {

	AGENT(TracedAgent.class, "invoke_agent", "invoke_agent", KosmosAttributes.AGENT_NAME, SpanKind.INTERNAL),

	LLM(TracedLlm.class, "chat", "chat", KosmosAttributes.LLM_MODEL, SpanKind.CLIENT),

	TOOL(TracedTool.class, "execute_tool", "execute_tool", KosmosAttributes.TOOL_NAME, SpanKind.INTERNAL),

	WORKFLOW(TracedWorkflow.class, "invoke_workflow", "invoke_workflow", KosmosAttributes.WORKFLOW_NAME,
			SpanKind.INTERNAL),

	NODE(TracedNode.class, "invoke_node", "invoke_node", KosmosAttributes.NODE_NAME, SpanKind.INTERNAL),

	POLICY(TracedPolicy.class, "evaluate_policy", null, KosmosAttributes.POLICY_NAME, SpanKind.INTERNAL),

	RETRIEVAL(TracedRetrieval.class, "retrieval", "retrieval", GenAiAttributes.DATA_SOURCE_ID, SpanKind.CLIENT),

	/** Named by its operation alone. */
	MEMORY(TracedMemory.class, "memory", null, GenAiAttributes.OPERATION_NAME, SpanKind.INTERNAL),

	PLAN(TracedPlan.class, "plan", "plan", KosmosAttributes.PLAN_NAME, SpanKind.INTERNAL);

	private final Class<? extends Annotation> annotation;

	private final String verb;

	private final @Nullable String operationName;

	private final AttributeKey<String> nameKey;

	private final SpanKind kind;

	OperationType(Class<? extends Annotation> annotation, String verb, @Nullable String operationName,
			AttributeKey<String> nameKey, SpanKind kind) {
		this.annotation = annotation;
		this.verb = verb;
		this.operationName = operationName;
		this.nameKey = nameKey;
		this.kind = kind;
	}

	Class<? extends Annotation> annotation() {
		return this.annotation;
	}

	/**
	 * The value of {@code gen_ai.operation.name} unless another is given.
	 */
	@Nullable String operationName() {
		return this.operationName;
	}

	/**
	 * Attribute that says which agent, model, tool and so on.
	 */
	AttributeKey<String> nameKey() {
		return this.nameKey;
	}

	/**
	 * Whether an attribute, by its own or its twin's name, says which agent, model, tool
	 * and so on.
	 */
	boolean isNamedBy(String attribute) {
		AttributeKey<String> key = AttributeKey.stringKey(attribute);
		ModelAttribute known = ModelAttribute.of(key);
		return key.equals(this.nameKey) || (known != null && known == ModelAttribute.of(this.nameKey));
	}

	SpanKind kind() {
		return this.kind;
	}

	/**
	 * Name of a span.
	 * @param name which agent, model, tool and so on; {@code null} if not known
	 * @param operation the value of {@code gen_ai.operation.name}, if any
	 */
	String spanName(@Nullable String name, @Nullable String operation) {
		if (this == MEMORY) {
			return (name != null) ? name : this.verb;
		}
		String verb = (this == LLM && operation != null) ? operation : this.verb;
		return (name != null) ? verb + " " + name : verb;
	}

	/**
	 * Whether arguments of a method are content.
	 */
	boolean takesContent() {
		return this == LLM || this == TOOL;
	}

	/**
	 * Whether its span carries the sums of what runs below.
	 */
	boolean sums() {
		return this == AGENT || this == WORKFLOW;
	}

}
