package io.kosmos.tracing.autoconfigure.context;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the current span goes when threads change.
 *
 * @param executors Whether tasks given to Spring's task executors and schedulers, @Async
 * methods among them, run in the context of who gave them. Unless set to false by
 * spring.task.execution.propagate-context.
 * @param executorServices Whether tasks given to other Executor, ExecutorService and
 * ScheduledExecutorService beans run in the context of who gave them.
 * @param scheduledTasks Whether each run of a scheduled task, by @Scheduled or from code,
 * has a trace of its own.
 * @param reactor Whether Reactor operators run in the context of their subscriber. Unless
 * set otherwise by spring.reactor.context-propagation.
 */
@ConfigurationProperties("kosmos.tracing.context")
public record ContextProperties(@DefaultValue("true") boolean executors, @DefaultValue("true") boolean executorServices,
		@DefaultValue("true") boolean scheduledTasks, @DefaultValue("true") boolean reactor) {

}
