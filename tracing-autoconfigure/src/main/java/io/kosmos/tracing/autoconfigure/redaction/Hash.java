package io.kosmos.tracing.autoconfigure.redaction;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

/**
 * The first 8 bytes of HMAC-SHA-256 as {@code [hash:16 hexadecimal digits]}: the same for
 * the same value, and without the key not to be found by trying values. Thread-safe.
 */
final class Hash {

	private static final String ALGORITHM = "HmacSHA256";

	private static final int BYTES = 8;

	private static final int LENGTH = TextRules.HASH.length() + 2 * BYTES + 1;

	private final SecretKeySpec key;

	/**
	 * Create a hash.
	 * @param key the key, or {@code null} for a random one
	 */
	Hash(@Nullable String key) {
		this.key = new SecretKeySpec((key != null) ? key.getBytes(StandardCharsets.UTF_8) : random(), ALGORITHM);
	}

	private static byte[] random() {
		byte[] random = new byte[32];
		new SecureRandom().nextBytes(random);
		return random;
	}

	String of(String value) {
		if (isHash(value)) {
			return value;
		}
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(this.key);
			byte[] hash = mac.doFinal(value.getBytes(StandardCharsets.UTF_8));
			return TextRules.HASH + HexFormat.of().formatHex(Arrays.copyOf(hash, BYTES)) + "]";
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("No " + ALGORITHM, ex);
		}
	}

	private static boolean isHash(String value) {
		return value.length() == LENGTH && value.startsWith(TextRules.HASH) && value.endsWith("]")
				&& value.substring(TextRules.HASH.length(), LENGTH - 1)
					.chars()
					.allMatch((c) -> Character.digit(c, 16) >= 0);
	}

}
