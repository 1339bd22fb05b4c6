package io.kosmos.tracing.autoconfigure.context;

import io.kosmos.tracing.TracingFailures;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskDecorator;

/**
 * Runs each task in the context of who gave it. A decorator that the application has set
 * comes inside, so that what it makes current is what the task sees.
 */
final class ContextTaskDecorator implements TaskDecorator {

	private final @Nullable TaskDecorator inner;

	private final TracingFailures failures;

	ContextTaskDecorator(@Nullable TaskDecorator inner, TracingFailures failures) {
		this.inner = inner;
		this.failures = failures;
	}

	@Override
	public Runnable decorate(Runnable task) {
		ThreadContext context = ThreadContext.current(this.failures);
		return context.wrap((this.inner != null) ? this.inner.decorate(task) : task);
	}

}
