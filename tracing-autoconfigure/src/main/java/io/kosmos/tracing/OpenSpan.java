package io.kosmos.tracing;

/**
 * A span opened by hand, made for try-with-resources. It is the current span of the
 * thread that opened it until that same thread closes it. {@link #close()} ends it with
 * status OK unless {@link #error(Throwable)} was called; calling it again does nothing.
 * <p>
 * An exception that leaves the block is not seen by the span: prefer {@link Spans#in},
 * which records it, or catch it and call {@link #error(Throwable)}.
 */
public interface OpenSpan extends TracedSpan, AutoCloseable {

	@Override
	void close();

}
