package io.kosmos.tracing.autoconfigure.span;

import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.kosmos.tracing.autoconfigure.span.SpanLifecycle.ResultRecorder;
import io.opentelemetry.api.trace.Span;

/**
 * A streamed answer of a model as a {@link Stream} of chunks: the span ends with the last
 * chunk, the failure, or the close of the stream before that, which is a cancellation.
 */
final class TracedStream {

	private TracedStream() {
	}

	static <T> Stream<T> trace(SpanLifecycle lifecycle, Span span, Operation call, Stream<T> stream, String site) {
		AtomicBoolean ended = new AtomicBoolean();
		Spliterator<T> source = stream.spliterator();
		Spliterator<T> chunks = new Spliterators.AbstractSpliterator<>(source.estimateSize(),
				source.characteristics() & ~(Spliterator.SORTED | Spliterator.SUBSIZED)) {

			@Override
			public boolean tryAdvance(Consumer<? super T> action) {
				boolean advanced;
				try {
					advanced = source.tryAdvance((chunk) -> {
						if (chunk != null) {
							call.chunk(chunk);
						}
						action.accept(chunk);
					});
				}
				catch (Throwable ex) {
					if (ended.compareAndSet(false, true)) {
						lifecycle.fail(span, ex);
					}
					throw ex;
				}
				if (!advanced && ended.compareAndSet(false, true)) {
					lifecycle.succeed(span, null, ResultRecorder.NONE, site);
				}
				return advanced;
			}

		};
		return StreamSupport.stream(chunks, false).onClose(() -> {
			if (ended.compareAndSet(false, true)) {
				lifecycle.cancel(span);
			}
		}).onClose(stream::close);
	}

}
