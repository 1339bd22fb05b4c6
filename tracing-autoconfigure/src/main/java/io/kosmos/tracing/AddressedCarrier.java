package io.kosmos.tracing;

import java.net.URI;

import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * What a propagator writes to, if it knows where it is sent: baggage leaves only for
 * hosts in {@code kosmos.tracing.baggage.hosts}, and with no carrier that does not tell
 * its host. Spring's HTTP clients need none of this.
 *
 * @see MessageSpans#inject(io.opentelemetry.context.Context, Object, TextMapSetter)
 */
public interface AddressedCarrier {

	/**
	 * Where it goes.
	 * @return the address with its host, or {@code null} if not known
	 */
	@Nullable URI address();

}
