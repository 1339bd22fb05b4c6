package io.kosmos.tracing;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.ImplicitContextKeyed;
import org.jspecify.annotations.Nullable;

/**
 * Where a call comes from, on which it depends whether its trace and baggage are trusted.
 * The requests of servlets and of WebFlux tell it by themselves. Whoever reads from
 * another carrier that has a peer, such as the metadata of gRPC, puts this into the
 * context that is given to the propagator.
 *
 * @param address address of the direct peer, such as {@code 10.1.2.3}
 * @param path what is called, such as {@code /package.Service/Method}; {@code null} if
 * there is no such thing
 */
public record CallingPeer(String address, @Nullable String path) implements ImplicitContextKeyed {

	private static final ContextKey<CallingPeer> KEY = ContextKey.named("kosmos-calling-peer");

	/**
	 * Where the call of a context comes from.
	 * @param context the context
	 * @return the peer, {@code null} if the context does not tell it
	 */
	public static @Nullable CallingPeer fromContext(Context context) {
		return context.get(KEY);
	}

	@Override
	public Context storeInContext(Context context) {
		return context.with(KEY, this);
	}

}
