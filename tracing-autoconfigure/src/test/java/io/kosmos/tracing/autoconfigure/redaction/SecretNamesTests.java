package io.kosmos.tracing.autoconfigure.redaction;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.semconv.HttpAttributes;
import io.opentelemetry.semconv.incubating.GenAiIncubatingAttributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SecretNamesTests {

	@ParameterizedTest
	@ValueSource(strings = { "password", "PASSWORD", "db.password", "dbPassword", "user_passwd", "pwd", "passphrase",
			"secret", "client_secret", "clientSecret", "clientsecret", "token", "access_token", "accessToken",
			"refreshtoken", "X-Auth-Token", "x-csrf-token", "http.request.header.authorization",
			"http.request.header.proxy-authorization", "http.request.header.cookie", "http.response.header.set-cookie",
			"http.request.header.x-api-key", "api_key", "apiKey", "APIKey", "apikey", "OPENAI_API_KEY", "openaiApiKey2",
			"access-key", "AWSAccessKeyId", "X-Amz-Security-Token", "X-Amz-Credential", "X-Amz-Signature",
			"X-Goog-Signature", "Signature", "sig", "private_key", "privateKeyPem", "credentials", "credential",
			"sessiontoken", "PHPSESSID", "APIkey", "token_result", "JSESSIONID", "session", "x-session",
			"session_token", "pin", "card.pin", "cvv", "cvv2", "cvc", "ssn", "otp", "jwt", "npm._auth", "license-key",
			"Ocp-Apim-Subscription-Key", "AccountKey", "SharedAccessKey", "db_pass", "card_number",
			"kosmos.tool.password" })
	void shouldKnowNamesOfSecrets(String name) {
		assertThat(SecretNames.contains(name)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "gen_ai.usage.input_tokens", "kosmos.llm.total_tokens", "max_tokens", "maxTokens",
			"totalTokens", "tokens", "token_type", "token.count", "tokenUsage", "tokenizer", "session.id",
			"mcp.session.id", "kosmos.websocket.session.id", "session.previous_id", "session_id", "sessionId",
			"session-id", "password_policy", "secret.name", "secretary", "author", "authority", "authentication.type",
			"auth.type", "key", "cache.key", "routing_key", "spinner", "pinned", "mapping", "shipping", "signal",
			"design", "sigma", "compass", "bypass", "passenger", "keyboard", "monkey",
			"http.request.header.content-type", "cookie_policy", "user.id", "discarded" })
	void shouldLetOtherNamesStand(String name) {
		assertThat(SecretNames.contains(name)).isFalse();
	}

	@Test
	void shouldLetEveryAttributeOfTheConventionsStand() throws Exception {
		List<String> keys = new ArrayList<>();
		conventions(HttpAttributes.class, keys);
		conventions(GenAiIncubatingAttributes.class, keys);
		assertThat(keys).hasSizeGreaterThan(600);
		assertThat(keys).filteredOn(SecretNames::contains).isEmpty();
	}

	@Test
	void shouldLetOurAttributesStand() throws Exception {
		List<String> keys = new ArrayList<>();
		keys(KosmosAttributes.class, keys);
		keys(GenAiAttributes.class, keys);
		assertThat(keys).hasSizeGreaterThan(80);
		assertThat(keys).filteredOn(SecretNames::contains).isEmpty();
	}

	// Of every class beside the one, in its JAR.
	private static void conventions(Class<?> one, List<String> keys) throws IOException, ReflectiveOperationException {
		String folder = one.getPackageName().replace('.', '/') + "/";
		try (JarFile jar = new JarFile(new File(one.getProtectionDomain().getCodeSource().getLocation().getPath()))) {
			for (String name : jar.stream().map((entry) -> entry.getName()).toList()) {
				if (name.startsWith(folder) && name.endsWith("Attributes.class")) {
					keys(Class.forName(name.substring(0, name.length() - 6).replace('/', '.')), keys);
				}
			}
		}
	}

	private static void keys(Class<?> type, List<String> keys) throws IllegalAccessException {
		for (Field field : type.getFields()) {
			if (field.get(null) instanceof AttributeKey<?> key) {
				keys.add(key.getKey());
			}
		}
	}

}
