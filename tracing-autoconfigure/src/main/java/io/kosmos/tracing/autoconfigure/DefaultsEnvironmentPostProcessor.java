package io.kosmos.tracing.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * Sets what Boot reads from a property and not from a bean: what is switched off here
 * above everything that the application sets itself, defaults below it.
 */
final class DefaultsEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	static final String OFF_PROPERTY_SOURCE_NAME = "kosmosTracingOff";

	static final String DEFAULTS_PROPERTY_SOURCE_NAME = "kosmosTracingDefaults";

	private static final String BOOT_LOG_CORRELATION = "logCorrelation";

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		Binder binder = Binder.get(environment);
		Map<String, Object> off = new LinkedHashMap<>();
		Map<String, Object> defaults = new LinkedHashMap<>();
		if (!isOn(binder, "kosmos.tracing.enabled")) {
			off.put("management.tracing.export.enabled", "false");
		}
		else {
			if (!isOn(binder, "kosmos.tracing.exporter.enabled")) {
				off.put("management.tracing.export.otlp.enabled", "false");
			}
			if (isOn(binder, "kosmos.tracing.context.reactor")) {
				defaults.put("spring.reactor.context-propagation", "auto");
			}
			if (!isOn(binder, "kosmos.tracing.log-correlation.enabled")) {
				defaults.put("logging.expect-correlation-id", "false");
			}
		}
		MutablePropertySources sources = environment.getPropertySources();
		if (!off.isEmpty()) {
			sources.addFirst(new MapPropertySource(OFF_PROPERTY_SOURCE_NAME, off));
		}
		MapPropertySource source = new MapPropertySource(DEFAULTS_PROPERTY_SOURCE_NAME, defaults);
		if (sources.contains(BOOT_LOG_CORRELATION)) {
			sources.addBefore(BOOT_LOG_CORRELATION, source);
		}
		else {
			sources.addLast(source);
		}
	}

	private static boolean isOn(Binder binder, String property) {
		return binder.bind(property, Boolean.class).orElse(true);
	}

}
