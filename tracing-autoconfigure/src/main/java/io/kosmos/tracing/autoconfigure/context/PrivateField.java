package io.kosmos.tracing.autoconfigure.context;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Reads what Spring's executors and tasks hold but do not show.
 */
final class PrivateField {

	private PrivateField() {
	}

	/**
	 * The value of a field.
	 * @param holder the object
	 * @param type type of the field, which is the only one of that type
	 * @return the value, {@code null} if there is none or it cannot be read
	 */
	static <T> @Nullable T get(Object holder, Class<T> type) {
		try {
			Field field = ReflectionUtils.findField(holder.getClass(), null, type);
			if (field == null || Modifier.isStatic(field.getModifiers())) {
				return null;
			}
			ReflectionUtils.makeAccessible(field);
			return type.cast(ReflectionUtils.getField(field, holder));
		}
		catch (RuntimeException ex) {
			return null;
		}
	}

}
