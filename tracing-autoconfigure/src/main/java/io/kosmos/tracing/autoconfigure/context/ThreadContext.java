package io.kosmos.tracing.autoconfigure.context;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

import io.kosmos.tracing.TracingFailures;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.util.ClassUtils;

/**
 * What was current in a thread: all that Micrometer's context propagation carries, and
 * the MDC. Opened in another thread it takes the place of what is current there, and
 * closing it again leaves that thread as it was. Immutable.
 */
final class ThreadContext implements ContextSnapshot {

	private static final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().clearMissing(true).build();

	private static final ContextSnapshotFactory nothing = ContextSnapshotFactory.builder()
		.captureKeyPredicate((key) -> false)
		.clearMissing(true)
		.build();

	private static final boolean MDC_PRESENT = ClassUtils.isPresent("org.slf4j.MDC",
			ThreadContext.class.getClassLoader());

	private final ContextSnapshot snapshot;

	private final @Nullable Map<String, String> mdc;

	private final TracingFailures failures;

	private ThreadContext(ContextSnapshot snapshot, @Nullable Map<String, String> mdc, TracingFailures failures) {
		this.snapshot = snapshot;
		this.mdc = mdc;
		this.failures = failures;
	}

	/**
	 * What is current in this thread.
	 */
	static ThreadContext current(TracingFailures failures) {
		ContextSnapshot snapshot;
		try {
			snapshot = snapshots.captureAll();
		}
		catch (RuntimeException ex) {
			failures.record("capturing the context of a thread", ex);
			snapshot = nothing.captureAll();
		}
		return new ThreadContext(snapshot, mdc(), failures);
	}

	/**
	 * Nothing: opening it clears the thread until it is closed.
	 */
	static ThreadContext none(TracingFailures failures) {
		return new ThreadContext(nothing.captureAll(), null, failures);
	}

	private static @Nullable Map<String, String> mdc() {
		return (MDC_PRESENT) ? MDC.getCopyOfContextMap() : null;
	}

	@Override
	public Scope setThreadLocals() {
		return setThreadLocals((key) -> true);
	}

	@Override
	public Scope setThreadLocals(Predicate<Object> keyPredicate) {
		Map<String, String> before = mdc();
		Deque<Scope> opened = new ArrayDeque<>();
		// One by one, so that an accessor which fails takes no other with it.
		for (ThreadLocalAccessor<?> accessor : ContextRegistry.getInstance().getThreadLocalAccessors()) {
			Object key = accessor.key();
			if (keyPredicate.test(key)) {
				attempt("opening the context of another thread",
						() -> opened.push(this.snapshot.setThreadLocals(key::equals)));
			}
		}
		if (this.mdc != null) {
			Map<String, String> now = mdc();
			this.mdc.forEach((key, value) -> {
				// What came with the context was put there by its listeners, and stays.
				if (now == null || Objects.equals(now.get(key), (before != null) ? before.get(key) : null)) {
					MDC.put(key, value);
				}
			});
		}
		return () -> {
			opened.forEach((scope) -> attempt("closing the context of another thread", scope::close));
			restoreMdc(before);
		};
	}

	private void attempt(String site, Runnable step) {
		try {
			step.run();
		}
		catch (RuntimeException | AssertionError ex) {
			// Micrometer's own accessor asserts what it finds.
			this.failures.record(site, ex);
		}
	}

	private static void restoreMdc(@Nullable Map<String, String> before) {
		if (!MDC_PRESENT) {
			return;
		}
		if (before != null) {
			MDC.setContextMap(before);
		}
		else {
			MDC.clear();
		}
	}

	@Override
	public <C> C updateContext(C context) {
		return this.snapshot.updateContext(context);
	}

	@Override
	public <C> C updateContext(C context, Predicate<Object> keyPredicate) {
		return this.snapshot.updateContext(context, keyPredicate);
	}

	@Override
	public Runnable wrap(Runnable task) {
		if (task instanceof ContextTask<?>) {
			return task;
		}
		return (task instanceof Comparable<?>) ? new ComparableInContext(this, task) : new InContext(this, task);
	}

	@Override
	public <T> Callable<T> wrap(Callable<T> task) {
		return (task instanceof ContextTask<?>) ? task : new CallInContext<>(this, task);
	}

	private static class InContext extends ContextTask<Runnable> implements Runnable {

		InContext(ThreadContext context, Runnable task) {
			super(context, task);
		}

		@Override
		public void run() {
			try (Scope ignored = this.context.setThreadLocals()) {
				this.given.run();
			}
		}

	}

	/**
	 * For executors with a queue that orders tasks by themselves.
	 */
	private static final class ComparableInContext extends InContext implements Comparable<Object> {

		ComparableInContext(ThreadContext context, Runnable task) {
			super(context, task);
		}

		@Override
		@SuppressWarnings("unchecked")
		public int compareTo(Object other) {
			return ((Comparable<@Nullable Object>) this.given).compareTo(given(other));
		}

	}

	private static final class CallInContext<T> extends ContextTask<Callable<T>> implements Callable<T> {

		CallInContext(ThreadContext context, Callable<T> task) {
			super(context, task);
		}

		@Override
		public T call() throws Exception {
			try (Scope ignored = this.context.setThreadLocals()) {
				return this.given.call();
			}
		}

	}

}
