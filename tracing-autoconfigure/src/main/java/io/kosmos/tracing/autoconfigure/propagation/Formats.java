package io.kosmos.tracing.autoconfigure.propagation;

import java.util.List;
import java.util.Objects;

import io.kosmos.tracing.autoconfigure.propagation.PropagationProperties.Type;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The formats that traces are propagated in: those of our own properties, else of
 * OTEL_PROPAGATORS, else of Boot's properties, else W3C and B3 in several headers.
 *
 * @param produce formats that are written
 * @param consume formats that are read, in this order
 */
record Formats(List<Type> produce, List<Type> consume) {

	private static final String VARIABLE = "OTEL_PROPAGATORS";

	private static final List<Type> DEFAULT = List.of(Type.W3C, Type.B3_MULTI);

	static Formats of(PropagationProperties properties, Environment environment) {
		return new Formats(types(properties.produce(), properties.type(), environment, "produce"),
				types(properties.consume(), properties.type(), environment, "consume"));
	}

	private static List<Type> types(@Nullable List<Type> ofDirection, @Nullable List<Type> ofBoth,
			Environment environment, String direction) {
		if (ofDirection != null || ofBoth != null) {
			return (ofDirection != null) ? ofDirection : Objects.requireNonNull(ofBoth);
		}
		List<Type> variable = variable(environment);
		if (variable != null) {
			return variable;
		}
		Binder binder = Binder.get(environment);
		Bindable<List<Type>> types = Bindable.listOf(Type.class);
		return binder.bind("management.tracing.propagation.type", types)
			.orElseGet(() -> binder.bind("management.tracing.propagation." + direction, types).orElse(DEFAULT));
	}

	/**
	 * Boot maps the variable to its own property, but has no name for the format of
	 * Jaeger and so leaves it out.
	 */
	private static @Nullable List<Type> variable(Environment environment) {
		String variable = environment.getProperty(VARIABLE);
		if (!StringUtils.hasText(variable) || !environment
			.getProperty("management.opentelemetry.map-environment-variables", Boolean.class, true)) {
			return null;
		}
		List<String> names = List.of(StringUtils.tokenizeToStringArray(variable, ","));
		if (names.contains("none")) {
			return List.of();
		}
		return names.stream().distinct().map(Formats::type).filter(Objects::nonNull).toList();
	}

	private static @Nullable Type type(String name) {
		return switch (name) {
			case "tracecontext" -> Type.W3C;
			case "b3" -> Type.B3;
			case "b3multi" -> Type.B3_MULTI;
			case "jaeger" -> Type.JAEGER;
			// Boot warns of what nobody knows.
			default -> null;
		};
	}

}
