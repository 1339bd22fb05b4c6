package usecases.faults;

import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the application itself says of a destination, in spans.
 *
 * @param ended that ended
 * @param recovered that an earlier process left
 * @param delivered that the receiver has
 * @param pending that wait
 * @param dropped that it will never have, by reason
 */
record Ledger(long ended, long recovered, long delivered, long pending, Map<String, Long> dropped) {

	static @Nullable Ledger of(JsonNode delivery, String destination) {
		JsonNode spans = delivery.path("destinations").path(destination).path("spans");
		if (spans.isMissingNode()) {
			return null;
		}
		Map<String, Long> dropped = new TreeMap<>();
		spans.path("dropped").properties().forEach((entry) -> {
			if (entry.getValue().asLong() != 0) {
				dropped.put(entry.getKey(), entry.getValue().asLong());
			}
		});
		return new Ledger(spans.path("ended").asLong(), spans.path("recovered").asLong(),
				spans.path("delivered").asLong(), spans.path("pending").asLong(), dropped);
	}

	Ledger since(Ledger earlier) {
		Map<String, Long> more = new TreeMap<>();
		this.dropped.forEach((reason, count) -> {
			long added = count - earlier.dropped.getOrDefault(reason, 0L);
			if (added != 0) {
				more.put(reason, added);
			}
		});
		return new Ledger(this.ended - earlier.ended, this.recovered - earlier.recovered,
				this.delivered - earlier.delivered, this.pending, more);
	}

	long lost() {
		return this.dropped.values().stream().mapToLong(Long::longValue).sum();
	}

	boolean isExact() {
		return this.ended + this.recovered == this.delivered + this.pending + lost();
	}

}
