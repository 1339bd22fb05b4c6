package io.kosmos.tracing.benchmarks;

import io.micrometer.observation.annotation.ObservationKeyValue;
import io.micrometer.observation.annotation.Observed;
import io.micrometer.tracing.annotation.NewSpan;
import io.micrometer.tracing.annotation.SpanTag;

/**
 * Work behind Micrometer's annotations.
 */
public class MicrometerWork {

	@NewSpan("search")
	public String newSpan(@SpanTag("query") String query, @SpanTag("limit") int limit) {
		return query;
	}

	@Observed(name = "search")
	public String observed(@ObservationKeyValue("query") String query, @ObservationKeyValue("limit") int limit) {
		return query;
	}

}
