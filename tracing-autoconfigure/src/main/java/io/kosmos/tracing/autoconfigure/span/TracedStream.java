package io.kosmos.tracing.autoconfigure.span;

import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.kosmos.tracing.autoconfigure.span.SpanLifecycle.ResultRecorder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A streamed answer of a model as a {@link Stream} of chunks: the span is current while a
 * chunk is made, and ends with the last chunk, the failure to make one, or a reader that
 * fails or closes the stream before that, which is a cancellation.
 *
 * @param <T> type of the chunks
 */
final class TracedStream<T> {

	private final SpanLifecycle lifecycle;

	private final Span span;

	private final Operation call;

	private final Context context;

	private final String site;

	private final AtomicBoolean ended = new AtomicBoolean();

	private TracedStream(SpanLifecycle lifecycle, Span span, Operation call, Context context, String site) {
		this.lifecycle = lifecycle;
		this.span = span;
		this.call = call;
		this.context = context;
		this.site = site;
	}

	/**
	 * Whether a result may be replaced by another stream: one with a type of its own,
	 * which the caller may know, may not.
	 */
	static boolean isReplaceable(@Nullable Object result) {
		return result instanceof Stream && result.getClass().getName().startsWith("java.util.stream.");
	}

	static <T> Stream<T> trace(SpanLifecycle lifecycle, Span span, Operation call, Context context, Stream<T> stream,
			String site) {
		TracedStream<T> traced = new TracedStream<>(lifecycle, span, call, context, site);
		// Of no known size, or else to count the chunks would not need to make them.
		return StreamSupport.stream(() -> traced.chunks(stream), Spliterator.ORDERED, false)
			.onClose(traced::close)
			.onClose(stream::close);
	}

	private Spliterator<T> chunks(Stream<T> stream) {
		Spliterator<T> source = make(stream::spliterator);
		return new Spliterators.AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.ORDERED) {

			@Override
			public boolean tryAdvance(Consumer<? super T> action) {
				return TracedStream.this.tryAdvance(source, action);
			}

		};
	}

	private boolean tryAdvance(Spliterator<T> source, Consumer<? super T> action) {
		Chunk<T> chunk = new Chunk<>();
		if (!make(() -> source.tryAdvance(chunk))) {
			if (this.ended.compareAndSet(false, true)) {
				this.lifecycle.succeed(this.span, null, ResultRecorder.NONE, this.site);
			}
			return false;
		}
		if (chunk.value != null) {
			this.call.chunk(chunk.value);
		}
		try {
			action.accept(chunk.value);
		}
		catch (Throwable ex) {
			close();
			throw ex;
		}
		return true;
	}

	private <R> R make(Supplier<R> work) {
		Scope scope = this.lifecycle.makeCurrent(this.context, this.site);
		try {
			return work.get();
		}
		catch (Throwable ex) {
			if (this.ended.compareAndSet(false, true)) {
				this.lifecycle.fail(this.span, ex);
			}
			throw ex;
		}
		finally {
			this.lifecycle.close(scope, this.site);
		}
	}

	private void close() {
		if (this.ended.compareAndSet(false, true)) {
			this.lifecycle.cancel(this.span);
		}
	}

	/**
	 * Holds a chunk until the span is not the current one any more.
	 *
	 * @param <T> type of the chunk
	 */
	private static final class Chunk<T> implements Consumer<T> {

		private @Nullable T value;

		@Override
		public void accept(@Nullable T value) {
			this.value = value;
		}

	}

}
