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
		String name = hasPort ? address.substring(0, colon) : address;
		if (name.startsWith("[") && name.endsWith("]")) {
			name = name.substring(1, name.length() - 1);
		}
		return new CallTarget(name, hasPort ? parse(address.substring(colon + 1)) : null);
	}

	/**
	 * The host as it is in a URI.
	 * @return the host, an IPv6 address in brackets
	 */
	String uriHost() {
		return (this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host;
	}

	private static @Nullable Long parse(String digits) {
		try {
			return Long.valueOf(digits);
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
