package io.kosmos.tracing.autoconfigure.propagation;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

import io.kosmos.tracing.autoconfigure.propagation.Carriers.Caller;
import io.kosmos.tracing.autoconfigure.propagation.PropagationProperties.Trust;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

import org.springframework.util.AntPathMatcher;

/**
 * Judges callers. One is trusted that satisfies each of the lists that are configured,
 * and a list is satisfied by one of its elements. What fails is not trusted.
 */
final class CallerTrust {

	private final AntPathMatcher matcher = new AntPathMatcher();

	private final Trust trust;

	private final List<Network> networks;

	CallerTrust(Trust trust) {
		this.trust = trust;
		this.networks = trust.networks().stream().map(Network::parse).filter(Objects::nonNull).toList();
	}

	<C> boolean isTrusted(@Nullable C carrier, TextMapGetter<C> getter) {
		try {
			Caller caller = Carriers.caller(carrier);
			return (caller != null) ? isTrusted(caller, carrier, getter) : this.trust.unknown();
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	private <C> boolean isTrusted(Caller caller, @Nullable C carrier, TextMapGetter<C> getter) {
		return (this.trust.networks().isEmpty() || isIn(caller.address()))
				&& (this.trust.paths().isEmpty() || isBelow(caller.path()))
				&& (this.trust.headers().isEmpty() || holdsHeader(carrier, getter));
	}

	private boolean isIn(@Nullable InetAddress address) {
		return address != null && this.networks.stream().anyMatch((network) -> network.contains(address));
	}

	private boolean isBelow(@Nullable String path) {
		// Whoever resolves the dots later would call another path than the one that
		// matches.
		return path != null && !path.contains("..")
				&& this.trust.paths().stream().anyMatch((pattern) -> this.matcher.match(pattern, path));
	}

	private <C> boolean holdsHeader(@Nullable C carrier, TextMapGetter<C> getter) {
		for (String header : this.trust.headers()) {
			int equals = header.indexOf('=');
			byte[] expected = header.substring(equals + 1).getBytes(StandardCharsets.UTF_8);
			Iterator<String> values = getter.getAll(carrier, header.substring(0, equals));
			// The value may be a secret, which the time of a comparison must not tell.
			if (values.hasNext() && MessageDigest.isEqual(expected, values.next().getBytes(StandardCharsets.UTF_8))
					&& !values.hasNext()) {
				return true;
			}
		}
		return false;
	}

}
