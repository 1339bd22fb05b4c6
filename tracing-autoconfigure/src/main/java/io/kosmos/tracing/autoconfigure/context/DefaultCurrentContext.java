package io.kosmos.tracing.autoconfigure.context;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import io.kosmos.tracing.CurrentContext;
import io.kosmos.tracing.TracingFailures;
import io.micrometer.context.ContextExecutorService;
import io.micrometer.context.ContextSnapshot.Scope;
import org.jspecify.annotations.Nullable;

/**
 * {@link CurrentContext} over Micrometer's context propagation.
 */
final class DefaultCurrentContext implements CurrentContext {

	private final TracingFailures failures;

	DefaultCurrentContext(TracingFailures failures) {
		this.failures = failures;
	}

	private ThreadContext current() {
		return ThreadContext.current(this.failures);
	}

	@Override
	public Runnable wrap(Runnable task) {
		return current().wrap(task);
	}

	@Override
	public <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
		return current().wrap(task);
	}

	@Override
	public Executor wrap(Executor executor) {
		return (task) -> executor.execute(wrap(task));
	}

	@Override
	public ExecutorService wrap(ExecutorService executor) {
		return ContextExecutorService.wrap(executor, this::current);
	}

	@Override
	public <T extends @Nullable Object> Supplier<T> wrapSupplier(Supplier<T> supplier) {
		ThreadContext context = current();
		return () -> {
			try (Scope ignored = context.setThreadLocals()) {
				return supplier.get();
			}
		};
	}

	@Override
	public <T extends @Nullable Object, R extends @Nullable Object> Function<T, R> wrapFunction(
			Function<T, R> function) {
		ThreadContext context = current();
		return (argument) -> {
			try (Scope ignored = context.setThreadLocals()) {
				return function.apply(argument);
			}
		};
	}

	@Override
	public <T extends @Nullable Object, U extends @Nullable Object, R extends @Nullable Object> BiFunction<T, U, R> wrapFunction(
			BiFunction<T, U, R> function) {
		ThreadContext context = current();
		return (first, second) -> {
			try (Scope ignored = context.setThreadLocals()) {
				return function.apply(first, second);
			}
		};
	}

	@Override
	public <T extends @Nullable Object> Consumer<T> wrapConsumer(Consumer<T> consumer) {
		ThreadContext context = current();
		return (argument) -> {
			try (Scope ignored = context.setThreadLocals()) {
				consumer.accept(argument);
			}
		};
	}

	@Override
	public <T extends @Nullable Object, U extends @Nullable Object> BiConsumer<T, U> wrapConsumer(
			BiConsumer<T, U> consumer) {
		ThreadContext context = current();
		return (first, second) -> {
			try (Scope ignored = context.setThreadLocals()) {
				consumer.accept(first, second);
			}
		};
	}

}
