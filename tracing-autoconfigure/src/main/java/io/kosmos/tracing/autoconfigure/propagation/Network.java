package io.kosmos.tracing.autoconfigure.propagation;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A network as CIDR writes it, such as {@code 10.0.0.0/8}, {@code fd00::/8} or a single
 * address.
 */
final class Network {

	private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

	/** What is not one of these would be looked up as a name. */
	private static final Pattern LITERAL = Pattern
		.compile(OCTET + "(\\." + OCTET + "){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%.*)?");

	private final byte[] address;

	private final int prefix;

	private Network(byte[] address, int prefix) {
		this.address = address;
		this.prefix = prefix;
	}

	/**
	 * Parse a network.
	 * @return the network, {@code null} if it is none
	 */
	static @Nullable Network parse(String cidr) {
		int slash = cidr.indexOf('/');
		InetAddress address = address((slash != -1) ? cidr.substring(0, slash) : cidr);
		if (address == null) {
			return null;
		}
		int length = address.getAddress().length * Byte.SIZE;
		if (slash == -1) {
			return new Network(address.getAddress(), length);
		}
		String prefix = cidr.substring(slash + 1);
		if (!prefix.matches("\\d{1,3}") || Integer.parseInt(prefix) > length) {
			return null;
		}
		return new Network(address.getAddress(), Integer.parseInt(prefix));
	}

	/**
	 * Parse an address. One of IPv4 that is written as IPv6 is the one of IPv4.
	 * @return the address, {@code null} if it is none
	 */
	static @Nullable InetAddress address(@Nullable String text) {
		if (text == null || !LITERAL.matcher(text).matches()) {
			return null;
		}
		try {
			return InetAddress.getByName(text);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	/**
	 * Whether an address is in the network.
	 */
	boolean contains(InetAddress other) {
		byte[] octets = other.getAddress();
		if (octets.length != this.address.length) {
			return false;
		}
		for (int bit = 0; bit < this.prefix; bit++) {
			int mask = 0x80 >> (bit % Byte.SIZE);
			if (((octets[bit / Byte.SIZE] ^ this.address[bit / Byte.SIZE]) & mask) != 0) {
				return false;
			}
		}
		return true;
	}

}
