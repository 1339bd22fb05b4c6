package io.kosmos.tracing.autoconfigure.propagation;

import java.net.URI;

import io.kosmos.tracing.AddressedCarrier;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.ClientRequest;

/**
 * Tells where the carriers of clients go that a propagator writes to: those that say it
 * themselves and those of Spring's HTTP clients.
 */
final class HttpCarriers {

	private static final boolean WEB = isPresent("org.springframework.http.HttpRequest");

	private static final boolean WEB_CLIENT = isPresent(
			"org.springframework.web.reactive.function.client.ClientRequest");

	private HttpCarriers() {
	}

	private static boolean isPresent(String type) {
		return ClassUtils.isPresent(type, HttpCarriers.class.getClassLoader());
	}

	static @Nullable String host(@Nullable Object carrier) {
		if (carrier instanceof AddressedCarrier addressed) {
			return addressed.host();
		}
		URI uri = uri(carrier);
		return (uri != null) ? uri.getHost() : null;
	}

	private static @Nullable URI uri(@Nullable Object carrier) {
		if (WEB && carrier instanceof HttpRequest request) {
			return request.getURI();
		}
		if (WEB_CLIENT && carrier instanceof ClientRequest.Builder request) {
			return request.build().url();
		}
		return null;
	}

}
