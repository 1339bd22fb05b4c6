package io.kosmos.tracing.autoconfigure.span;

import java.util.function.Function;

import io.kosmos.tracing.Cost;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * What the metrics of operations are told apart by, under the name that the attribute of
 * the span has.
 */
enum OperationTag {

	OPERATION(GenAiAttributes.OPERATION_NAME, Operation::operationName),

	PROVIDER(GenAiAttributes.PROVIDER_NAME, Operation::provider),

	REQUEST_MODEL(GenAiAttributes.REQUEST_MODEL, Operation::requestModel),

	RESPONSE_MODEL(GenAiAttributes.RESPONSE_MODEL, Operation::responseModel),

	INPUT(AttributeKey.stringKey("gen_ai.token.type"), (operation) -> "input"),

	OUTPUT(AttributeKey.stringKey("gen_ai.token.type"), (operation) -> "output"),

	AGENT(GenAiAttributes.AGENT_NAME, Operation::agentName),

	TOOL(GenAiAttributes.TOOL_NAME, Operation::name),

	WORKFLOW(GenAiAttributes.WORKFLOW_NAME, Operation::name),

	ERROR(Operation.ERROR_TYPE, Operation::errorType),

	CURRENCY(KosmosAttributes.LLM_COST_CURRENCY, (operation) -> {
		Cost cost = operation.cost();
		return (cost != null) ? cost.currency() : null;
	}),

	TENANT(KosmosAttributes.TENANT_ID, Operation::tenant);

	private final String key;

	private final Function<Operation, @Nullable String> value;

	OperationTag(AttributeKey<String> key, Function<Operation, @Nullable String> value) {
		this.key = key.getKey();
		this.value = value;
	}

	String key() {
		return this.key;
	}

	@Nullable String value(Operation operation) {
		return this.value.apply(operation);
	}

}
