package io.kosmos.samples.gateway;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Keeps every span that ends in a gateway that has this configuration, whichever it is: a
 * trace through two gateways is seen as a whole.
 */
@TestConfiguration(proxyBeanMethods = false)
class RecordedSpans {

	private static final List<SpanData> ended = new CopyOnWriteArrayList<>();

	@Bean
	SpanProcessor recordingSpanProcessor() {
		return new Recorder();
	}

	static void reset() {
		ended.clear();
	}

	/**
	 * Wait until so many spans have ended: the server's ends after its answer has left.
	 * @param count how many spans
	 * @return the spans in the order of their end
	 */
	static List<SpanData> await(int count) {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> List.copyOf(ended), (spans) -> spans.size() >= count);
	}

	private static final class Recorder implements SpanProcessor {

		@Override
		public void onStart(Context parentContext, ReadWriteSpan span) {
		}

		@Override
		public boolean isStartRequired() {
			return false;
		}

		@Override
		public void onEnd(ReadableSpan span) {
			ended.add(span.toSpanData());
		}

		@Override
		public boolean isEndRequired() {
			return true;
		}

	}

}
