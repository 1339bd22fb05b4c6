package io.kosmos.tracing.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
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
 * properties. Values of headers, and user information and queries of URLs, are not shown.
 */
@Order(0)
final class InvalidPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidConfigurationPropertyValueException> {

	/**
	 * Stands in the value of a failure where a secret was, which the environment still
	 * holds.
	 */
	private static final String MASK = "******";

	/** A map of headers that are sent, and what is below it. */
	private static final Pattern HEADERS = Pattern
		.compile(
				"((?:kosmos\\.tracing\\.(?:exporter\\.(?:destinations\\.[^.]+\\.)?|sampling\\.remote\\.)"
						+ "|management\\.opentelemetry\\.tracing\\.export\\.otlp\\.)headers)(?:[.\\[].*)?",
				Pattern.DOTALL);

	private static final Pattern USER_INFORMATION = Pattern.compile("^([a-zA-Z][a-zA-Z0-9+.-]*:/+)?.*@",
			Pattern.DOTALL);

	private static final Pattern QUERY = Pattern.compile("(://[^?]*)\\?.*", Pattern.DOTALL);

	private final @Nullable Environment environment;

	InvalidPropertyFailureAnalyzer(@Nullable Environment environment) {
		this.environment = environment;
	}

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		BindException cause = findCause(failure, BindException.class);
		if (cause != null) {
			Matcher headers = HEADERS.matcher(cause.getName().toString());
			if (headers.matches()) {
				return analyzeHeaders(cause, headers.group(1));
			}
		}
		return super.analyze(failure);
	}

	/**
	 * Say how headers are set, where Boot would say it with the value, which is that of
	 * OTEL_EXPORTER_OTLP_HEADERS most likely.
	 */
	private static FailureAnalysis analyzeHeaders(BindException cause, String headers) {
		return new FailureAnalysis("Invalid value '" + MASK + "' for configuration property '" + cause.getName() + "'"
				+ origin(cause.getProperty()) + ". The names of headers are keys, such as '" + headers + ".api-key'.",
				"Set one property for each header, such as '" + headers + ".api-key'.", cause);
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
		return new FailureAnalysis(
				"Invalid value '" + mask(value) + "' for configuration property '" + cause.getName() + "'"
						+ origin(property) + ". " + cause.getReason(),
				"Change the value of '" + cause.getName() + "'.", cause);
	}

	private static String origin(@Nullable ConfigurationProperty property) {
		return (property != null) ? " (from " + property.getOrigin() + ")" : "";
	}

	/**
	 * The value without the user information and the query of a URL, even of one that is
	 * none for want of slashes.
	 */
	private static String mask(@Nullable Object value) {
		String masked = USER_INFORMATION.matcher(String.valueOf(value)).replaceFirst("$1" + MASK + "@");
		return QUERY.matcher(masked).replaceFirst("$1?" + MASK);
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
