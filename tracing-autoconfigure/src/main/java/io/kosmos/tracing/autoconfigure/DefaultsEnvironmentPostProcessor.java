package io.kosmos.tracing.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * Sets what Boot reads from a property and not from a bean, below everything that the
 * application sets itself.
 */
final class DefaultsEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	static final String PROPERTY_SOURCE_NAME = "kosmosTracingDefaults";

	private static final String BOOT_LOG_CORRELATION = "logCorrelation";

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		Map<String, Object> defaults = new LinkedHashMap<>();
		if (!isOn(environment, "kosmos.tracing.enabled")) {
			defaults.put("management.opentelemetry.enabled", "false");
			defaults.put("management.tracing.export.enabled", "false");
		}
		else {
			if (isOn(environment, "kosmos.tracing.context.executors")) {
				defaults.put("spring.task.execution.propagate-context", "true");
			}
			if (isOn(environment, "kosmos.tracing.context.reactor")) {
				defaults.put("spring.reactor.context-propagation", "auto");
			}
			if (!isOn(environment, "kosmos.tracing.log-correlation.enabled")) {
				defaults.put("logging.expect-correlation-id", "false");
			}
		}
		MutablePropertySources sources = environment.getPropertySources();
		MapPropertySource source = new MapPropertySource(PROPERTY_SOURCE_NAME, defaults);
		if (sources.contains(BOOT_LOG_CORRELATION)) {
			sources.addBefore(BOOT_LOG_CORRELATION, source);
		}
		else {
			sources.addLast(source);
		}
	}

	private static boolean isOn(ConfigurableEnvironment environment, String property) {
		return environment.getProperty(property, Boolean.class, true);
	}

}
