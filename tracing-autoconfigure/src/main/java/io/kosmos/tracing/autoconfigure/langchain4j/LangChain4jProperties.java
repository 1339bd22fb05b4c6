package io.kosmos.tracing.autoconfigure.langchain4j;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the spans of LangChain4j.
 *
 * @param enabled Whether models, tools, retrievers, AI services and agents of LangChain4j
 * become spans.
 */
@ConfigurationProperties("kosmos.tracing.langchain4j")
record LangChain4jProperties(@DefaultValue("true") boolean enabled) {
}
