package io.kosmos.tracing.autoconfigure.springai;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Why models stop.
 */
final class FinishReasons {

	private FinishReasons() {
	}

	/**
	 * The reason as the provider writes it, which Spring AI gives as the name of a
	 * constant.
	 * @param reason the reason of Spring AI, which is empty or {@code null} in all chunks
	 * but the last
	 * @return the reason, or {@code null} if there is none
	 */
	static @Nullable String conventional(@Nullable String reason) {
		return StringUtils.hasText(reason) ? reason.toLowerCase(Locale.ROOT) : null;
	}

}
