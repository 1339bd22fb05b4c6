package io.kosmos.tracing.autoconfigure.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;

/**
 * Bounds the routing keys in the meters of {@code RabbitTemplate}s, which Spring makes a
 * tag: those of replies are new each time, and an application may have as many as it
 * likes.
 */
final class RoutingKeyMeterFilter implements MeterFilter {

	/** Routing keys that a meter tells apart. */
	static final int MAX_VALUES = 100;

	private static final String METER = "spring.rabbit.template";

	private final Set<String> seen = ConcurrentHashMap.newKeySet();

	@Override
	public Meter.Id map(Meter.Id id) {
		String routingKey = id.getName().startsWith(METER) ? id.getTag(MessageAttributes.ROUTING_KEY.getKey()) : null;
		String bounded = (routingKey != null) ? bounded(routingKey) : null;
		if (bounded == null || bounded.equals(routingKey)) {
			return id;
		}
		List<Tag> tags = new ArrayList<>();
		for (Tag tag : id.getTagsAsIterable()) {
			tags.add(tag.getKey().equals(MessageAttributes.ROUTING_KEY.getKey()) ? Tag.of(tag.getKey(), bounded) : tag);
		}
		return id.replaceTags(tags);
	}

	private String bounded(String routingKey) {
		String name = RabbitMessages.name(routingKey);
		if (!name.equals(routingKey) || this.seen.contains(routingKey)) {
			return name;
		}
		return (this.seen.size() < MAX_VALUES && this.seen.add(routingKey)) ? name : "(other)";
	}

}
