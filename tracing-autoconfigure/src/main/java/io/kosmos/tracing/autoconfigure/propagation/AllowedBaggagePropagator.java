package io.kosmos.tracing.autoconfigure.propagation;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.RequestIds;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageBuilder;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Reads all baggage and the allowed ids in it, and writes allowed entries to allowed
 * hosts: baggage goes to whoever is called, and what is called may belong to somebody
 * else. Where the host cannot be told nothing is written.
 */
final class AllowedBaggagePropagator implements TextMapPropagator {

	private static final Map<String, Function<RequestIds, @Nullable String>> IDS = Map.of(
			KosmosAttributes.TENANT_ID.getKey(), RequestIds::tenant, KosmosAttributes.USER_ID.getKey(),
			RequestIds::user, KosmosAttributes.CONVERSATION_ID.getKey(), RequestIds::conversation,
			KosmosAttributes.REQUEST_ID.getKey(), RequestIds::request);

	private static final Pattern HEADER_VALUE = Pattern.compile("[ -~]*");

	private static final Pattern LINE_BREAKING = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

	private final TextMapPropagator remoteFields;

	private final Set<String> keys;

	private final List<String> hosts;

	/**
	 * Create the propagator.
	 * @param remoteFields reads and writes those entries that have a header each
	 * @param properties what is allowed
	 */
	AllowedBaggagePropagator(TextMapPropagator remoteFields, BaggageProperties properties) {
		this.remoteFields = remoteFields;
		this.keys = Set.copyOf(properties.keys());
		this.hosts = properties.hosts().stream().map((host) -> host.toLowerCase(Locale.ROOT)).toList();
	}

	@Override
	public Collection<String> fields() {
		Set<String> fields = new LinkedHashSet<>(W3CBaggagePropagator.getInstance().fields());
		fields.addAll(this.remoteFields.fields());
		return fields;
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		Baggage allowed = allowed(context);
		if (allowed.isEmpty() || !isAllowed(HttpCarriers.host(carrier))) {
			return;
		}
		W3CBaggagePropagator.getInstance().inject(context.with(allowed), carrier, setter);
		this.remoteFields.inject(context, carrier, (target, key, value) -> {
			if (this.keys.contains(key) && HEADER_VALUE.matcher(value).matches()) {
				setter.set(target, key, value);
			}
		});
	}

	private Baggage allowed(Context context) {
		if (this.keys.isEmpty() || this.hosts.isEmpty()) {
			return Baggage.empty();
		}
		RequestIds ids = RequestIds.fromContext(context);
		BaggageBuilder allowed = Baggage.builder();
		Baggage.fromContext(context).forEach((key, entry) -> {
			if (this.keys.contains(key) && !IDS.containsKey(key)) {
				allowed.put(key, entry.getValue(), entry.getMetadata());
			}
		});
		IDS.forEach((key, id) -> {
			String value = id.apply(ids);
			if (value != null && this.keys.contains(key)) {
				allowed.put(key, value);
			}
		});
		return allowed.build();
	}

	private boolean isAllowed(@Nullable String target) {
		if (target == null) {
			return false;
		}
		String host = target.toLowerCase(Locale.ROOT);
		return this.hosts.stream()
			.anyMatch(
					(allowed) -> allowed.startsWith("*.") ? host.endsWith(allowed.substring(1)) : host.equals(allowed));
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		Context extracted = this.remoteFields
			.extract(W3CBaggagePropagator.getInstance().extract(context, carrier, getter), carrier, getter);
		Baggage baggage = printable(Baggage.fromContext(extracted));
		if (baggage.isEmpty()) {
			return context;
		}
		RequestIds ids = new RequestIds(id(baggage, KosmosAttributes.TENANT_ID.getKey()),
				id(baggage, KosmosAttributes.USER_ID.getKey()), id(baggage, KosmosAttributes.CONVERSATION_ID.getKey()),
				id(baggage, KosmosAttributes.REQUEST_ID.getKey()));
		return RequestIds.fromContext(context).orElse(ids).storeInContext(context.with(baggage));
	}

	/**
	 * Without what would break the line that it is logged in.
	 */
	private static Baggage printable(Baggage baggage) {
		BaggageBuilder printable = baggage.toBuilder();
		baggage.forEach((key, entry) -> {
			if (LINE_BREAKING.matcher(entry.getValue()).find()) {
				printable.remove(key);
			}
		});
		return printable.build();
	}

	private @Nullable String id(Baggage baggage, String key) {
		return this.keys.contains(key) ? baggage.getEntryValue(key) : null;
	}

}
