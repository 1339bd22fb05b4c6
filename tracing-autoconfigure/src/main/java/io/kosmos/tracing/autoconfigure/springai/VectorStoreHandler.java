package io.kosmos.tracing.autoconfigure.springai;

import io.kosmos.tracing.Spans;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;

import org.springframework.ai.vectorstore.observation.VectorStoreObservationContext;
import org.springframework.util.StringUtils;

/**
 * Searches in vector stores, which are retrievals, and changes to them, which are plain
 * client spans in the conventions for databases.
 */
final class VectorStoreHandler extends SpanObservationHandler<VectorStoreObservationContext> {

	private static final AttributeKey<String> DB_SYSTEM = AttributeKey.stringKey("db.system.name");

	private static final AttributeKey<String> DB_COLLECTION = AttributeKey.stringKey("db.collection.name");

	private static final AttributeKey<String> DB_OPERATION = AttributeKey.stringKey("db.operation.name");

	VectorStoreHandler(SpringAiTracing tracing) {
		super(tracing, VectorStoreObservationContext.class);
	}

	@Override
	Spans.Builder span(VectorStoreObservationContext observed, Context parent) {
		String operation = observed.getOperationName();
		String collection = observed.getCollectionName();
		String source = StringUtils.hasText(collection) ? collection : observed.getDatabaseSystem();
		boolean search = operation.equals(VectorStoreObservationContext.Operation.QUERY.value());
		Spans.Builder builder = search ? tracing().agents().retrieval(source)
				: tracing().spans().span(operation + " " + source).kind(SpanKind.CLIENT);
		return builder.attribute(DB_SYSTEM, observed.getDatabaseSystem())
			.attribute(DB_OPERATION, operation)
			.attribute(DB_COLLECTION, StringUtils.hasText(collection) ? collection : null);
	}

}
