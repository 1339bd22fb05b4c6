package io.kosmos.tracing.autoconfigure.context;

import org.jspecify.annotations.Nullable;

/**
 * A task that brings its context along, so that nobody gives it another one. It equals
 * itself alone, so that executors which keep tasks in maps never hash what was given.
 *
 * @param <T> type of the task that was given
 */
abstract class ContextTask<T> {

	final ThreadContext context;

	final T given;

	ContextTask(ThreadContext context, T given) {
		this.context = context;
		this.given = given;
	}

	/**
	 * What was given to the executor, for a task that comes back from it.
	 */
	static @Nullable Object given(@Nullable Object task) {
		return (task instanceof ContextTask<?> wrapped) ? wrapped.given : task;
	}

	@Override
	public String toString() {
		return String.valueOf(this.given);
	}

}
