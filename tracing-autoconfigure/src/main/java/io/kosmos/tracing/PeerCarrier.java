package io.kosmos.tracing;

import org.jspecify.annotations.Nullable;

/**
 * A carrier of which a propagator can tell who sent it, and so whether the trace and the
 * baggage in it are trusted. The requests of servlets and of WebFlux tell it by
 * themselves; servers that the starter does not know hand one to
 * {@code TextMapPropagator.extract(context, carrier, getter)}.
 */
public interface PeerCarrier {

	/**
	 * The address of the direct peer.
	 * @return the address, such as {@code 10.1.2.3}; {@code null} if it cannot be told
	 */
	@Nullable String peer();

	/**
	 * What is called.
	 * @return the path, such as {@code /package.Service/Method}; {@code null} if there is
	 * no such thing
	 */
	@Nullable String path();

}
