package io.kosmos.tracing.autoconfigure.context;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the current span goes when threads change.
 *
 * @param executors Whether tasks given to Boot's executors and schedulers, @Async methods
 * among them, run in the context of who gave them. Unless set otherwise by
 * spring.task.execution.propagate-context.
 * @param reactor Whether Reactor operators run in the context of their subscriber. Unless
 * set otherwise by spring.reactor.context-propagation.
 */
@ConfigurationProperties("kosmos.tracing.context")
public record ContextProperties(@DefaultValue("true") boolean executors, @DefaultValue("true") boolean reactor) {

}
