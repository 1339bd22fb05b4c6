package io.kosmos.tracing.autoconfigure.request;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;

import io.kosmos.tracing.RequestIds;
import io.micrometer.tracing.otel.bridge.EventListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Keeps the ids of the current context in the MDC. It is told of every change of a
 * thread's context, and touches the MDC only when the ids changed with it. What the
 * application itself has in the MDC under one of the names comes back when the id goes.
 */
final class MdcListener implements EventListener {

	private static final List<Id> IDS = List.of(new Id("tenantId", RequestIds::tenant),
			new Id("userId", RequestIds::user), new Id("conversationId", RequestIds::conversation),
			new Id("requestId", RequestIds::request));

	/**
	 * What is in the MDC of this thread. One for all application contexts, of which each
	 * has its listener.
	 */
	private static final ThreadLocal<@Nullable Written> written = new ThreadLocal<>();

	@Override
	public void onEvent(Object event) {
		RequestIds ids = RequestIds.current();
		Written before = written.get();
		if (ids.equals((before != null) ? before.ids() : RequestIds.NONE)) {
			return;
		}
		if (before == null) {
			before = new Written(RequestIds.NONE, new String[IDS.size()]);
		}
		for (int i = 0; i < IDS.size(); i++) {
			IDS.get(i).change(before, ids, i);
		}
		if (ids.equals(RequestIds.NONE)) {
			written.remove();
		}
		else {
			written.set(new Written(ids, before.others()));
		}
	}

	/**
	 * What the listener wrote.
	 *
	 * @param ids the ids
	 * @param others what it found where it wrote them
	 */
	private record Written(RequestIds ids, @Nullable String[] others) {

	}

	private record Id(String name, Function<RequestIds, @Nullable String> value) {

		void change(Written before, RequestIds ids, int index) {
			String now = this.value.apply(ids);
			String then = this.value.apply(before.ids());
			if (Objects.equals(now, then)) {
				return;
			}
			if (then == null) {
				before.others()[index] = MDC.get(this.name);
			}
			String next = (now != null) ? now : before.others()[index];
			if (next != null) {
				MDC.put(this.name, next);
			}
			else {
				MDC.remove(this.name);
			}
		}

	}

}
