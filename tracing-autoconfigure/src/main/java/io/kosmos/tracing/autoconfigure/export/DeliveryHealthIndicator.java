package io.kosmos.tracing.autoconfigure.export;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * {@link HealthIndicator} that is up while spans can be delivered to every destination.
 * While they cannot, it is unknown rather than down: an application does its work without
 * its traces, and must not be taken out of rotation for them. Thread-safe.
 */
final class DeliveryHealthIndicator implements HealthIndicator {

	private final ObservableDelivery delivery;

	private final Status unreachable;

	DeliveryHealthIndicator(ObservableDelivery delivery, HealthProperties properties) {
		this.delivery = delivery;
		this.unreachable = (properties.downWhenUnreachable()) ? Status.DOWN : Status.UNKNOWN;
	}

	@Override
	public Health health() {
		Health.Builder health = Health.up();
		for (DestinationState destination : this.delivery.destinations()) {
			if (!destination.isUp()) {
				health.status(this.unreachable);
			}
			health.withDetail(destination.name(), details(destination));
		}
		return health.build();
	}

	private static Map<String, Object> details(DestinationState destination) {
		Map<String, Object> details = new LinkedHashMap<>(DeliverySection.state(destination));
		details.put("pending", destination.pending());
		return details;
	}

}
