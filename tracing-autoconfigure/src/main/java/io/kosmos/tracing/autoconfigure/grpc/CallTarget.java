package io.kosmos.tracing.autoconfigure.grpc;

import org.jspecify.annotations.Nullable;

/**
 * Where a call goes, by its authority.
 *
 * @param host host, an IPv6 address without brackets
 * @param port port, {@code null} if the authority has none
 */
record CallTarget(String host, @Nullable Long port) {

	static @Nullable CallTarget of(@Nullable String authority) {
		if (authority == null || authority.isEmpty()) {
			return null;
		}
		String address = authority.substring(authority.lastIndexOf('@') + 1);
		int colon = address.lastIndexOf(':');
		boolean hasPort = colon > address.lastIndexOf(']')
				&& (address.startsWith("[") || colon == address.indexOf(':'));
		String host = hasPort ? address.substring(0, colon) : address;
		if (host.startsWith("[") && host.endsWith("]")) {
			host = host.substring(1, host.length() - 1);
		}
		return new CallTarget(host, hasPort ? port(address.substring(colon + 1)) : null);
	}

	private static @Nullable Long port(String digits) {
		try {
			return Long.valueOf(digits);
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
