package io.kosmos.tracing.autoconfigure.export;

import java.util.List;

/**
 * Serialized <a href=
 * "https://github.com/open-telemetry/opentelemetry-proto/blob/v1.10.0/opentelemetry/proto/collector/trace/v1/trace_service.proto">
 * {@code ExportTraceServiceRequest}s</a>, one or several concatenated ones, which are the
 * same to protocol buffers. All methods take time and memory in proportion to the
 * message, whatever it is.
 */
final class OtlpMessage {

	static final int RESOURCE_SPANS = 1;

	static final int SCOPE_SPANS = 2;

	static final int SPANS = 2;

	private OtlpMessage() {
	}

	/**
	 * Count the spans.
	 * @param message the message
	 * @return how many it holds
	 * @throws InvalidOtlpException if the message is damaged
	 */
	static int spans(byte[] message) throws InvalidOtlpException {
		int spans = 0;
		WireReader request = new WireReader(message);
		while (request.next()) {
			if (request.isBytes(RESOURCE_SPANS)) {
				spans += spansOfResource(request.nested());
			}
		}
		return spans;
	}

	private static int spansOfResource(WireReader resource) throws InvalidOtlpException {
		int spans = 0;
		while (resource.next()) {
			if (resource.isBytes(SCOPE_SPANS)) {
				spans += spansOfScope(resource.nested());
			}
		}
		return spans;
	}

	private static int spansOfScope(WireReader scope) throws InvalidOtlpException {
		int spans = 0;
		while (scope.next()) {
			if (scope.isBytes(SPANS)) {
				spans++;
			}
		}
		return spans;
	}

	/**
	 * Halve a message by its spans, which keep their order, their resource and their
	 * scope. What is around them and has none of the spans of a half is not in it.
	 * @param message the message
	 * @return two messages
	 * @throws InvalidOtlpException if the message is damaged or has fewer than two spans
	 */
	static List<byte[]> split(byte[] message) throws InvalidOtlpException {
		int spans = spans(message);
		if (spans < 2) {
			throw new InvalidOtlpException("There are fewer than two spans.");
		}
		return List.of(slice(message, 0, spans / 2), slice(message, spans / 2, spans));
	}

	/**
	 * Copy a message with some of its spans.
	 * @param from number of the first span
	 * @param to number of the first span behind them
	 */
	private static byte[] slice(byte[] message, int from, int to) throws InvalidOtlpException {
		WireWriter slice = new WireWriter();
		WireReader request = new WireReader(message);
		int span = 0;
		while (request.next()) {
			if (!request.isBytes(RESOURCE_SPANS)) {
				slice.copy(message, request.start(), request.end());
				continue;
			}
			int spans = spansOfResource(request.nested());
			if (isWhole(span, spans, from, to)) {
				slice.copy(message, request.start(), request.end());
			}
			else if (isPart(span, spans, from, to)) {
				slice.message(RESOURCE_SPANS, sliceOfResource(message, request.nested(), from - span, to - span));
			}
			span += spans;
		}
		return slice.toByteArray();
	}

	private static WireWriter sliceOfResource(byte[] message, WireReader resource, int from, int to)
			throws InvalidOtlpException {
		WireWriter slice = new WireWriter();
		int span = 0;
		while (resource.next()) {
			if (!resource.isBytes(SCOPE_SPANS)) {
				slice.copy(message, resource.start(), resource.end());
				continue;
			}
			int spans = spansOfScope(resource.nested());
			if (isWhole(span, spans, from, to)) {
				slice.copy(message, resource.start(), resource.end());
			}
			else if (isPart(span, spans, from, to)) {
				slice.message(SCOPE_SPANS, sliceOfScope(message, resource.nested(), from - span, to - span));
			}
			span += spans;
		}
		return slice;
	}

	private static WireWriter sliceOfScope(byte[] message, WireReader scope, int from, int to)
			throws InvalidOtlpException {
		WireWriter slice = new WireWriter();
		int span = 0;
		while (scope.next()) {
			boolean other = !scope.isBytes(SPANS);
			if (other || (span >= from && span < to)) {
				slice.copy(message, scope.start(), scope.end());
			}
			span += other ? 0 : 1;
		}
		return slice;
	}

	private static boolean isWhole(int first, int spans, int from, int to) {
		return spans > 0 && first >= from && first + spans <= to;
	}

	private static boolean isPart(int first, int spans, int from, int to) {
		return first < to && first + spans > from;
	}

	/**
	 * Make a message smaller for a receiver that does not take it as it is. The longest
	 * values of attributes are cut, as little as it takes, then events, links and
	 * attributes are left out from the end of their span, and counted there. A span that
	 * lost something says so by {@link io.kosmos.tracing.KosmosAttributes#TRIMMED}.
	 * Identifiers, times and short values stay.
	 * @param message the message, preferably of one span
	 * @param maxBytes size that it may have
	 * @return a message with the same spans; the given one if it is small enough
	 * @throws InvalidOtlpException if the message is damaged, or cannot be made that
	 * small
	 */
	static byte[] trim(byte[] message, int maxBytes) throws InvalidOtlpException {
		return (message.length <= maxBytes) ? message : new OtlpTrimmer(message).trim(maxBytes);
	}

}
