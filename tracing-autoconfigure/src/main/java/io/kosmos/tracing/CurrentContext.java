package io.kosmos.tracing;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Takes what is current here to where Spring does not take it: to threads of your own, to
 * executors that are no beans, into parallel streams and structured task scopes. That is
 * the span, the {@link RequestIds ids of the request}, the baggage, everything else that
 * Micrometer's context propagation knows, and the MDC. Inject it as a bean; it is safe
 * for use by any number of threads. With {@code kosmos.tracing.enabled=false} the bean is
 * still there.
 *
 * <pre>
 * Thread.ofVirtual().start(context.wrap(() -&gt; index(document)));
 *
 * documents.parallelStream().map(context.wrapFunction(this::embed)).toList();
 *
 * ExecutorService pool = context.wrap(Executors.newFixedThreadPool(4));
 * </pre>
 *
 * What wraps a task takes what is current when the task is wrapped; a wrapped executor
 * takes what is current when a task is given to it. A wrapped task may run any number of
 * times, at the same time too. It leaves the thread and its MDC as they were. Nothing is
 * ended by it: a span that is over by the time the task runs is still the parent of what
 * the task starts.
 * <p>
 * Suppliers, functions and consumers have methods with names of their own, because a
 * lambda could be any of them.
 */
public interface CurrentContext {

	/**
	 * Wrap a task.
	 * @param task the task
	 * @return the task in the context of here and now
	 */
	Runnable wrap(Runnable task);

	/**
	 * Wrap a task that has a result.
	 * @param <T> type of the result
	 * @param task the task
	 * @return the task in the context of here and now
	 */
	<T extends @Nullable Object> Callable<T> wrap(Callable<T> task);

	/**
	 * Wrap an executor.
	 * @param executor the executor
	 * @return an executor that runs each task in the context of who gave it
	 */
	Executor wrap(Executor executor);

	/**
	 * Wrap an executor service.
	 * @param executor the executor service
	 * @return an executor service that runs each task in the context of who gave it; to
	 * shut it down is to shut down the other
	 */
	ExecutorService wrap(ExecutorService executor);

	/**
	 * Wrap a supplier.
	 * @param <T> type of the result
	 * @param supplier the supplier
	 * @return the supplier in the context of here and now
	 */
	<T extends @Nullable Object> Supplier<T> wrapSupplier(Supplier<T> supplier);

	/**
	 * Wrap a function.
	 * @param <T> type of the argument
	 * @param <R> type of the result
	 * @param function the function
	 * @return the function in the context of here and now
	 */
	<T extends @Nullable Object, R extends @Nullable Object> Function<T, R> wrapFunction(Function<T, R> function);

	/**
	 * Wrap a function of two arguments.
	 * @param <T> type of the first argument
	 * @param <U> type of the second argument
	 * @param <R> type of the result
	 * @param function the function
	 * @return the function in the context of here and now
	 */
	<T extends @Nullable Object, U extends @Nullable Object, R extends @Nullable Object> BiFunction<T, U, R> wrapFunction(
			BiFunction<T, U, R> function);

	/**
	 * Wrap a consumer.
	 * @param <T> type of the argument
	 * @param consumer the consumer
	 * @return the consumer in the context of here and now
	 */
	<T extends @Nullable Object> Consumer<T> wrapConsumer(Consumer<T> consumer);

	/**
	 * Wrap a consumer of two arguments.
	 * @param <T> type of the first argument
	 * @param <U> type of the second argument
	 * @param consumer the consumer
	 * @return the consumer in the context of here and now
	 */
	<T extends @Nullable Object, U extends @Nullable Object> BiConsumer<T, U> wrapConsumer(BiConsumer<T, U> consumer);

}
