package io.kosmos.tracing.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Says which of our properties is missing or has a value that is not allowed, where it
 * was set, and what is allowed. Before Boot's analysis of failed binding, which would
 * hide that behind the names of classes, and as Boot itself says it for its own
 * properties.
 */
@Order(0)
final class InvalidPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidConfigurationPropertyValueException> {

	/**
	 * Stands in the value of a failure where a secret was, which the environment still
	 * holds.
	 */
	private static final String MASK = "******";

	private final @Nullable Environment environment;

	InvalidPropertyFailureAnalyzer(@Nullable Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure,
			InvalidConfigurationPropertyValueException cause) {
		boolean secret = String.valueOf(cause.getValue()).contains(MASK);
		if (!secret && !cause.getName().startsWith("kosmos.tracing.")) {
			return null;
		}
		if (cause.getValue() == null) {
			// What the environment has by that name is then not what was bound.
			return new FailureAnalysis(
					"Configuration property '" + cause.getName() + "' is missing. " + cause.getReason(),
					"Set '" + cause.getName() + "'.", cause);
		}
		ConfigurationProperty property = find(ConfigurationPropertyName.adapt(cause.getName(), '.'));
		Object value = (property != null && !secret) ? property.getValue() : cause.getValue();
		String origin = (property != null) ? " (from " + property.getOrigin() + ")" : "";
		return new FailureAnalysis("Invalid value '" + mask(value) + "' for configuration property '" + cause.getName()
				+ "'" + origin + ". " + cause.getReason(), "Change the value of '" + cause.getName() + "'.", cause);
	}

	/**
	 * The value without the user information of a URL.
	 */
	private static String mask(@Nullable Object value) {
		return String.valueOf(value).replaceAll("(?<=//)[^/@]*@", MASK + "@");
	}

	private @Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
		if (this.environment == null) {
			return null;
		}
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

}
