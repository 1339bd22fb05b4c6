package usecases;

import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import io.opentelemetry.context.Context;
import org.slf4j.MDC;

/**
 * Looks for what a request has left on a thread.
 */
final class CleanThreads {

	private final Queue<String> leftBehind = new ConcurrentLinkedQueue<>();

	private final AtomicInteger pending = new AtomicInteger();

	private final AtomicInteger looks = new AtomicInteger();

	/**
	 * Look in the threads of executors that are known not to bring a context themselves.
	 */
	void look(Collection<? extends Executor> threads, String after) {
		for (Executor thread : threads) {
			this.pending.incrementAndGet();
			thread.execute(() -> {
				lookHere(after);
				this.pending.decrementAndGet();
			});
		}
	}

	void lookHere(String when) {
		this.looks.incrementAndGet();
		Map<String, String> mdc = MDC.getCopyOfContextMap();
		if (Context.current() != Context.root() || (mdc != null && !mdc.isEmpty())) {
			this.leftBehind
				.add(Thread.currentThread().getName() + " " + when + ": " + Context.current() + ", MDC " + mdc);
		}
	}

	void found(String problem) {
		this.leftBehind.add(problem);
	}

	boolean isDone() {
		return this.pending.get() == 0;
	}

	int looks() {
		return this.looks.get();
	}

	Queue<String> leftBehind() {
		return this.leftBehind;
	}

}
