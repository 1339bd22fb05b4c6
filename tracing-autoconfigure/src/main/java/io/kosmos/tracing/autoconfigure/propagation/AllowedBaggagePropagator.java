package io.kosmos.tracing.autoconfigure.propagation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.regex.Pattern;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.autoconfigure.propagation.PropagationProperties.Type;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageBuilder;
import io.opentelemetry.api.baggage.BaggageEntry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Reads all baggage and the allowed ids in it, and writes allowed entries to allowed
 * hosts: baggage goes to whoever is called, and what is called may belong to somebody
 * else. Where the host cannot be told nothing is written. Both ways hold to
 * {@link BaggageLimits}, all headers together; what is written begins with the ids.
 */
final class AllowedBaggagePropagator implements TextMapPropagator {

	private static final String BAGGAGE = "baggage";

	private static final String JAEGER_PREFIX = "uberctx-";

	private static final Map<String, Function<RequestIds, @Nullable String>> IDS = Map.of(
			KosmosAttributes.TENANT_ID.getKey(), RequestIds::tenant, KosmosAttributes.USER_ID.getKey(),
			RequestIds::user, KosmosAttributes.CONVERSATION_ID.getKey(), RequestIds::conversation,
			KosmosAttributes.REQUEST_ID.getKey(), RequestIds::request);

	private static final Pattern HEADER_VALUE = Pattern.compile("[ -~]*");

	private final Set<String> keys;

	private final List<String> hosts;

	private final List<String> remoteFields;

	private final boolean produceJaeger;

	private final boolean consumeJaeger;

	private final Set<String> fields = new LinkedHashSet<>();

	/**
	 * Create the propagator.
	 * @param allowed what is allowed
	 * @param remoteFields keys of the entries that have a header each, under their name
	 * @param formats formats of the trace, of which Jaeger's has headers for baggage too
	 */
	AllowedBaggagePropagator(BaggageProperties allowed, List<String> remoteFields, Formats formats) {
		this.keys = new LinkedHashSet<>(allowed.keys());
		this.hosts = allowed.hosts().stream().map((host) -> host.toLowerCase(Locale.ROOT)).toList();
		this.remoteFields = List.copyOf(remoteFields);
		this.produceJaeger = formats.produce().contains(Type.JAEGER);
		this.consumeJaeger = formats.consume().contains(Type.JAEGER);
		this.fields.add(BAGGAGE);
		this.fields.addAll(remoteFields);
		if (this.produceJaeger || this.consumeJaeger) {
			this.keys.forEach((key) -> this.fields.add(JAEGER_PREFIX + key));
		}
	}

	@Override
	public Collection<String> fields() {
		return this.fields;
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		if (this.keys.isEmpty() || this.hosts.isEmpty()) {
			return;
		}
		List<Map.Entry<String, BaggageEntry>> entries = entries(context);
		if (entries.isEmpty() || !isAllowed(Carriers.host(carrier))) {
			return;
		}
		StringJoiner header = new StringJoiner(",");
		BaggageLimits limits = new BaggageLimits();
		for (Map.Entry<String, BaggageEntry> entry : entries) {
			String member = BaggageText.write(entry.getKey(), entry.getValue());
			if (member == null) {
				continue;
			}
			Map<String, String> alone = alone(entry.getKey(), entry.getValue().getValue());
			int length = alone.entrySet()
				.stream()
				.mapToInt((one) -> one.getKey().length() + one.getValue().length())
				.sum();
			if (limits.take(member.length() + length)) {
				header.add(member);
				alone.forEach((name, value) -> setter.set(carrier, name, value));
			}
		}
		if (header.length() > 0) {
			setter.set(carrier, BAGGAGE, header.toString());
		}
	}

	/**
	 * The headers that an entry has beside its place in that of all baggage.
	 */
	private Map<String, String> alone(String key, String value) {
		Map<String, String> headers = new LinkedHashMap<>();
		if (HEADER_VALUE.matcher(value).matches() && this.remoteFields.stream().anyMatch(key::equalsIgnoreCase)) {
			headers.put(key, value);
		}
		if (this.produceJaeger) {
			headers.put(JAEGER_PREFIX + key, BaggageText.encode(value));
		}
		return headers;
	}

	private List<Map.Entry<String, BaggageEntry>> entries(Context context) {
		List<Map.Entry<String, BaggageEntry>> entries = new ArrayList<>();
		RequestIds ids = RequestIds.fromContext(context);
		BaggageBuilder builder = Baggage.builder();
		IDS.forEach((key, id) -> {
			String value = id.apply(ids);
			if (value != null && this.keys.contains(key)) {
				builder.put(key, value);
			}
		});
		builder.build().forEach((key, entry) -> entries.add(Map.entry(key, entry)));
		Baggage.fromContext(context).forEach((key, entry) -> {
			if (this.keys.contains(key) && !IDS.containsKey(key)) {
				entries.add(Map.entry(key, entry));
			}
		});
		return entries;
	}

	private boolean isAllowed(@Nullable String called) {
		if (called == null) {
			return false;
		}
		String host = called.toLowerCase(Locale.ROOT);
		return this.hosts.stream()
			.anyMatch(
					(allowed) -> allowed.startsWith("*.") ? host.endsWith(allowed.substring(1)) : host.equals(allowed));
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		Baggage baggage = read(Baggage.fromContext(context), carrier, getter);
		if (baggage.isEmpty()) {
			return context;
		}
		RequestIds ids = new RequestIds(id(baggage, KosmosAttributes.TENANT_ID.getKey()),
				id(baggage, KosmosAttributes.USER_ID.getKey()), id(baggage, KosmosAttributes.CONVERSATION_ID.getKey()),
				id(baggage, KosmosAttributes.REQUEST_ID.getKey()));
		return RequestIds.fromContext(context).orElse(ids).storeInContext(context.with(baggage));
	}

	private <C> Baggage read(Baggage present, @Nullable C carrier, TextMapGetter<C> getter) {
		BaggageLimits limits = new BaggageLimits();
		Iterator<String> headers = getter.getAll(carrier, BAGGAGE);
		BaggageBuilder read = headers.hasNext() ? Baggage.builder() : present.toBuilder();
		while (headers.hasNext()) {
			BaggageText.read(headers.next(), read, limits);
		}
		if (this.consumeJaeger) {
			for (String key : this.keys) {
				String value = getter.get(carrier, JAEGER_PREFIX + key);
				put(key, (value != null) ? BaggageText.decode(value) : null, read, limits);
			}
		}
		for (String field : this.remoteFields) {
			put(field, getter.get(carrier, field), read, limits);
		}
		return read.build();
	}

	private static void put(String key, @Nullable String value, BaggageBuilder baggage, BaggageLimits limits) {
		if (value != null && BaggageText.isPrintable(value) && limits.take(key.length() + 1 + value.length())) {
			baggage.put(key, value);
		}
	}

	private @Nullable String id(Baggage baggage, String key) {
		return this.keys.contains(key) ? baggage.getEntryValue(key) : null;
	}

}
