package io.kosmos.tracing.autoconfigure.propagation;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;

import io.kosmos.tracing.AddressedCarrier;
import io.kosmos.tracing.ReceivedCarrier;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

import org.springframework.http.HttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.ClientRequest;

/**
 * Tells what is at the other end of carriers: of those that say it themselves, and of
 * those that HTTP clients and servers have.
 */
final class Carriers {

	/**
	 * Set by Tomcat where it puts the address out of a header in the place of the peer's.
	 */
	private static final String TOMCAT_FORWARDED = "org.apache.tomcat.request.forwarded";

	private static final boolean WEB = isPresent("org.springframework.http.HttpRequest");

	private static final boolean WEB_CLIENT = isPresent(
			"org.springframework.web.reactive.function.client.ClientRequest");

	private static final boolean JDK_CLIENT = isPresent("java.net.http.HttpRequest");

	private static final boolean SERVLET = isPresent("jakarta.servlet.http.HttpServletRequest");

	private static final boolean REACTIVE = WEB && isPresent("org.reactivestreams.Publisher");

	private static final boolean NETTY = isPresent("reactor.netty.http.server.HttpServerRequest");

	private Carriers() {
	}

	private static boolean isPresent(String type) {
		return ClassUtils.isPresent(type, Carriers.class.getClassLoader());
	}

	/**
	 * Where goes what a propagator writes to.
	 * @return the host, {@code null} if it cannot be told
	 */
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
		if (JDK_CLIENT && carrier instanceof java.net.http.HttpRequest.Builder request) {
			return uri(request);
		}
		return null;
	}

	private static @Nullable URI uri(java.net.http.HttpRequest.Builder request) {
		try {
			return request.copy().build().uri();
		}
		catch (IllegalStateException ex) {
			return null;
		}
	}

	/**
	 * Where comes from what a propagator reads.
	 * @return the caller, {@code null} if the carrier does not tell it
	 */
	static @Nullable Caller caller(@Nullable Object carrier) {
		if (carrier instanceof ReceivedCarrier received) {
			return new Caller(received.peer(), received.path());
		}
		if (SERVLET && carrier instanceof HttpServletRequest request) {
			String path = request.getServletPath() + ((request.getPathInfo() != null) ? request.getPathInfo() : "");
			return new Caller(address(request), path);
		}
		if (REACTIVE && carrier instanceof ServerHttpRequest request) {
			return new Caller(address(request), request.getPath().pathWithinApplication().value());
		}
		return null;
	}

	private static @Nullable InetAddress address(ServletRequest request) {
		ServletRequest received = request;
		while (received instanceof ServletRequestWrapper wrapper) {
			received = wrapper.getRequest();
		}
		return isForwarded(received) ? null : Network.address(received.getRemoteAddr());
	}

	/**
	 * Whether the address may be one that a header told. Of the containers Tomcat alone
	 * says so.
	 */
	private static boolean isForwarded(ServletRequest request) {
		if (request.getClass().getName().startsWith("org.apache.catalina.")) {
			return Boolean.TRUE.equals(request.getAttribute(TOMCAT_FORWARDED));
		}
		return request instanceof HttpServletRequest http
				&& (http.getHeader("Forwarded") != null || http.getHeader("X-Forwarded-For") != null);
	}

	private static @Nullable InetAddress address(ServerHttpRequest request) {
		Object received = ServerHttpRequestDecorator.getNativeRequest(request);
		if (NETTY && received instanceof HttpServerRequest netty) {
			return address(netty.connectionRemoteAddress());
		}
		if (SERVLET && received instanceof ServletRequest servlet) {
			return address(servlet);
		}
		return address(request.getRemoteAddress());
	}

	private static @Nullable InetAddress address(@Nullable SocketAddress address) {
		return (address instanceof InetSocketAddress internet) ? internet.getAddress() : null;
	}

	/**
	 * Who calls.
	 *
	 * @param address address of the direct peer, {@code null} if it has none
	 * @param path what is called, {@code null} if there is no such thing
	 */
	record Caller(@Nullable InetAddress address, @Nullable String path) {

	}

}
