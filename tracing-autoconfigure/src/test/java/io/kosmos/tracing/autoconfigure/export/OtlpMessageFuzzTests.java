package io.kosmos.tracing.autoconfigure.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages from a random number generator with a seed: valid, concatenated, damaged and
 * none at all, against the parser of protocol buffers. Their number is 100,000 unless the
 * system property {@code kosmos.fuzz.rounds} says otherwise.
 */
class OtlpMessageFuzzTests {

	private static final int ROUNDS = Integer.getInteger("kosmos.fuzz.rounds", 100_000);

	private static final String[] PIECES = { "a", "some text ", "\u00fc", "\u20ac", "\ud83d\ude00", "\n", "" };

	private final Random random = new Random(2026);

	private int split;

	private int trimmed;

	private int invalid;

	@Test
	void everyInputIsRefusedOrKeepsItsSpans() {
		for (int i = 0; i < ROUNDS; i++) {
			boolean sound = this.random.nextInt(10) < 4;
			byte[] message = message();
			if (this.random.nextInt(4) == 0) {
				message = concatenated(message, message());
			}
			if (!sound) {
				message = (this.random.nextInt(20) == 0) ? noise() : damaged(message);
			}
			int maxBytes = this.random.nextInt(message.length * 5 / 4 + 64);
			try {
				check(message, sound, maxBytes);
			}
			catch (Throwable ex) {
				throw new AssertionError("Round " + i + ", " + message.length + " bytes to " + maxBytes, ex);
			}
		}
		assertThat(this.split).isGreaterThan(ROUNDS / 10);
		assertThat(this.trimmed).isGreaterThan(ROUNDS / 10);
		assertThat(this.invalid).isGreaterThan(ROUNDS / 20);
	}

	private void check(byte[] message, boolean sound, int maxBytes) throws Exception {
		ExportTraceServiceRequest expected = parse(message);
		int spans;
		try {
			spans = OtlpMessage.spans(message);
		}
		catch (InvalidOtlpException ex) {
			this.invalid++;
			require(!sound, "refused");
			requireRefused(() -> OtlpMessage.split(message), "split");
			spans = -1;
		}
		if (expected != null && spans >= 0) {
			require(spans == placed(expected).size(), "number of spans");
		}
		if (spans >= 2) {
			checkSplit(expected, OtlpMessage.split(message));
		}
		else {
			requireRefused(() -> OtlpMessage.split(message), "split");
		}
		checkTrim(message, expected, sound, maxBytes);
	}

	private void checkSplit(@Nullable ExportTraceServiceRequest expected, List<byte[]> halves) throws Exception {
		int first = OtlpMessage.spans(halves.get(0));
		int second = OtlpMessage.spans(halves.get(1));
		require(halves.size() == 2 && (first == second || first == second - 1), "halves");
		if (expected != null) {
			List<Placed> placed = new ArrayList<>(placed(ExportTraceServiceRequest.parseFrom(halves.get(0))));
			require(placed.size() == first, "spans of the first half");
			placed.addAll(placed(ExportTraceServiceRequest.parseFrom(halves.get(1))));
			require(placed.equals(placed(expected)), "the same spans");
			this.split++;
		}
	}

	private void checkTrim(byte[] message, @Nullable ExportTraceServiceRequest expected, boolean sound, int maxBytes)
			throws Exception {
		byte[] result;
		try {
			result = OtlpMessage.trim(message, maxBytes);
		}
		catch (InvalidOtlpException ex) {
			require(!sound || expected == null || maxBytes < leastSize(expected), "trimmed");
			return;
		}
		require(result.length <= maxBytes, "size");
		if (result == message || expected == null) {
			return;
		}
		this.trimmed++;
		List<Placed> before = placed(expected);
		List<Placed> after = placed(ExportTraceServiceRequest.parseFrom(result));
		require(before.size() == after.size(), "as many spans");
		boolean marked = false;
		for (int i = 0; i < before.size(); i++) {
			Span span = after.get(i).span();
			boolean mark = span.getAttributesList().stream().anyMatch(OtlpMessageFuzzTests::isMark);
			marked |= mark;
			if (sound) {
				checkSpan(before.get(i).span(), span, mark);
				require(before.get(i).scopeSchemaUrl().equals(after.get(i).scopeSchemaUrl()), "schema of the scope");
				require(before.get(i).schemaUrl().equals(after.get(i).schemaUrl()), "schema of the resource");
			}
		}
		// What has no spans may be trimmed without a mark.
		require(marked || !sound || before.equals(after), "a mark");
	}

	private static void checkSpan(Span before, Span after, boolean marked) {
		require(marked || before.equals(after), "unmarked, therefore the same");
		require(after.getTraceId().equals(before.getTraceId()) && after.getSpanId().equals(before.getSpanId())
				&& after.getParentSpanId().equals(before.getParentSpanId()) && after.getName().equals(before.getName())
				&& after.getKind() == before.getKind() && after.getFlags() == before.getFlags()
				&& after.getStartTimeUnixNano() == before.getStartTimeUnixNano()
				&& after.getEndTimeUnixNano() == before.getEndTimeUnixNano()
				&& after.getStatus().equals(before.getStatus()), "identity");
		List<KeyValue> attributes = after.getAttributesList().stream().filter((each) -> !isMark(each)).toList();
		long marks = before.getAttributesList().stream().filter(OtlpMessageFuzzTests::isMark).count();
		require(attributes.size() + after.getDroppedAttributesCount() == before.getAttributesCount() - marks
				+ before.getDroppedAttributesCount(), "dropped attributes");
		require(after.getEventsCount() + after.getDroppedEventsCount() == before.getEventsCount()
				+ before.getDroppedEventsCount(), "dropped events");
		require(after.getLinksCount() + after.getDroppedLinksCount() == before.getLinksCount()
				+ before.getDroppedLinksCount(), "dropped links");
		int position = 0;
		for (KeyValue attribute : attributes) {
			while (!isCutOf(before.getAttributes(position), attribute)) {
				position++;
			}
			position++;
		}
	}

	private static boolean isCutOf(KeyValue before, KeyValue after) {
		return before.equals(after) || (before.getKey().equals(after.getKey()) && before.getSerializedSize() > 256
				&& isCutOf(before.getValue(), after.getValue()));
	}

	private static boolean isCutOf(AnyValue before, AnyValue after) {
		if (before.equals(after)) {
			return true;
		}
		return switch (before.getValueCase()) {
			case STRING_VALUE ->
				before.getStringValue().startsWith(after.getStringValue()) && after.getStringValue().length() >= 60;
			case BYTES_VALUE -> before.getBytesValue().startsWith(after.getBytesValue());
			case ARRAY_VALUE -> before.getArrayValue().getValuesCount() >= after.getArrayValue().getValuesCount();
			case KVLIST_VALUE -> before.getKvlistValue()
				.getValuesList()
				.subList(0, after.getKvlistValue().getValuesCount())
				.equals(after.getKvlistValue().getValuesList());
			default -> false;
		};
	}

	private static boolean isMark(KeyValue attribute) {
		return attribute.getKey().equals("kosmos.trimmed") && attribute.getValue().getBoolValue();
	}

	/** The size to which a message can certainly be brought. */
	private static int leastSize(ExportTraceServiceRequest request) {
		ExportTraceServiceRequest.Builder least = request.toBuilder();
		int parts = 0;
		for (ResourceSpans.Builder resource : least.getResourceSpansBuilderList()) {
			parts++;
			if (resource.hasResource()) {
				resource.getResourceBuilder().clearAttributes();
			}
			for (ScopeSpans.Builder scope : resource.getScopeSpansBuilderList()) {
				parts++;
				if (scope.hasScope()) {
					scope.getScopeBuilder().clearAttributes();
				}
				for (Span.Builder span : scope.getSpansBuilderList()) {
					parts++;
					span.clearAttributes().clearEvents().clearLinks();
				}
			}
		}
		return least.build().getSerializedSize() + 64 * parts;
	}

	private static @Nullable ExportTraceServiceRequest parse(byte[] message) {
		try {
			return ExportTraceServiceRequest.parseFrom(message);
		}
		catch (InvalidProtocolBufferException ex) {
			return null;
		}
	}

	private static List<Placed> placed(ExportTraceServiceRequest request) {
		List<Placed> placed = new ArrayList<>();
		for (ResourceSpans resource : request.getResourceSpansList()) {
			for (ScopeSpans scope : resource.getScopeSpansList()) {
				for (Span span : scope.getSpansList()) {
					placed.add(new Placed(resource.getResource(), resource.getSchemaUrl(),
							resource.getUnknownFields().toByteString(), scope.getScope(), scope.getSchemaUrl(),
							scope.getUnknownFields().toByteString(), span));
				}
			}
		}
		return placed;
	}

	private byte[] message() {
		ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
		for (int resources = upTo(3); resources > 0; resources--) {
			ResourceSpans.Builder resource = request.addResourceSpansBuilder()
				.setResource(Resource.newBuilder().addAllAttributes(attributes(3)).setDroppedAttributesCount(upTo(3)))
				.setSchemaUrl(text(10));
			for (int scopes = upTo(3); scopes > 0; scopes--) {
				ScopeSpans.Builder scope = resource.addScopeSpansBuilder().setSchemaUrl(text(10));
				scope.setScope(InstrumentationScope.newBuilder().setName(text(10)).addAllAttributes(attributes(2)));
				for (int spans = upTo(3); spans > 0; spans--) {
					scope.addSpans(span());
				}
			}
		}
		return request.build().toByteArray();
	}

	private Span span() {
		Span.Builder span = Span.newBuilder()
			.setTraceId(bytes(16))
			.setSpanId(bytes(8))
			.setName(text(40))
			.setKindValue(upTo(6))
			.setStartTimeUnixNano(this.random.nextLong())
			.setEndTimeUnixNano(this.random.nextLong())
			.setFlags(this.random.nextInt())
			.addAllAttributes(attributes(5))
			.setDroppedAttributesCount(upTo(3))
			.setDroppedEventsCount(upTo(3))
			.setStatus(Status.newBuilder().setCodeValue(upTo(3)).setMessage(text(20)));
		for (int events = upTo(3); events > 0; events--) {
			span.addEvents(Span.Event.newBuilder()
				.setTimeUnixNano(this.random.nextLong())
				.setName(text(10))
				.addAllAttributes(attributes(3)));
		}
		for (int links = upTo(2); links > 0; links--) {
			span.addLinks(Span.Link.newBuilder().setTraceId(bytes(16)).addAllAttributes(attributes(2)));
		}
		if (this.random.nextInt(20) == 0) {
			span.addAttributes(
					KeyValue.newBuilder().setKey("kosmos.trimmed").setValue(AnyValue.newBuilder().setBoolValue(true)));
		}
		return span.build();
	}

	private List<KeyValue> attributes(int most) {
		List<KeyValue> attributes = new ArrayList<>();
		for (int i = upTo(most + 1); i > 0; i--) {
			attributes.add(KeyValue.newBuilder()
				.setKey(text((this.random.nextInt(50) == 0) ? 200 : 5))
				.setValue(value(2))
				.build());
		}
		return attributes;
	}

	private AnyValue value(int depth) {
		AnyValue.Builder value = AnyValue.newBuilder();
		return switch (upTo((depth > 0) ? 10 : 7)) {
			case 0, 1 -> value.setStringValue(text(10)).build();
			case 2, 3 -> value.setStringValue(text((this.random.nextInt(10) == 0) ? 2000 : 200)).build();
			case 4 -> value.setIntValue(this.random.nextLong()).build();
			case 5 -> value.setBoolValue(this.random.nextBoolean()).build();
			case 6 -> value.setBytesValue(bytes(upTo(1000))).build();
			case 7, 8 -> {
				ArrayValue.Builder array = ArrayValue.newBuilder();
				for (int i = upTo(5); i > 0; i--) {
					array.addValues(value(depth - 1));
				}
				yield value.setArrayValue(array).build();
			}
			default -> {
				KeyValueList.Builder list = KeyValueList.newBuilder();
				for (int i = upTo(4); i > 0; i--) {
					list.addValues(KeyValue.newBuilder().setKey(text(5)).setValue(value(depth - 1)));
				}
				yield value.setKvlistValue(list).build();
			}
		};
	}

	private byte[] damaged(byte[] message) {
		byte[] damaged = message.clone();
		if (damaged.length == 0) {
			return noise();
		}
		for (int i = 1 + upTo(3); i > 0; i--) {
			int at = upTo(damaged.length);
			switch (upTo(4)) {
				case 0 -> damaged[at] = (byte) this.random.nextInt();
				case 1 -> damaged[at] ^= (byte) (1 << upTo(8));
				// The beginning is where the lengths and tags of the outer messages are.
				case 2 -> damaged[upTo(Math.min(damaged.length, 64))] = (byte) this.random.nextInt();
				default -> {
					int length = Math.min(upTo(8), damaged.length - at);
					System.arraycopy(damaged, upTo(damaged.length - length + 1), damaged, at, length);
				}
			}
		}
		int cut = (upTo(8) == 0) ? upTo(damaged.length) : 0;
		return Arrays.copyOf(damaged, damaged.length - cut);
	}

	private byte[] noise() {
		return bytes(upTo(300)).toByteArray();
	}

	private static byte[] concatenated(byte[] one, byte[] other) {
		return ByteString.copyFrom(one).concat(ByteString.copyFrom(other)).toByteArray();
	}

	private int upTo(int bound) {
		return this.random.nextInt(bound);
	}

	private ByteString bytes(int length) {
		byte[] bytes = new byte[length];
		this.random.nextBytes(bytes);
		return ByteString.copyFrom(bytes);
	}

	private String text(int pieces) {
		StringBuilder text = new StringBuilder();
		for (int i = upTo(pieces + 1); i > 0; i--) {
			text.append(PIECES[upTo(PIECES.length)]);
		}
		return text.toString();
	}

	private static void require(boolean condition, String what) {
		if (!condition) {
			throw new AssertionError(what);
		}
	}

	private static void requireRefused(Refused call, String what) throws Exception {
		try {
			call.run();
		}
		catch (InvalidOtlpException ex) {
			return;
		}
		throw new AssertionError(what + " is not refused");
	}

	private interface Refused {

		void run() throws Exception;

	}

	private record Placed(Resource resource, String schemaUrl, ByteString resourceUnknown, InstrumentationScope scope,
			String scopeSchemaUrl, ByteString scopeUnknown, Span span) {

	}

}
