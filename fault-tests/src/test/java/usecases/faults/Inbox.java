package usecases.faults;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;

/**
 * How often a receiver took each span, by the span's number. Thread-safe.
 */
final class Inbox {

	private final long begin = System.currentTimeMillis();

	private final AtomicIntegerArray times = new AtomicIntegerArray(Journal.CAPACITY);

	private final AtomicIntegerArray arrivals = new AtomicIntegerArray(Journal.CAPACITY);

	private final Set<Integer> trimmed = ConcurrentHashMap.newKeySet();

	private final AtomicLong spans = new AtomicLong();

	private final AtomicInteger unknown = new AtomicInteger();

	private final AtomicInteger largest = new AtomicInteger();

	/**
	 * Take a request.
	 * @param request the request
	 * @param left name of spans that are left out
	 * @return number of spans left out
	 */
	int take(ExportTraceServiceRequest request, String left) {
		int rejected = 0;
		int taken = 0;
		for (ResourceSpans ofResource : request.getResourceSpansList()) {
			for (ScopeSpans ofScope : ofResource.getScopeSpansList()) {
				for (Span span : ofScope.getSpansList()) {
					if (span.getName().equals(left)) {
						rejected++;
					}
					else {
						take(span);
						taken++;
					}
				}
			}
		}
		this.spans.addAndGet(taken);
		this.largest.accumulateAndGet(taken, Math::max);
		return rejected;
	}

	private void take(Span span) {
		int number = -1;
		boolean marked = false;
		for (KeyValue attribute : span.getAttributesList()) {
			if (attribute.getKey().equals("faults.number")) {
				number = (int) attribute.getValue().getIntValue();
			}
			else if (attribute.getKey().equals("kosmos.trimmed")) {
				marked = true;
			}
		}
		if (number < 0) {
			this.unknown.incrementAndGet();
			return;
		}
		if (marked) {
			this.trimmed.add(number);
		}
		this.arrivals.compareAndSet(number, 0, (int) (System.currentTimeMillis() - this.begin));
		this.times.incrementAndGet(number);
	}

	int times(int number) {
		return this.times.get(number);
	}

	/**
	 * Return when a span arrived first.
	 * @param number number of the span
	 * @return milliseconds since 1970
	 */
	long arrivedAt(int number) {
		return this.begin + this.arrivals.get(number);
	}

	boolean isTrimmed(int number) {
		return this.trimmed.contains(number);
	}

	/** Return the number of spans taken, again and again included. */
	long spans() {
		return this.spans.get();
	}

	/** Return the number of spans that no application of ours made. */
	int unknown() {
		return this.unknown.get();
	}

	/** Return the number of spans of the largest request. */
	int largestRequest() {
		return this.largest.get();
	}

}
