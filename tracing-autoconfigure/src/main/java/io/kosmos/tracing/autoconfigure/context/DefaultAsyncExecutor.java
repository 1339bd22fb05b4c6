package io.kosmos.tracing.autoconfigure.context;

import java.util.concurrent.Executor;

import io.kosmos.tracing.TracingFailures;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.annotation.AsyncConfigurer;

/**
 * Stands in where Spring runs {@code @Async} methods in new threads of an executor that
 * is not a bean: with several executors of which none is the default.
 */
final class DefaultAsyncExecutor implements AsyncConfigurer {

	/** Where Spring looks when there is not exactly one executor. */
	private static final String DEFAULT_NAME = "taskExecutor";

	private final BeanFactory beanFactory;

	private final TracingFailures failures;

	DefaultAsyncExecutor(BeanFactory beanFactory, TracingFailures failures) {
		this.beanFactory = beanFactory;
		this.failures = failures;
	}

	@Override
	public @Nullable Executor getAsyncExecutor() {
		if (this.beanFactory.containsBean(DEFAULT_NAME)
				|| this.beanFactory.getBeanProvider(TaskExecutor.class).getIfUnique() != null) {
			return null;
		}
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor();
		executor.setTaskDecorator(new ContextTaskDecorator(null, this.failures));
		return executor;
	}

}
