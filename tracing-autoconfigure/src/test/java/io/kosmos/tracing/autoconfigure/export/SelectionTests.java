package io.kosmos.tracing.autoconfigure.export;

import java.util.List;
import java.util.Map;

import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Filter;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Spans;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.trace.TestSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SelectionTests {

	private static final Spans NONE = new Spans(List.of(), Map.of());

	private static final Filter ALL = new Filter(NONE, NONE, false);

	private static final Attributes ATTRIBUTES = Attributes.builder()
		.put("gen_ai.operation.name", "chat")
		.put("gen_ai.input.messages", "s3cret")
		.put("http.response.status_code", 503)
		.put("stream", true)
		.put("kosmos.tags", "gold", "eu")
		.build();

	@Test
	void shouldBeNoneWhenADestinationGetsEverything() {
		assertThat(Selection.of(ALL, List.of())).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "GET /orders, true", "GET *, true", "*, true", "*orders, true", "get *, false", "GET, false",
			"SELECT *, false" })
	void shouldIncludeAndExcludeByName(String pattern, boolean matches) {
		Spans spans = new Spans(List.of("nothing", pattern), Map.of());
		assertThat(gets(new Filter(spans, NONE, false))).isEqualTo(matches);
		assertThat(gets(new Filter(NONE, spans, false))).isEqualTo(!matches);
	}

	@ParameterizedTest
	@CsvSource({ "gen_ai.operation.name, *, true", "gen_ai.operation.name, chat, true",
			"gen_ai.operation.name, embed*, false", "http.response.status_code, 5*, true",
			"http.response.status_code, 4*, false", "stream, true, true", "kosmos.tags, eu, true",
			"kosmos.tags, silver, false", "absent, *, false" })
	void shouldIncludeAndExcludeByAttribute(String key, String pattern, boolean matches) {
		Spans spans = new Spans(List.of(), Map.of("nothing", "*", key, pattern));
		assertThat(gets(new Filter(spans, NONE, false))).isEqualTo(matches);
		assertThat(gets(new Filter(NONE, spans, false))).isEqualTo(!matches);
	}

	@Test
	void shouldExcludeOfWhatIsIncluded() {
		Spans requests = new Spans(List.of("GET *"), Map.of());
		assertThat(gets(new Filter(requests, new Spans(List.of("*orders"), Map.of()), false))).isFalse();
		assertThat(gets(new Filter(requests, new Spans(List.of("*health"), Map.of()), false))).isTrue();
	}

	@Test
	void shouldIncludeByNameOrAttribute() {
		assertThat(gets(new Filter(new Spans(List.of("other"), Map.of("stream", "true")), NONE, false))).isTrue();
		assertThat(gets(new Filter(new Spans(List.of("GET *"), Map.of("stream", "false")), NONE, false))).isTrue();
	}

	@Test
	void shouldTakeErrorsOnly() {
		Filter errors = new Filter(NONE, NONE, true);
		assertThat(apply(errors, List.of(), span().setStatus(StatusData.ok()).build())).isNull();
		assertThat(apply(errors, List.of(), span().setStatus(StatusData.unset()).build())).isNull();
		SpanData error = span().setStatus(StatusData.error()).build();
		assertThat(apply(errors, List.of(), error)).isSameAs(error);
		assertThat(apply(new Filter(new Spans(List.of("other"), Map.of()), NONE, true), List.of(), error)).isNull();
	}

	@Test
	void shouldLeaveAlone() {
		SpanData span = span().build();
		assertThat(apply(new Filter(new Spans(List.of("*"), Map.of()), NONE, false), List.of(), span)).isSameAs(span);
		assertThat(apply(ALL, List.of("absent", "*.messages.absent"), span)).isSameAs(span);
	}

	@Test
	void shouldRedactTheSpanItsEventsAndLinks() {
		Attributes redacted = ATTRIBUTES.toBuilder().put("gen_ai.input.messages", "[redacted]").build();
		SpanData span = span().setEvents(List.of(EventData.create(1, "asked", ATTRIBUTES, 7)))
			.setLinks(List.of(LinkData.create(SpanContext.getInvalid(), ATTRIBUTES, 8)))
			.setStatus(StatusData.create(StatusCode.ERROR, "kept"))
			.build();
		SpanData result = apply(ALL, List.of("*.messages"), span);
		assertThat(result).isNotNull();
		assertThat(result.getAttributes()).isEqualTo(redacted);
		assertThat(result.getEvents()).containsExactly(EventData.create(1, "asked", redacted, 7));
		assertThat(result.getLinks()).containsExactly(LinkData.create(SpanContext.getInvalid(), redacted, 8));
		assertThat(result.getStatus()).isEqualTo(span.getStatus());
		assertThat(result.getName()).isEqualTo(span.getName());
		assertThat(result.getSpanContext()).isEqualTo(span.getSpanContext());
		assertThat(span.getAttributes()).isEqualTo(ATTRIBUTES);
	}

	@Test
	void shouldRedactAStringInThePlaceOfAnyType() {
		SpanData result = apply(ALL, List.of("http.*", "kosmos.tags", "stream"), span().build());
		assertThat(result).isNotNull();
		assertThat(result.getAttributes().asMap()).containsOnly(
				Map.entry(AttributeKey.stringKey("gen_ai.operation.name"), "chat"),
				Map.entry(AttributeKey.stringKey("gen_ai.input.messages"), "s3cret"),
				Map.entry(AttributeKey.stringKey("http.response.status_code"), "[redacted]"),
				Map.entry(AttributeKey.stringKey("stream"), "[redacted]"),
				Map.entry(AttributeKey.stringKey("kosmos.tags"), "[redacted]"));
	}

	@Test
	void shouldRedactTheMessageOfAnExceptionInTheStatusToo() {
		Attributes exception = Attributes.builder()
			.put("exception.type", "java.lang.IllegalStateException")
			.put("exception.message", "s3cret")
			.put("exception.stacktrace", "java.lang.IllegalStateException: s3cret")
			.build();
		SpanData span = span().setAttributes(Attributes.empty())
			.setEvents(List.of(EventData.create(1, "exception", exception)))
			.setStatus(StatusData.create(StatusCode.ERROR, "s3cret"))
			.build();
		SpanData result = apply(ALL, List.of("exception.message", "exception.stacktrace"), span);
		assertThat(result).isNotNull();
		assertThat(result.getStatus()).isEqualTo(StatusData.create(StatusCode.ERROR, "[redacted]"));
		assertThat(result.getEvents().get(0).getAttributes().asMap().values())
			.containsExactlyInAnyOrder("java.lang.IllegalStateException", "[redacted]", "[redacted]");
		assertThat(result.getAttributes()).isSameAs(span.getAttributes());
		SpanData quiet = span().setStatus(StatusData.error()).build();
		assertThat(apply(ALL, List.of("exception.message"), quiet)).isSameAs(quiet);
	}

	private static boolean gets(Filter filter) {
		return apply(filter, List.of(), span().build()) != null;
	}

	private static @Nullable SpanData apply(Filter filter, List<String> redact, SpanData span) {
		Selection selection = Selection.of(filter, redact);
		assertThat(selection).isNotNull();
		return selection.apply(span);
	}

	private static TestSpanData.Builder span() {
		return TestSpanData.builder()
			.setName("GET /orders")
			.setKind(SpanKind.SERVER)
			.setStartEpochNanos(1)
			.setEndEpochNanos(2)
			.setHasEnded(true)
			.setStatus(StatusData.unset())
			.setAttributes(ATTRIBUTES);
	}

}
