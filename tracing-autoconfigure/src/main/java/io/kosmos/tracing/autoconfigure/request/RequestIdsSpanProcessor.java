package io.kosmos.tracing.autoconfigure.request;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.RequestIds;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Writes the ids on every span, whoever starts it. What the span has already, because the
 * code that starts it says so, is left alone: the sums and metrics of a span go by it,
 * and so does its twin under the name of the conventions.
 */
final class RequestIdsSpanProcessor implements SpanProcessor {

	/**
	 * See <a href=
	 * "https://opentelemetry.io/docs/specs/semconv/registry/attributes/user/">user
	 * attributes</a>.
	 */
	private static final AttributeKey<String> USER_ID = AttributeKey.stringKey("user.id");

	private final boolean writeGenAi;

	private final boolean writeUserId;

	RequestIdsSpanProcessor(boolean writeGenAi, boolean writeUserId) {
		this.writeGenAi = writeGenAi;
		this.writeUserId = writeUserId;
	}

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		RequestIds ids = RequestIds.fromContext(parentContext);
		if (ids == RequestIds.NONE) {
			return;
		}
		setIfAbsent(span, KosmosAttributes.TENANT_ID, ids.tenant());
		setIfAbsent(span, KosmosAttributes.USER_ID, ids.user());
		setIfAbsent(span, KosmosAttributes.CONVERSATION_ID, ids.conversation());
		setIfAbsent(span, KosmosAttributes.REQUEST_ID, ids.request());
		if (this.writeGenAi) {
			setIfAbsent(span, GenAiAttributes.CONVERSATION_ID, ids.conversation());
		}
		if (this.writeUserId) {
			setIfAbsent(span, USER_ID, ids.user());
		}
	}

	private static void setIfAbsent(ReadWriteSpan span, AttributeKey<String> key, @Nullable String value) {
		if (value != null && span.getAttribute(key) == null) {
			span.setAttribute(key, value);
		}
	}

	@Override
	public boolean isStartRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
	}

	@Override
	public boolean isEndRequired() {
		return false;
	}

}
