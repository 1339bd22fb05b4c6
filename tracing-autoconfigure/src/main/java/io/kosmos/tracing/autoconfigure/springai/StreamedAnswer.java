package io.kosmos.tracing.autoconfigure.springai;

import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.LlmCall;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * An answer that a model streams and somebody sees chunk by chunk: joins the call of the
 * model, which alone knows the span, with its reader, who alone knows the chunks and gets
 * the last ones when the model is done. The span ends when the reader has got the last
 * chunk. Thread-safe.
 */
final class StreamedAnswer {

	private volatile @Nullable LlmCall call;

	private volatile @Nullable DetachedSpan span;

	private volatile boolean modelIsDone;

	private volatile boolean abandoned;

	/**
	 * The answer that an advisor around a call of a model waits for.
	 * @param call the first call to ask for it
	 * @return the answer, or {@code null} if it is not read chunk by chunk
	 */
	static @Nullable StreamedAnswer awaitedBy(Work call) {
		for (Work above = call.parent(); above != null && above.span() == null; above = above.parent()) {
			StreamedAnswer answer = above.answer().getAndSet(null);
			if (answer != null) {
				return answer;
			}
		}
		return null;
	}

	void startedBy(LlmCall call, DetachedSpan span) {
		this.call = call;
		this.span = span;
	}

	/**
	 * The context of the call, once it has started.
	 */
	@Nullable Context context() {
		DetachedSpan span = this.span;
		return (span != null) ? span.context() : null;
	}

	void chunk(Object chunk) {
		LlmCall call = this.call;
		if (call != null) {
			call.chunk(chunk);
		}
	}

	void complete() {
		DetachedSpan span = this.span;
		if (span != null) {
			span.end();
		}
	}

	void fail(Throwable error) {
		DetachedSpan span = this.span;
		if (span != null) {
			span.fail(error);
		}
	}

	/**
	 * The reader has gone. The model's own cancellation ends the span, after all that is
	 * below it; but it may have been done already.
	 */
	void abandon() {
		this.abandoned = true;
		cancelIfBoth();
	}

	/**
	 * The model has sent its last chunk or failed, and the reader will see it unless it
	 * has gone.
	 */
	void modelIsDone() {
		this.modelIsDone = true;
		cancelIfBoth();
	}

	private void cancelIfBoth() {
		DetachedSpan span = this.span;
		if (this.abandoned && this.modelIsDone && span != null) {
			span.cancel();
		}
	}

}
