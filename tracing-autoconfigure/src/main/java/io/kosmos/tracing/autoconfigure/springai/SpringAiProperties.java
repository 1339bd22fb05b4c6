package io.kosmos.tracing.autoconfigure.springai;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the spans of Spring AI.
 *
 * @param enabled Whether what Spring AI observes becomes spans of agents, models and
 * tools.
 */
@ConfigurationProperties("kosmos.tracing.spring-ai")
record SpringAiProperties(@DefaultValue("true") boolean enabled) {
}
