package io.kosmos.tracing.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

import io.kosmos.tracing.autoconfigure.ConfigurationMetadata.Property;
import org.junit.jupiter.api.Test;

import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table in docs/configuration.md is made from the metadata. Run with
 * {@code -Dkosmos.docs.write=true} to write it.
 */
class ConfigurationDocumentTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");

	private static final String BEGIN = "<!-- properties, made from the metadata by ConfigurationDocumentTests -->\n";

	private static final String END = "<!-- end of properties -->\n";

	@Test
	void shouldHaveTheTableOfTheMetadata() throws IOException {
		String document = Files.readString(DOCUMENT);
		int begin = document.indexOf(BEGIN) + BEGIN.length();
		int end = document.indexOf(END);
		assertThat(begin).isGreaterThan(BEGIN.length());
		assertThat(end).isGreaterThan(begin);
		if (Boolean.getBoolean("kosmos.docs.write")) {
			document = document.substring(0, begin) + table() + document.substring(end);
			Files.writeString(DOCUMENT, document);
			end = document.indexOf(END);
		}
		assertThat(document.substring(begin, end)).isEqualTo(table());
	}

	private static String table() {
		return ConfigurationMetadata.properties()
			.stream()
			.map((property) -> "| `%s` | %s | %s | %s |\n".formatted(property.name(), type(property.type()),
					defaultValue(property), property.description()))
			.collect(
					Collectors.joining("", "\n| Property | Type | Default | Description |\n|---|---|---|---|\n", "\n"));
	}

	private static String defaultValue(Property property) {
		Object value = property.defaultValue();
		if (value == null) {
			return "";
		}
		if (property.type().equals("java.lang.Double")) {
			return "`" + ((Number) value).doubleValue() + "`";
		}
		return "`" + ((value instanceof List<?> list)
				? list.stream().map(Object::toString).collect(Collectors.joining(",")) : value) + "`";
	}

	private static String type(String type) {
		if (type.startsWith("java.util.List<")) {
			return "list of " + type(type.substring("java.util.List<".length(), type.length() - 1));
		}
		if (type.startsWith("java.util.Map<")) {
			return "map";
		}
		if (type.startsWith("java.")) {
			return type.substring(type.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
		}
		Class<?> resolved = ClassUtils.resolveClassName(type, null);
		if (!resolved.isEnum()) {
			return resolved.getSimpleName().toLowerCase(Locale.ROOT);
		}
		return Arrays.stream(Objects.requireNonNull(resolved.getEnumConstants()))
			.map((constant) -> "`" + ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-') + "`")
			.collect(Collectors.joining(", "));
	}

}
