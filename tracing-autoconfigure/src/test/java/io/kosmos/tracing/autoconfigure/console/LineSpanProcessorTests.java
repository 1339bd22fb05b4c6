package io.kosmos.tracing.autoconfigure.console;

import java.util.List;
import java.util.Map;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LineSpanProcessorTests {

	private final RecordedTraces traces = new RecordedTraces(LineSpanProcessor::new);

	@Test
	void shouldPrintOneLineForEachSpanWhenItEnds() {
		Span root = this.traces.start("GET /ask");
		this.traces.advance(5);
		Span child = this.traces.child("chat gpt-4o", root)
			.setSpanKind(SpanKind.CLIENT)
			.setAttribute("gen_ai.usage.input_tokens", 120)
			.setAttribute(AttributeKey.stringArrayKey("reasons"), List.of("stop", "length"))
			.setAttribute(AttributeKey.valueKey("nested"), Value.of(Map.of("a", Value.of(1))))
			.startSpan();
		this.traces.advance(1);
		child.setStatus(StatusCode.ERROR, "rate limit");
		child.end();
		assertThat(this.traces.printed()).isEqualTo("time=2026-01-02T03:04:05.005Z service=orchestrator"
				+ " name=\"chat gpt-4o\" kind=CLIENT duration_ms=1.000 trace_id=00000000000000000000000000000001"
				+ " span_id=0000000000000002 parent_id=0000000000000001 status=ERROR status_message=\"rate limit\""
				+ " attr.gen_ai.usage.input_tokens=120 attr.nested=\"{\\\"a\\\":1}\" attr.reasons=\"[stop, length]\"\n");
		this.traces.advance(4);
		root.end();
		assertThat(this.traces.printed().lines().skip(1)).containsExactly(
				"time=2026-01-02T03:04:05Z" + " service=orchestrator name=\"GET /ask\" kind=INTERNAL duration_ms=10.000"
						+ " trace_id=00000000000000000000000000000001 span_id=0000000000000001 status=UNSET");
	}

	@Test
	void shouldKeepHostileNamesAndValuesOnTheirLine() {
		Span span = this.traces.start("a\nname=forged");
		span.setAttribute("key=x\r\n\"y\" z", "say \"hi\"\t\\ \u2028\u202e\u001b[2J\ud800 €😀");
		span.setAttribute("empty", "");
		span.end();
		assertThat(this.traces.printed()).isEqualTo("time=2026-01-02T03:04:05Z service=orchestrator"
				+ " name=\"a\\nname=forged\" kind=INTERNAL duration_ms=0.000"
				+ " trace_id=00000000000000000000000000000001 span_id=0000000000000001 status=UNSET"
				+ " attr.empty=\"\" attr.key_x___y__z=\"say \\\"hi\\\"\\t\\\\ \\u2028\\u202e\\u001b[2J\\ud800 €😀\"\n");
	}

	@Test
	void shouldPrintNothingForSpansThatAreNotSampled() {
		RecordedTraces unsampled = new RecordedTraces(LineSpanProcessor::new, new RecordOnly());
		unsampled.start("quiet").end();
		assertThat(unsampled.printed()).isEmpty();
	}

	static final class RecordOnly implements Sampler {

		@Override
		public SamplingResult shouldSample(Context parentContext, String traceId, String name, SpanKind spanKind,
				Attributes attributes, List<LinkData> parentLinks) {
			return SamplingResult.recordOnly();
		}

		@Override
		public String getDescription() {
			return "RecordOnly";
		}

	}

}
