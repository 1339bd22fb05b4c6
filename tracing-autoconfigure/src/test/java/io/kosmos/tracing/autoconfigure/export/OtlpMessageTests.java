package io.kosmos.tracing.autoconfigure.export;

import java.util.Arrays;
import java.util.List;

import com.google.protobuf.ByteString;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What {@link OtlpMessage} makes of whole messages.
 */
class OtlpMessageTests {

	private static final KeyValue SERVICE = attribute("service.name", "orders");

	@Test
	void shouldCountSpansOfConcatenatedMessages() throws Exception {
		byte[] message = ByteString.copyFrom(message(span("one").build(), span("two").build()))
			.concat(ByteString.copyFrom(message(span("three").build())))
			.toByteArray();
		assertThat(OtlpMessage.spans(message)).isEqualTo(3);
		assertThat(OtlpMessage.spans(new byte[0])).isZero();
	}

	@Test
	void shouldSplitWithinOneScope() throws Exception {
		List<byte[]> halves = OtlpMessage
			.split(message(span("one").build(), span("two").build(), span("three").build()));
		assertThat(halves).hasSize(2);
		assertThat(halves.get(0)).isEqualTo(message(span("one").build()));
		assertThat(halves.get(1)).isEqualTo(message(span("two").build(), span("three").build()));
	}

	@Test
	void shouldSplitBetweenConcatenatedMessages() throws Exception {
		byte[] one = message(span("one").build());
		byte[] two = message(span("two").build());
		assertThat(OtlpMessage.split(ByteString.copyFrom(one).concat(ByteString.copyFrom(two)).toByteArray()))
			.containsExactly(one, two);
	}

	@Test
	void shouldNotSplitOneSpan() {
		assertThatExceptionOfType(InvalidOtlpException.class)
			.isThrownBy(() -> OtlpMessage.split(message(span("one").build())));
	}

	@Test
	void shouldRefuseDamage() {
		byte[] message = message(span("one").build(), span("two").build());
		byte[] cut = Arrays.copyOf(message, message.length - 1);
		assertThatExceptionOfType(InvalidOtlpException.class).isThrownBy(() -> OtlpMessage.spans(cut));
		assertThatExceptionOfType(InvalidOtlpException.class).isThrownBy(() -> OtlpMessage.split(cut));
		assertThatExceptionOfType(InvalidOtlpException.class).isThrownBy(() -> OtlpMessage.trim(cut, 10));
		byte[] hugeLength = { 0x0a, -1, -1, -1, -1, 0x07 };
		assertThatExceptionOfType(InvalidOtlpException.class).isThrownBy(() -> OtlpMessage.spans(hugeLength));
	}

	@Test
	void shouldLeaveAMessageThatIsSmallEnough() throws Exception {
		byte[] message = message(span("one").build());
		assertThat(OtlpMessage.trim(message, message.length)).isSameAs(message);
	}

	@Test
	void shouldCutTheLongestValueAsLittleAsItTakes() throws Exception {
		Span.Builder span = span("one").addAttributes(attribute("prompt", "\u20ac".repeat(2_000_000)))
			.addAttributes(attribute("answer", "b".repeat(1000)))
			.addEvents(Span.Event.newBuilder().setName("choice").addAttributes(attribute("c", "d".repeat(1000))));
		int maxBytes = 1024 * 1024;
		byte[] trimmed = OtlpMessage.trim(message(span.build()), maxBytes);
		assertThat(trimmed.length).isBetween(maxBytes - 200, maxBytes);
		String prompt = only(trimmed).getAttributes(1).getValue().getStringValue();
		assertThat(prompt).matches("\u20ac+");
		Span expected = span.setAttributes(1, attribute("prompt", prompt)).addAttributes(mark()).build();
		assertThat(only(trimmed)).isEqualTo(expected);
		assertThat(ExportTraceServiceRequest.parseFrom(trimmed))
			.isEqualTo(ExportTraceServiceRequest.parseFrom(message(expected)));
	}

	@Test
	void shouldKeepTheLeadingElementsOfAList() throws Exception {
		ArrayValue.Builder array = ArrayValue.newBuilder();
		for (String text : List.of("system", "s".repeat(300), "u".repeat(100_000), "last")) {
			array.addValues(AnyValue.newBuilder().setStringValue(text));
		}
		byte[] trimmed = OtlpMessage.trim(message(span("one")
			.addAttributes(
					KeyValue.newBuilder().setKey("messages").setValue(AnyValue.newBuilder().setArrayValue(array)))
			.build()), 10_000);
		List<String> texts = only(trimmed).getAttributes(1)
			.getValue()
			.getArrayValue()
			.getValuesList()
			.stream()
			.map(AnyValue::getStringValue)
			.toList();
		assertThat(texts).hasSize(3).startsWith("system", "s".repeat(300));
		assertThat(texts.get(2)).matches("u{8000,10000}");
	}

	@Test
	void shouldLeaveOutAndCountEventsThenLinksThenAttributes() throws Exception {
		Span.Builder span = span("one").setDroppedAttributesCount(7).setDroppedEventsCount(5);
		for (int i = 0; i < 100; i++) {
			span.addEvents(Span.Event.newBuilder().setName("event " + i));
			span.addLinks(Span.Link.newBuilder().setSpanId(ByteString.copyFromUtf8("12345678")));
			span.addAttributes(attribute("key " + i, "value"));
		}
		byte[] message = message(span.build());
		Span half = only(OtlpMessage.trim(message, message.length - 500));
		assertThat(half.getEventsList()).isEqualTo(span.getEventsList().subList(0, half.getEventsCount()));
		assertThat(half.getEventsCount()).isBetween(50, 99);
		assertThat(half.getDroppedEventsCount()).isEqualTo(105 - half.getEventsCount());
		assertThat(half.getLinksCount()).isEqualTo(100);
		assertThat(half.getAttributesCount()).isEqualTo(102);
		assertThat(half.getDroppedAttributesCount()).isEqualTo(7);
		Span bare = only(OtlpMessage.trim(message, 700));
		assertThat(bare.getEventsCount()).isZero();
		assertThat(bare.getDroppedEventsCount()).isEqualTo(105);
		assertThat(bare.getDroppedLinksCount()).isEqualTo(100);
		assertThat(bare.getAttributesCount()).isBetween(10, 50);
		assertThat(bare.getDroppedAttributesCount()).isEqualTo(109 - bare.getAttributesCount());
		assertThat(bare.getAttributesList()).startsWith(attribute("small", "kept"), attribute("key 0", "value"))
			.endsWith(mark());
		assertThat(bare.getStatus()).isEqualTo(span.getStatus());
	}

	@Test
	void shouldTrimOnlyTheSpansThatAreLarge() throws Exception {
		Span small = span("small").build();
		Span large = span("large").addAttributes(attribute("prompt", "x".repeat(100_000))).build();
		List<Span> spans = spans(OtlpMessage.trim(message(small, large, small), 20_000));
		assertThat(spans).hasSize(3);
		assertThat(spans.get(0)).isEqualTo(small);
		assertThat(spans.get(1).getAttributesList()).endsWith(mark());
		assertThat(spans.get(2)).isEqualTo(small);
	}

	@Test
	void shouldMarkOnceWhatIsTrimmedTwice() throws Exception {
		Span large = span("large").addAttributes(attribute("prompt", "x".repeat(100_000))).build();
		Span twice = only(OtlpMessage.trim(OtlpMessage.trim(message(large), 20_000), 5000));
		assertThat(twice.getAttributesList()).containsOnlyOnce(mark());
		assertThat(twice.getDroppedAttributesCount()).isZero();
	}

	@Test
	void shouldTrimTheResource() throws Exception {
		byte[] message = ExportTraceServiceRequest.newBuilder()
			.addResourceSpans(ResourceSpans.newBuilder()
				.addScopeSpans(ScopeSpans.newBuilder().addSpans(span("one")))
				.setResource(Resource.newBuilder()
					.addAttributes(SERVICE)
					.addAttributes(attribute("environment", "e".repeat(100_000)))))
			.build()
			.toByteArray();
		byte[] trimmed = OtlpMessage.trim(message, 10_000);
		Resource resource = ExportTraceServiceRequest.parseFrom(trimmed).getResourceSpans(0).getResource();
		assertThat(resource.getAttributes(0)).isEqualTo(SERVICE);
		assertThat(resource.getAttributes(1).getValue().getStringValue()).matches("e{9000,}");
		assertThat(only(trimmed)).isEqualTo(span("one").addAttributes(mark()).build());
	}

	@Test
	void shouldCutNamesThatAreNone() throws Exception {
		Span trimmed = only(OtlpMessage.trim(message(span("n".repeat(100_000)).build()), 10_000));
		assertThat(trimmed.getName()).isEqualTo("n".repeat(1024));
		assertThat(trimmed.getAttributesList()).endsWith(mark());
	}

	@Test
	void shouldSayWhenItCannotBeMadeSmaller() {
		assertThatExceptionOfType(InvalidOtlpException.class)
			.isThrownBy(() -> OtlpMessage.trim(message(span("one").build()), 50))
			.withMessageContaining("50 bytes");
	}

	@Test
	void shouldNotMindDepth() throws Exception {
		ByteString value = AnyValue.newBuilder().setStringValue("deep").build().toByteString();
		byte[] nested = value.toByteArray();
		for (int i = 0; i < 2000; i++) {
			WireWriter array = new WireWriter();
			array.bytes(1, nested, 0, nested.length);
			WireWriter any = new WireWriter();
			any.message(5, array);
			nested = any.toByteArray();
		}
		WireWriter attribute = new WireWriter();
		attribute.bytes(1, new byte[] { 'k' }, 0, 1);
		attribute.bytes(2, nested, 0, nested.length);
		WireWriter span = new WireWriter();
		span.message(9, attribute);
		WireWriter scope = new WireWriter();
		scope.message(2, span);
		WireWriter resource = new WireWriter();
		resource.message(2, scope);
		WireWriter request = new WireWriter();
		request.message(1, resource);
		byte[] trimmed = OtlpMessage.trim(request.toByteArray(), 1000);
		assertThat(only(trimmed).getAttributesList()).last().isEqualTo(mark());
	}

	private static KeyValue mark() {
		return KeyValue.newBuilder()
			.setKey(KosmosAttributes.TRIMMED.getKey())
			.setValue(AnyValue.newBuilder().setBoolValue(true))
			.build();
	}

	private static KeyValue attribute(String key, String value) {
		return KeyValue.newBuilder().setKey(key).setValue(AnyValue.newBuilder().setStringValue(value)).build();
	}

	private static Span.Builder span(String name) {
		return Span.newBuilder()
			.setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
			.setSpanId(ByteString.copyFromUtf8("01234567"))
			.setName(name)
			.setStartTimeUnixNano(1)
			.setEndTimeUnixNano(2)
			.addAttributes(attribute("small", "kept"))
			.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR).setMessage("failed"));
	}

	private static byte[] message(Span... spans) {
		return ExportTraceServiceRequest.newBuilder()
			.addResourceSpans(ResourceSpans.newBuilder()
				.setResource(Resource.newBuilder().addAttributes(SERVICE))
				.setSchemaUrl("https://opentelemetry.io/schemas/1.37.0")
				.addScopeSpans(ScopeSpans.newBuilder()
					.setScope(InstrumentationScope.newBuilder().setName("kosmos"))
					.setSchemaUrl("https://opentelemetry.io/schemas/1.36.0")
					.addAllSpans(List.of(spans))))
			.build()
			.toByteArray();
	}

	private static List<Span> spans(byte[] message) throws Exception {
		return ExportTraceServiceRequest.parseFrom(message).getResourceSpans(0).getScopeSpans(0).getSpansList();
	}

	private static Span only(byte[] message) throws Exception {
		assertThat(spans(message)).hasSize(1);
		return spans(message).get(0);
	}

}
