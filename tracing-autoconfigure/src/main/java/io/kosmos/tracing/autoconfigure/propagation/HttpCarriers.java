package io.kosmos.tracing.autoconfigure.propagation;

import java.net.URI;

import io.kosmos.tracing.AddressedCarrier;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.ClientRequest;

/**
 * Tells where what a propagator writes to is sent, by Spring's HTTP clients and by
 * carriers that know it.
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

	static @Nullable URI uri(@Nullable Object carrier) {
		if (carrier instanceof AddressedCarrier addressed) {
			return addressed.address();
		}
		if (WEB && carrier instanceof HttpRequest request) {
			return request.getURI();
		}
		if (WEB_CLIENT && carrier instanceof ClientRequest.Builder request) {
			return request.build().url();
		}
		return null;
	}

}
