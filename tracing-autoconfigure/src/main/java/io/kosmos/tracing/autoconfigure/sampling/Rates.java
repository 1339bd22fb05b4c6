package io.kosmos.tracing.autoconfigure.sampling;

import java.util.function.LongSupplier;

import io.kosmos.tracing.autoconfigure.sampling.Decisions.By;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.jspecify.annotations.Nullable;

/**
 * How much is recorded: a share, a number per second, or what passes both.
 *
 * @param probability from 0.0 to 1.0, {@code null} for all
 * @param rateLimit traces per second, {@code null} for any number
 */
record Rates(@Nullable Double probability, @Nullable Double rateLimit) {

	static final String ALLOWED = "probability=P with P from 0.0 to 1.0, rate-limit=N with N traces per second from 0 on,"
			+ " or both with a comma between them";

	private static final String PROBABILITY = "probability=";

	private static final String RATE_LIMIT = "rate-limit=";

	static final Rates NONE = new Rates(null, null);

	/**
	 * Read what {@link #toString()} writes.
	 * @return the rates, {@code null} if the text says none
	 */
	static @Nullable Rates parse(String text) {
		Rates rates = NONE;
		for (String part : text.split(",", -1)) {
			Rates with = rates.with(part.strip());
			if (with == null) {
				return null;
			}
			rates = with;
		}
		return rates;
	}

	private @Nullable Rates with(String part) {
		try {
			if (part.startsWith(PROBABILITY) && this.probability == null) {
				double value = Double.parseDouble(part.substring(PROBABILITY.length()));
				return (SamplingProperties.isProbability(value)) ? new Rates(value, this.rateLimit) : null;
			}
			if (part.startsWith(RATE_LIMIT) && this.rateLimit == null) {
				double value = Double.parseDouble(part.substring(RATE_LIMIT.length()));
				return (SamplingProperties.isRate(value)) ? new Rates(this.probability, value) : null;
			}
		}
		catch (NumberFormatException ex) {
			// Not allowed, as any other text.
		}
		return null;
	}

	/**
	 * Make the sampler. Its limit is its own, and begins full.
	 * @param decisions where decisions are counted
	 * @param share what a decision by the probability is counted as
	 * @param limit what a decision by the limit is counted as
	 * @param nanoTime clock of the limit
	 */
	CountedSampler sampler(Decisions decisions, By share, By limit, LongSupplier nanoTime) {
		Sampler sampler = (this.probability == null || this.probability == 1.0) ? Sampler.alwaysOn()
				: Sampler.traceIdRatioBased(this.probability);
		TokenBucket bucket = (this.rateLimit != null) ? new TokenBucket(this.rateLimit, nanoTime) : null;
		return new CountedSampler(sampler, share, bucket, limit, decisions);
	}

	@Override
	public String toString() {
		String share = (this.probability != null) ? PROBABILITY + this.probability : "";
		String limit = (this.rateLimit != null) ? RATE_LIMIT + this.rateLimit : "";
		return share + ((!share.isEmpty() && !limit.isEmpty()) ? "," : "") + limit;
	}

}
