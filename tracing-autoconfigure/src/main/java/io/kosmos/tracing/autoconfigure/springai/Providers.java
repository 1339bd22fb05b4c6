package io.kosmos.tracing.autoconfigure.springai;

/**
 * Names of providers.
 */
final class Providers {

	private Providers() {
	}

	/**
	 * The value of {@code gen_ai.provider.name} for what Spring AI calls a provider.
	 */
	static String conventional(String provider) {
		return switch (provider) {
			case "bedrock_converse" -> "aws.bedrock";
			case "google_genai" -> "gcp.gen_ai";
			case "vertex_ai" -> "gcp.vertex_ai";
			default -> provider;
		};
	}

}
