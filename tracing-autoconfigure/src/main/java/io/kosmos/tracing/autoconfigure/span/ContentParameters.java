package io.kosmos.tracing.autoconfigure.span;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.kosmos.tracing.SpanAttribute;
import org.jspecify.annotations.Nullable;

/**
 * Which parameters of a method are recorded as content.
 */
final class ContentParameters {

	private final List<Integer> indexes = new ArrayList<>();

	private final List<String> names = new ArrayList<>();

	/** Position of the only text, or -1. */
	private int text = -1;

	/**
	 * Find the parameters of a method.
	 * @param method the method
	 * @param names names of all parameters; empty if they are not in the class file
	 * @param excluded names of those that are not recorded
	 */
	ContentParameters(Method method, List<String> names, Set<String> excluded) {
		int texts = 0;
		for (int i = 0; i < method.getParameterCount(); i++) {
			String name = (i < names.size()) ? names.get(i) : "arg" + i;
			if (excluded.contains(name)) {
				continue;
			}
			this.indexes.add(i);
			this.names.add(name);
			if (method.getParameterTypes()[i] == String.class
					&& !method.getParameters()[i].isAnnotationPresent(SpanAttribute.class)) {
				this.text = (texts++ == 0) ? i : -1;
			}
		}
	}

	List<Object> of(@Nullable Object[] arguments) {
		List<Object> values = new ArrayList<>();
		for (int index : this.indexes) {
			Object argument = arguments[index];
			if (argument != null) {
				values.add(argument);
			}
		}
		return values;
	}

	Map<String, @Nullable Object> named(@Nullable Object[] arguments) {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		for (int i = 0; i < this.indexes.size(); i++) {
			values.put(this.names.get(i), arguments[this.indexes.get(i)]);
		}
		return values;
	}

	/**
	 * The argument of the only text among the parameters, if there is just one.
	 */
	@Nullable String text(@Nullable Object[] arguments) {
		return (this.text >= 0) ? (String) arguments[this.text] : null;
	}

}
