package io.kosmos.tracing;

import org.jspecify.annotations.Nullable;

/**
 * A carrier of which a propagator can tell where it goes: baggage leaves only for hosts
 * that are allowed, and with a carrier that does not say where it goes it does not leave.
 * Clients that the starter does not know hand one to
 * {@code TextMapPropagator.inject(context, carrier, setter)}.
 */
@FunctionalInterface
public interface AddressedCarrier {

	/**
	 * The host that is called.
	 * @return its name or address without scheme and port, an IPv6 address in brackets;
	 * {@code null} if it cannot be told
	 */
	@Nullable String host();

}
