package io.kosmos.tracing.autoconfigure.mongodb;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import com.mongodb.ContextProvider;
import com.mongodb.RequestContext;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;

import org.springframework.util.ClassUtils;

/**
 * What was current where a command was called, or subscribed to, carried through the
 * driver, which may send it in another thread.
 */
final class CallerContext implements RequestContext {

	private static final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();

	private final Map<Object, Object> values = new ConcurrentHashMap<>();

	CallerContext(Context caller) {
		this.values.put(Context.class, caller);
	}

	/**
	 * The caller's context.
	 * @param request what the driver carried, if it did
	 * @return the context, that of this thread if the driver carried none
	 */
	static Context of(@Nullable RequestContext request) {
		Object caller = (request != null && request.hasKey(Context.class)) ? request.get((Object) Context.class) : null;
		return (caller instanceof Context context) ? context : Context.current();
	}

	/**
	 * One provider for whichever drivers are there: each wants an interface of its own.
	 */
	static ContextProvider provider() {
		ClassLoader classLoader = CallerContext.class.getClassLoader();
		Class<?>[] interfaces = Stream
			.of("com.mongodb.ContextProvider", "com.mongodb.client.SynchronousContextProvider",
					"com.mongodb.reactivestreams.client.ReactiveContextProvider")
			.filter((name) -> ClassUtils.isPresent(name, classLoader))
			.map((name) -> ClassUtils.resolveClassName(name, classLoader))
			.toArray(Class<?>[]::new);
		return (ContextProvider) Proxy.newProxyInstance(classLoader, interfaces,
				(proxy, method, arguments) -> switch (method.getName()) {
					case "getContext" ->
						new CallerContext((arguments != null) ? Subscribers.context(arguments[0]) : Context.current());
					case "equals" -> proxy == arguments[0];
					case "hashCode" -> System.identityHashCode(proxy);
					default -> "CallerContext";
				});
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> T get(Object key) {
		return (T) this.values.get(key);
	}

	@Override
	public boolean hasKey(Object key) {
		return this.values.containsKey(key);
	}

	@Override
	public boolean isEmpty() {
		return this.values.isEmpty();
	}

	@Override
	public void put(Object key, Object value) {
		this.values.put(key, value);
	}

	@Override
	public void delete(Object key) {
		this.values.remove(key);
	}

	@Override
	public int size() {
		return this.values.size();
	}

	@Override
	public Stream<Map.Entry<Object, Object>> stream() {
		return this.values.entrySet().stream();
	}

	/**
	 * Loaded only with the reactive driver, which brings Reactor.
	 */
	private static final class Subscribers {

		static Context context(Object subscriber) {
			if (subscriber instanceof CoreSubscriber<?> reactor) {
				try (ContextSnapshot.Scope ignored = snapshots.setThreadLocalsFrom(reactor.currentContext())) {
					return Context.current();
				}
			}
			return Context.current();
		}

	}

}
