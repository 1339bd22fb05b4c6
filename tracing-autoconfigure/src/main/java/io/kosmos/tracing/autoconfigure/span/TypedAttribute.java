package io.kosmos.tracing.autoconfigure.span;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A named attribute whose type follows the value: the keys of all types are made once, a
 * value picks its own.
 */
final class TypedAttribute {

	/**
	 * As many as a span may have attributes: the span limits of the SDK bound the length
	 * of a value but not the number of values in a list.
	 */
	private static final int MAX_ELEMENTS = 128;

	private final AttributeKey<String> string;

	private final AttributeKey<Long> integral;

	private final AttributeKey<Double> decimal;

	private final AttributeKey<Boolean> bool;

	private final AttributeKey<List<String>> strings;

	private final AttributeKey<List<Long>> integrals;

	private final AttributeKey<List<Double>> decimals;

	private final AttributeKey<List<Boolean>> bools;

	TypedAttribute(String name) {
		this.string = AttributeKey.stringKey(name);
		this.integral = AttributeKey.longKey(name);
		this.decimal = AttributeKey.doubleKey(name);
		this.bool = AttributeKey.booleanKey(name);
		this.strings = AttributeKey.stringArrayKey(name);
		this.integrals = AttributeKey.longArrayKey(name);
		this.decimals = AttributeKey.doubleArrayKey(name);
		this.bools = AttributeKey.booleanArrayKey(name);
	}

	String name() {
		return this.string.getKey();
	}

	void set(SpanBuilder builder, @Nullable Object value) {
		// The most usual types, without a detour.
		if (value instanceof String text) {
			builder.setAttribute(this.string, text);
			return;
		}
		if (value instanceof Integer number) {
			builder.setAttribute(this.integral, number.longValue());
			return;
		}
		Object plain = plain(value);
		if (plain != null) {
			builder.setAttribute(keyFor(plain), plain);
		}
	}

	void set(Span span, @Nullable Object value) {
		Object plain = plain(value);
		if (plain != null) {
			span.setAttribute(keyFor(plain), plain);
		}
	}

	void set(BiConsumer<AttributeKey<Object>, Object> target, @Nullable Object value) {
		Object plain = plain(value);
		if (plain != null) {
			target.accept(keyFor(plain), plain);
		}
	}

	/**
	 * Reduce a value to one of the types that an attribute can have.
	 */
	private static @Nullable Object plain(@Nullable Object value) {
		if (value == null || value instanceof String || value instanceof Long || value instanceof Boolean
				|| value instanceof Double) {
			return value;
		}
		if (value instanceof Integer || value instanceof Short || value instanceof Byte
				|| value instanceof AtomicInteger || value instanceof AtomicLong) {
			return ((Number) value).longValue();
		}
		if (value instanceof Number number) {
			return number.doubleValue();
		}
		if (value instanceof Enum<?> constant) {
			return constant.name();
		}
		if (value instanceof Optional<?> optional) {
			return plain(optional.orElse(null));
		}
		if (value instanceof Collection<?> collection) {
			return list(collection);
		}
		if (value.getClass().isArray()) {
			int length = Math.min(Array.getLength(value), MAX_ELEMENTS);
			List<@Nullable Object> elements = new ArrayList<>(length);
			for (int i = 0; i < length; i++) {
				elements.add(Array.get(value, i));
			}
			return list(elements);
		}
		return value.toString();
	}

	/**
	 * The elements in one type: that of the first, or strings where they differ.
	 */
	private static @Nullable List<Object> list(Collection<?> values) {
		List<Object> elements = new ArrayList<>(Math.min(values.size(), MAX_ELEMENTS));
		boolean mixed = false;
		for (Object value : values) {
			if (elements.size() == MAX_ELEMENTS) {
				break;
			}
			Object element = plain(value);
			if (element == null) {
				continue;
			}
			if (element instanceof List) {
				element = element.toString();
			}
			mixed |= !elements.isEmpty() && elements.get(0).getClass() != element.getClass();
			elements.add(element);
		}
		if (mixed) {
			elements.replaceAll(Object::toString);
		}
		return elements.isEmpty() ? null : elements;
	}

	@SuppressWarnings("unchecked")
	private AttributeKey<Object> keyFor(Object plain) {
		AttributeKey<?> key;
		if (plain instanceof String) {
			key = this.string;
		}
		else if (plain instanceof Long) {
			key = this.integral;
		}
		else if (plain instanceof Double) {
			key = this.decimal;
		}
		else if (plain instanceof Boolean) {
			key = this.bool;
		}
		else {
			Object first = ((List<?>) plain).get(0);
			key = (first instanceof Long) ? this.integrals : (first instanceof Double) ? this.decimals
					: (first instanceof Boolean) ? this.bools : this.strings;
		}
		return (AttributeKey<Object>) key;
	}

}
