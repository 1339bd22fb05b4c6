package io.kosmos.tracing.autoconfigure.propagation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * <a href="https://www.w3.org/TR/trace-context-2/">W3C Trace Context, level 2</a>. Reads
 * every value of a header, which OpenTelemetry's own propagator does not: more than one
 * traceparent is none, and several tracestate headers are one list. A list with anything
 * wrong in it is left out as a whole.
 */
final class W3cTracePropagator implements TextMapPropagator {

	private static final String TRACEPARENT = "traceparent";

	private static final String TRACESTATE = "tracestate";

	/** Where the parts of {@code version-traceid-parentid-flags} begin. */
	private static final int TRACE_ID = 3;

	private static final int SPAN_ID = 36;

	private static final int FLAGS = 53;

	private static final int LENGTH = 55;

	/** Sampled and random; the others have no meaning yet. */
	private static final int KNOWN_FLAGS = 0b11;

	private static final int MAX_MEMBERS = 32;

	@Override
	public Collection<String> fields() {
		return W3CTraceContextPropagator.getInstance().fields();
	}

	@Override
	public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
		W3CTraceContextPropagator.getInstance().inject(context, carrier, setter);
	}

	@Override
	public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
		Iterator<String> traceparents = getter.getAll(carrier, TRACEPARENT);
		if (!traceparents.hasNext()) {
			return context;
		}
		String traceparent = trim(traceparents.next());
		if (traceparents.hasNext() || !isTraceparent(traceparent)) {
			return context;
		}
		int flags = Integer.parseInt(traceparent, FLAGS, LENGTH, 16) & KNOWN_FLAGS;
		SpanContext caller = SpanContext.createFromRemoteParent(traceparent.substring(TRACE_ID, SPAN_ID - 1),
				traceparent.substring(SPAN_ID, FLAGS - 1), TraceFlags.fromByte((byte) flags),
				traceState(getter.getAll(carrier, TRACESTATE)));
		return caller.isValid() ? context.with(Span.wrap(caller)) : context;
	}

	private static boolean isTraceparent(String value) {
		if (value.length() < LENGTH || value.charAt(TRACE_ID - 1) != '-' || value.charAt(SPAN_ID - 1) != '-'
				|| value.charAt(FLAGS - 1) != '-' || !isHex(value, 0) || !isHex(value, FLAGS)
				|| value.startsWith("ff")) {
			return false;
		}
		// A later version may append to what is known of it, the present one may not.
		return value.length() == LENGTH || (!value.startsWith("00") && value.charAt(LENGTH) == '-');
	}

	private static boolean isHex(String value, int index) {
		return isHex(value.charAt(index)) && isHex(value.charAt(index + 1));
	}

	private static boolean isHex(char character) {
		return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
	}

	private static TraceState traceState(Iterator<String> headers) {
		List<String> members = new ArrayList<>();
		while (headers.hasNext()) {
			String header = headers.next();
			for (int start = 0; start <= header.length();) {
				int comma = header.indexOf(',', start);
				int end = (comma != -1) ? comma : header.length();
				String member = trim(header.substring(start, end));
				if (!member.isEmpty()) {
					members.add(member);
				}
				if (members.size() > MAX_MEMBERS) {
					return TraceState.getDefault();
				}
				start = end + 1;
			}
		}
		return traceState(members);
	}

	private static TraceState traceState(List<String> members) {
		TraceStateBuilder builder = TraceState.builder();
		// Each goes before those that are there.
		for (int i = members.size() - 1; i >= 0; i--) {
			String member = members.get(i);
			int equals = member.indexOf('=');
			if (equals < 1 || isSystemWithDigitFirst(member, equals)) {
				return TraceState.getDefault();
			}
			builder.put(member.substring(0, equals), member.substring(equals + 1));
		}
		TraceState state = builder.build();
		// The builder leaves out what is not allowed and replaces what is there twice.
		return (state.size() == members.size()) ? state : TraceState.getDefault();
	}

	private static boolean isSystemWithDigitFirst(String member, int equals) {
		int system = member.indexOf('@') + 1;
		return system > 0 && system < equals && Character.isDigit(member.charAt(system));
	}

	private static String trim(String value) {
		int start = 0;
		int end = value.length();
		while (start < end && isWhitespace(value.charAt(start))) {
			start++;
		}
		while (start < end && isWhitespace(value.charAt(end - 1))) {
			end--;
		}
		return value.substring(start, end);
	}

	private static boolean isWhitespace(char character) {
		return character == ' ' || character == '\t';
	}

}
