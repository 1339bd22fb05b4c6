package io.kosmos.tracing.autoconfigure.context;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.Trigger;

/**
 * Gives a context to every task that a proxied executor or scheduler is given.
 */
final class TaskInterceptor implements MethodInterceptor {

	private static final Set<String> HANDED_OVER = Set.of("execute", "submit", "submitCompletable", "invokeAll",
			"invokeAny");

	private static final Set<String> REPEATED = Set.of("scheduleAtFixedRate", "scheduleWithFixedDelay");

	private static final String SCHEDULE = "schedule";

	private final TaskRuns runs;

	private final boolean handOver;

	private final boolean traceRuns;

	/**
	 * Create the interceptor.
	 * @param runs what becomes of tasks
	 * @param handOver whether tasks run in the context of who gave them
	 * @param traceRuns whether scheduled tasks have a trace for each run
	 */
	TaskInterceptor(TaskRuns runs, boolean handOver, boolean traceRuns) {
		this.runs = runs;
		this.handOver = handOver;
		this.traceRuns = traceRuns;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		@Nullable Object[] arguments = invocation.getArguments();
		if (arguments.length > 0 && arguments[0] != null) {
			Object task = task(invocation.getMethod().getName(), arguments[0],
					(arguments.length > 1) ? arguments[1] : null);
			if (invocation.getMethod().getParameterTypes()[0].isInstance(task)) {
				arguments[0] = task;
			}
		}
		Object result = invocation.proceed();
		return (result instanceof List<?> left && invocation.getMethod().getName().equals("shutdownNow"))
				? left.stream().map(ContextTask::given).collect(Collectors.toCollection(ArrayList::new)) : result;
	}

	private Object task(String method, Object task, @Nullable Object time) {
		if (HANDED_OVER.contains(method)) {
			return handedOver(task);
		}
		if (task instanceof Runnable runnable) {
			boolean scheduled = method.equals(SCHEDULE);
			if (REPEATED.contains(method) || scheduled && (time instanceof Trigger || TaskRuns.isTriggered(runnable))) {
				return (this.traceRuns) ? this.runs.repeated(runnable) : task;
			}
			return (scheduled) ? once(runnable) : task;
		}
		return (task instanceof Callable<?> callable && method.equals(SCHEDULE)) ? once(callable) : task;
	}

	private Runnable once(Runnable task) {
		if (this.handOver) {
			return (this.traceRuns) ? this.runs.once(task) : this.runs.current().wrap(task);
		}
		return (this.traceRuns) ? this.runs.repeated(task) : task;
	}

	private Callable<?> once(Callable<?> task) {
		if (this.handOver) {
			return (this.traceRuns) ? this.runs.once(task) : this.runs.current().wrap(task);
		}
		return task;
	}

	private Object handedOver(Object task) {
		if (!this.handOver) {
			return task;
		}
		ThreadContext context = this.runs.current();
		if (task instanceof Runnable runnable) {
			return context.wrap(runnable);
		}
		if (task instanceof Callable<?> callable) {
			return context.wrap(callable);
		}
		if (task instanceof Collection<?> tasks && tasks.stream().allMatch(Callable.class::isInstance)) {
			List<Callable<?>> wrapped = new ArrayList<>(tasks.size());
			tasks.forEach((each) -> wrapped.add(context.wrap((Callable<?>) each)));
			return wrapped;
		}
		return task;
	}

}
