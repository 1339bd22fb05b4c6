package io.kosmos.tracing.autoconfigure.span;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Metrics of agents, models, tools and workflows.
 *
 * @param enabled Whether agents, models, tools and workflows are measured, sampled or
 * not.
 * @param tenant Whether cost is counted for each tenant.
 * @param maxTagValues Number of different values that a tag may have. Further ones are
 * counted together as the value other.
 */
@ConfigurationProperties("kosmos.tracing.metrics")
public record MetricsProperties(@DefaultValue("true") boolean enabled, @DefaultValue("false") boolean tenant,
		@DefaultValue("100") int maxTagValues) {

	/**
	 * Check the values.
	 */
	public MetricsProperties {
		if (maxTagValues < 1) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.metrics.max-tag-values", maxTagValues,
					"It must be at least 1.");
		}
	}

}
