package io.kosmos.tracing.autoconfigure.span;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

import io.kosmos.tracing.Cost;
import io.kosmos.tracing.UsageSums;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * {@link UsageSums} of an HTTP request as a response header:
 * {@code calls=2, tools=1, tokens=1500, cost=0.0075, currency=USD}. Tokens and cost are
 * left out when unknown.
 */
final class UsageHeader {

	static final String NAME = "Kosmos-Usage";

	// More than any true value takes.
	private static final int MAX_LENGTH = 256;

	private static final int MAX_COST_LENGTH = 40;

	private UsageHeader() {
	}

	/**
	 * Read a header.
	 * @param value the header's value
	 * @return what it says
	 * @throws IllegalArgumentException if it is none that {@link #format} writes
	 */
	static UsageSums parse(String value) {
		Assert.isTrue(value.length() <= MAX_LENGTH, "longer than 256 characters");
		Map<String, String> members = new HashMap<>();
		for (String member : value.split(",", 6)) {
			int equals = member.indexOf('=');
			Assert.isTrue(equals > 0, "a member without a value");
			members.put(member.substring(0, equals).trim(), member.substring(equals + 1).trim());
		}
		String tokens = members.get("tokens");
		return new UsageSums(count(members.getOrDefault("calls", "")), count(members.getOrDefault("tools", "")),
				(tokens != null) ? count(tokens) : null, cost(members.get("cost"), members.get("currency")));
	}

	private static long count(String text) {
		long count = Long.parseLong(text);
		// What one request can reach; a greater one would only spoil the sums.
		Assert.isTrue(count >= 0 && count <= 1_000_000_000_000L, "a count out of range");
		return count;
	}

	private static @Nullable Cost cost(@Nullable String amount, @Nullable String currency) {
		if (amount == null || currency == null) {
			return null;
		}
		Assert.isTrue(amount.length() <= MAX_COST_LENGTH && amount.indexOf('e') < 0 && amount.indexOf('E') < 0,
				"an amount that is no plain number");
		return new Cost(new BigDecimal(amount), currency);
	}

	static String format(UsageSums usage) {
		StringBuilder text = new StringBuilder().append("calls=")
			.append(usage.llmCalls())
			.append(", tools=")
			.append(usage.toolCalls());
		if (usage.tokens() != null) {
			text.append(", tokens=").append(usage.tokens());
		}
		Cost cost = usage.cost();
		if (cost != null) {
			text.append(", cost=").append(cost.amount().toPlainString()).append(", currency=").append(cost.currency());
		}
		return text.toString();
	}

}
