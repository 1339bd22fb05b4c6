package io.kosmos.tracing.autoconfigure.sampling;

import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.jspecify.annotations.Nullable;

/**
 * Decides about the trace of a caller as about one begun here, unless the caller is
 * followed while a limit lasts. It is about requests: a consumer follows whoever sent the
 * message, as anything else with a remote parent does.
 * <p>
 * A caller chooses the trace id, by which a probability decides. Here it decides by
 * another one, made from that of the caller and a secret of this process, so that nobody
 * can choose to be recorded, and all that belongs to a trace is still decided about
 * alike. Thread-safe.
 */
final class CallerSampler implements Sampler {

	private static final int HALF = 16;

	private final Sampler root;

	private final @Nullable TokenBucket limit;

	private final Sampler follow;

	private final long secret;

	private final LongAdder decided;

	/**
	 * Create a sampler.
	 * @param root what decides
	 * @param follow decides as the caller did
	 * @param limit how many callers are followed, {@code null} for none
	 * @param secret what nobody else knows
	 * @param decided counts those that are not followed
	 */
	CallerSampler(Sampler root, Sampler follow, @Nullable TokenBucket limit, long secret, LongAdder decided) {
		this.root = root;
		this.follow = follow;
		this.limit = limit;
		this.secret = secret;
		this.decided = decided;
	}

	@Override
	public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
			Attributes attributes, List<LinkData> parentLinks) {
		if (spanKind != SpanKind.SERVER || (this.limit != null && this.limit.tryTake())) {
			return this.follow.shouldSample(parentContext, traceId, name, spanKind, attributes, parentLinks);
		}
		this.decided.increment();
		return this.root.shouldSample(parentContext, unforeseeable(traceId), name, spanKind, attributes, parentLinks);
	}

	private String unforeseeable(String traceId) {
		long high = mixed(Long.parseUnsignedLong(traceId, 0, HALF, HALF) ^ this.secret);
		long low = mixed(Long.parseUnsignedLong(traceId, HALF, 2 * HALF, HALF) ^ high);
		HexFormat hex = HexFormat.of();
		return hex.toHexDigits(high) + hex.toHexDigits(low);
	}

	/**
	 * The finalizer of MurmurHash3 in its variant 13 by David Stafford, as in
	 * {@link java.util.SplittableRandom}.
	 */
	private static long mixed(long value) {
		long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
		return mixed ^ (mixed >>> 31);
	}

	@Override
	public String getDescription() {
		return (this.limit != null) ? "Caller{up to " + this.limit.perSecond() + "/s}" : "Caller{decided here}";
	}

	@Override
	public String toString() {
		return getDescription();
	}

}
