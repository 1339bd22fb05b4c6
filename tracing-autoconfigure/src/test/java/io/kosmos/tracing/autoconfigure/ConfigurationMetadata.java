package io.kosmos.tracing.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonParserFactory;

/**
 * The properties of the generated metadata, sorted by name.
 */
final class ConfigurationMetadata {

	private ConfigurationMetadata() {
	}

	static List<Property> properties() {
		try {
			List<Property> properties = new ArrayList<>();
			for (URL url : Collections.list(ConfigurationMetadata.class.getClassLoader()
				.getResources("META-INF/spring-configuration-metadata.json"))) {
				try (InputStream in = url.openStream()) {
					add(properties, new String(in.readAllBytes(), StandardCharsets.UTF_8));
				}
			}
			properties.sort(Comparator.comparing(Property::name));
			return properties;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static void add(List<Property> properties, String json) {
		Map<String, Object> metadata = JsonParserFactory.getJsonParser().parseMap(json);
		for (Map<String, Object> property : (List<Map<String, Object>>) metadata.get("properties")) {
			String name = (String) property.get("name");
			if (name.startsWith("kosmos.tracing.")) {
				properties.add(new Property(name, (String) property.get("type"), property.get("defaultValue"),
						(String) property.get("description")));
			}
		}
	}

	record Property(String name, String type, @Nullable Object defaultValue, @Nullable String description) {

	}

}
