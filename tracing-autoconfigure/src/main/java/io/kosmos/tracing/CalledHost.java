package io.kosmos.tracing;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.ImplicitContextKeyed;
import org.jspecify.annotations.Nullable;

/**
 * The host that a call goes to, on which it depends which baggage is written. The
 * carriers of Spring's HTTP clients and of the JDK's tell it by themselves. Whoever
 * writes to another one, such as the metadata of gRPC or the headers of a message, puts
 * this into the context that is given to the propagator, and only there.
 *
 * @param name the host as it is called, such as {@code inventory}; that of the broker for
 * a message
 */
public record CalledHost(String name) implements ImplicitContextKeyed {

	private static final ContextKey<CalledHost> KEY = ContextKey.named("kosmos-called-host");

	/**
	 * The host that the call of a context goes to.
	 * @param context the context
	 * @return the host, {@code null} if the context does not tell it
	 */
	public static @Nullable CalledHost fromContext(Context context) {
		return context.get(KEY);
	}

	@Override
	public Context storeInContext(Context context) {
		return context.with(KEY, this);
	}

}
