package io.kosmos.tracing.autoconfigure.context;

import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Supplier;

import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracingFailures;
import io.micrometer.context.ContextSnapshot.Scope;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * What becomes of the tasks that executors and schedulers are given. Thread-safe.
 */
final class TaskRuns {

	/** Semantic convention: the whole name of the method. */
	static final AttributeKey<String> CODE_FUNCTION_NAME = AttributeKey.stringKey("code.function.name");

	private static final String SPRING = "org.springframework.";

	private final Supplier<Spans> spans;

	private final TracingFailures failures;

	TaskRuns(Supplier<Spans> spans, TracingFailures failures) {
		this.spans = spans;
		this.failures = failures;
	}

	TracingFailures failures() {
		return this.failures;
	}

	/**
	 * What is current in this thread, for tasks that are handed over.
	 */
	ThreadContext current() {
		return ThreadContext.current(this.failures);
	}

	/**
	 * A task that is run again and again: each run begins with nothing and has a trace of
	 * its own.
	 */
	Runnable repeated(Runnable task) {
		Runnable given = unwrap(task);
		return (given instanceof ContextTask<?>) ? task
				: new Run(ThreadContext.none(this.failures), RunSpan.of(given.getClass()), this.spans.get(), task);
	}

	/**
	 * A task that is run once, later: it belongs to the trace of who gave it, and has one
	 * of its own if there is none.
	 */
	Runnable once(Runnable task) {
		Runnable given = unwrap(task);
		return (given instanceof ContextTask<?> || isTraced()) ? current().wrap(task)
				: new Run(current(), RunSpan.of(given.getClass()), this.spans.get(), task);
	}

	/**
	 * A task with a result that is run once, later.
	 */
	<T> Callable<T> once(Callable<T> task) {
		return (task instanceof ContextTask<?> || isTraced()) ? current().wrap(task)
				: new CallRun<>(current(), RunSpan.of(task.getClass()), this.spans.get(), task);
	}

	/**
	 * Whether a task that Spring schedules once is one run of a task with a trigger.
	 */
	static boolean isTriggered(Runnable task) {
		return task instanceof ScheduledFuture<?> && task.getClass().getName().startsWith(SPRING);
	}

	private static boolean isTraced() {
		return Span.current().getSpanContext().isValid();
	}

	/**
	 * The task that the application gave to Spring, out of what Spring puts around it.
	 */
	private static Runnable unwrap(Runnable task) {
		Runnable given = task;
		@Nullable Runnable inner = task;
		while (inner != null) {
			given = inner;
			inner = given.getClass().getName().startsWith(SPRING) ? PrivateField.get(given, Runnable.class) : null;
		}
		return given;
	}

	/**
	 * The span of a run.
	 *
	 * @param name name of the span
	 * @param function the method, or {@code null} if it has no name
	 */
	private record RunSpan(String name, @Nullable String function) {

		/**
		 * The span of a task, or {@code null} if it is Spring's own, whose annotated
		 * methods have a span by themselves and whose housekeeping needs none.
		 */
		static @Nullable RunSpan of(Class<?> task) {
			if (task.getName().startsWith(SPRING)) {
				return null;
			}
			boolean lambda = task.isHidden() || task.isSynthetic();
			String type = task.getName();
			int generated = type.indexOf("$$");
			String written = ((generated > 0) ? type.substring(0, generated) : type).replaceFirst("(\\$\\d+)+$", "");
			String method = Callable.class.isAssignableFrom(task) ? "call" : "run";
			String simple = written.substring(Math.max(written.lastIndexOf('.'), written.lastIndexOf('$')) + 1);
			return new RunSpan("task " + StringUtils.uncapitalize(simple),
					(lambda || task.isAnonymousClass()) ? null : type + "." + method);
		}

		Spans.Builder in(Spans spans) {
			return spans.span(this.name).newRoot().attribute(CODE_FUNCTION_NAME, this.function);
		}

	}

	private static final class Run extends ContextTask<Runnable> implements Runnable {

		private final @Nullable RunSpan span;

		private final Spans spans;

		Run(ThreadContext context, @Nullable RunSpan span, Spans spans, Runnable task) {
			super(context, task);
			this.span = span;
			this.spans = spans;
		}

		@Override
		public void run() {
			try (Scope ignored = this.context.setThreadLocals()) {
				if (this.span != null) {
					this.span.in(this.spans).in(this.given::run);
				}
				else {
					this.given.run();
				}
			}
		}

	}

	private static final class CallRun<T> extends ContextTask<Callable<T>> implements Callable<T> {

		private final @Nullable RunSpan span;

		private final Spans spans;

		CallRun(ThreadContext context, @Nullable RunSpan span, Spans spans, Callable<T> task) {
			super(context, task);
			this.span = span;
			this.spans = spans;
		}

		@Override
		public T call() throws Exception {
			try (Scope ignored = this.context.setThreadLocals()) {
				return (this.span != null) ? this.span.in(this.spans).in(this.given::call) : this.given.call();
			}
		}

	}

}
