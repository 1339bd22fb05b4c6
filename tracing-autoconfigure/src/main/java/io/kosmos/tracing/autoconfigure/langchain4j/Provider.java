package io.kosmos.tracing.autoconfigure.langchain4j;

import java.util.Locale;
import java.util.Map;

import dev.langchain4j.model.ModelProvider;
import org.jspecify.annotations.Nullable;

/**
 * Providers as LangChain4j names them and as the OpenTelemetry conventions do.
 */
final class Provider {

	private static final Map<String, String> NAMES = Map.ofEntries(Map.entry("AMAZON_BEDROCK", "aws.bedrock"),
			Map.entry("AZURE_OPEN_AI", "azure.ai.openai"), Map.entry("GITHUB_MODELS", "azure.ai.inference"),
			Map.entry("GOOGLE_AI_GEMINI", "gcp.gemini"), Map.entry("GOOGLE_GENAI", "gcp.gen_ai"),
			Map.entry("GOOGLE_VERTEX_AI_ANTHROPIC", "gcp.vertex_ai"),
			Map.entry("GOOGLE_VERTEX_AI_GEMINI", "gcp.vertex_ai"), Map.entry("MICROSOFT_FOUNDRY", "azure.ai.inference"),
			Map.entry("OPEN_AI", "openai"), Map.entry("OTHER", "_OTHER"), Map.entry("WATSONX", "ibm.watsonx.ai"));

	private Provider() {
	}

	/**
	 * The value of {@code gen_ai.provider.name}. What the conventions have no value for
	 * keeps its name in lower case.
	 */
	static String name(@Nullable ModelProvider provider) {
		String name = (provider != null) ? provider.name() : "OTHER";
		return NAMES.getOrDefault(name, name.toLowerCase(Locale.ROOT));
	}

}
