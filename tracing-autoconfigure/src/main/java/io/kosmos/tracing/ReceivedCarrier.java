package io.kosmos.tracing;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;

/**
 * A carrier that tells who sent what came in, so that a propagator can decide by that
 * whether to trust it. Servers that the starter does not know hand one to
 * {@code TextMapPropagator.extract(context, carrier, getter)}.
 */
public interface ReceivedCarrier {

	/**
	 * The other end of the connection.
	 * @return its address, {@code null} if there is none or it cannot be told
	 */
	@Nullable InetAddress peer();

	/**
	 * What is called.
	 * @return the path, such as {@code /package.Service/Method}; {@code null} if there is
	 * no such thing
	 */
	@Nullable String path();

}
