package io.kosmos.tracing.autoconfigure.actuate;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.context.properties.BoundConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesBean;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.ObjectUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.unit.DataSize;

/**
 * The properties of tracing that are in effect, each with its value and where that comes
 * from: those that were bound, Boot's for tracing among them, as they were written, the
 * switches of features that are off, and the defaults of what nobody set. A default that
 * depends on other properties, such as Boot's own, is not among them.
 * <p>
 * Values of headers, the key of hashes, and user information and queries of URLs, are
 * never told; all others go through Boot's sanitizer. Thread-safe.
 */
final class EffectiveConfiguration {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("kosmos.tracing");

	// What of Boot's properties is taken where ours are not set.
	private static final List<ConfigurationPropertyName> BOOT = Stream
		.of("management.tracing", "management.opentelemetry.tracing", "management.opentelemetry.resource-attributes",
				"management.opentelemetry.enabled")
		.map(ConfigurationPropertyName::of)
		.toList();

	private static final Pattern SECRET_NAME = Pattern.compile(
			"(kosmos\\.tracing\\.(exporter\\.(.*\\.)?headers|sampling\\.remote\\.headers|propagation\\.trust\\.headers"
					+ "|redaction\\.hash-?key)"
					+ "|management\\.opentelemetry\\.tracing\\.export\\.otlp\\.headers)\\b.*",
			Pattern.CASE_INSENSITIVE);

	private static final Pattern USER_INFORMATION = Pattern.compile("(?<=://)[^/\\s]*@");

	private static final Pattern QUERY = Pattern.compile("(://[^?\\s]*)\\?\\S*");

	private static final List<String> SIZE_UNITS = List.of("B", "KB", "MB", "GB", "TB");

	private static final String MASK = SanitizableData.SANITIZED_VALUE;

	private final ApplicationContext context;

	private final Sanitizer sanitizer;

	EffectiveConfiguration(ApplicationContext context, Sanitizer sanitizer) {
		this.context = context;
		this.sanitizer = sanitizer;
	}

	/**
	 * Read the properties.
	 * @param showValues whether values are told at all
	 * @return {@code value} and {@code origin} by name, sorted by name
	 */
	Map<String, Map<String, ?>> read(boolean showValues) {
		Map<String, Map<String, ?>> settings = new TreeMap<>();
		Map<ConfigurationPropertyName, ConfigurationProperty> set = setProperties();
		set.forEach((name, property) -> settings.put(name.toString(),
				setting(sanitize(name, property, showValues), String.valueOf(property.getOrigin()))));
		ConfigurationPropertiesBean.getAll(this.context).values().forEach((bean) -> {
			ConfigurationPropertyName prefix = ConfigurationPropertyName.of(bean.getAnnotation().prefix());
			if (bean.getInstance() instanceof Record properties && (prefix.equals(PREFIX) || isOurs(prefix))) {
				defaults(prefix, properties).forEach((name, value) -> {
					if (set.keySet().stream().noneMatch((other) -> other.equals(name) || name.isAncestorOf(other))) {
						settings.put(name.toString(), setting(sanitize(name, null, value, showValues), "default"));
					}
				});
			}
		});
		return settings;
	}

	private Map<ConfigurationPropertyName, ConfigurationProperty> setProperties() {
		Map<ConfigurationPropertyName, ConfigurationProperty> properties = new HashMap<>();
		BoundConfigurationProperties bound = BoundConfigurationProperties.get(this.context);
		if (bound != null) {
			bound.getAll()
				.values()
				.stream()
				.filter((property) -> isOfTracing(property.getName()))
				.forEach((property) -> properties.put(property.getName(), property));
		}
		// Nobody binds the properties of what is switched off.
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.context.getEnvironment())) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter((name) -> isOfTracing(name) && name.getLastElement(Form.UNIFORM).equals("enabled"))
					.forEach((name) -> properties.computeIfAbsent(name, source::getConfigurationProperty));
			}
		}
		return properties;
	}

	private static boolean isOurs(ConfigurationPropertyName name) {
		return PREFIX.isAncestorOf(name);
	}

	private static boolean isOfTracing(ConfigurationPropertyName name) {
		return isOurs(name) || BOOT.stream().anyMatch((boot) -> boot.equals(name) || boot.isAncestorOf(name));
	}

	private static Map<ConfigurationPropertyName, Object> defaults(ConfigurationPropertyName prefix,
			Record properties) {
		Map<ConfigurationPropertyName, Object> defaults = new HashMap<>();
		for (RecordComponent component : properties.getClass().getRecordComponents()) {
			ConfigurationPropertyName name = prefix.append(DataObjectPropertyName.toDashedForm(component.getName()));
			ReflectionUtils.makeAccessible(component.getAccessor());
			Object value = ReflectionUtils.invokeMethod(component.getAccessor(), properties);
			if (value instanceof Record nested) {
				defaults.putAll(defaults(name, nested));
			}
			else if (value != null && !ObjectUtils.isEmpty(value)) {
				defaults.put(name, value);
			}
		}
		return defaults;
	}

	private @Nullable Object sanitize(ConfigurationPropertyName name, ConfigurationProperty property,
			boolean showValues) {
		Environment environment = this.context.getEnvironment();
		Object value = (property.getValue() instanceof CharSequence text)
				? environment.resolvePlaceholders(text.toString()) : property.getValue();
		ConfigurationPropertySource source = property.getSource();
		return sanitize(name, (source != null && source.getUnderlyingSource() instanceof PropertySource<?> underlying)
				? underlying : null, value, showValues);
	}

	private @Nullable Object sanitize(ConfigurationPropertyName name, @Nullable PropertySource<?> source, Object value,
			boolean showValues) {
		if (SECRET_NAME.matcher(name.toString()).matches()) {
			return MASK;
		}
		return this.sanitizer.sanitize(new SanitizableData(source, name.toString(), written(value)), showValues);
	}

	/**
	 * Return a value as it is written in a file of properties.
	 */
	private static Object written(Object value) {
		if (value instanceof Number || value instanceof Boolean) {
			return value;
		}
		if (value instanceof Collection<?> collection) {
			return collection.stream().map(EffectiveConfiguration::written).toList();
		}
		if (value instanceof Duration duration) {
			return DurationFormatterUtils.print(duration, DurationFormat.Style.COMPOSITE);
		}
		if (value instanceof DataSize size) {
			return written(size);
		}
		if (value instanceof Enum<?> constant) {
			return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
		}
		String text = USER_INFORMATION.matcher(value.toString()).replaceAll(MASK + "@");
		return QUERY.matcher(text).replaceAll("$1?" + MASK);
	}

	private static String written(DataSize size) {
		long number = size.toBytes();
		int unit = 0;
		while (number != 0 && number % 1024 == 0 && unit < SIZE_UNITS.size() - 1) {
			number /= 1024;
			unit++;
		}
		return number + SIZE_UNITS.get(unit);
	}

	private static Map<String, ?> setting(@Nullable Object value, String origin) {
		Map<String, Object> setting = new LinkedHashMap<>();
		if (value != null) {
			setting.put("value", value);
		}
		setting.put("origin", origin);
		return setting;
	}

}
