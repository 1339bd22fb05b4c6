package io.kosmos.tracing.autoconfigure.export;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of docs/destinations.md are what the application makes of them.
 */
class DestinationsDocumentTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "destinations.md");

	private static final Pattern BLOCK = Pattern.compile("(?<=```yaml\n).*?(?=```)", Pattern.DOTALL);

	@TempDir
	Path tls;

	@Test
	void shouldBeBoundAsThePageSays() throws Exception {
		writeCertificates();
		Map<String, List<String>> examples = new LinkedHashMap<>();
		for (String section : Files.readString(DOCUMENT).split("\n##+ ")) {
			String title = section.lines().findFirst().orElseThrow();
			for (MatchResult block : BLOCK.matcher(section).results().toList()) {
				examples.computeIfAbsent(title, (key) -> new ArrayList<>()).addAll(destinations(block.group()));
			}
		}
		Map<String, List<String>> expected = new LinkedHashMap<>();
		expected.put("Several receivers",
				List.of("default GRPC http://jaeger:4317 {}", "archive HTTP http://collector:4318/v1/traces {} GZIP",
						"tempo HTTP https://tempo.example:4318/v1/traces {x-scope-orgid=orders}"));
		expected.put("TLS and mutual TLS",
				List.of("gateway GRPC https://otel.internal.example:4317 {} ssl with a client's key"));
		expected.put("Only some of the spans", List.of("default GRPC http://jaeger:4317 {}",
				"langfuse HTTP https://cloud.langfuse.com/api/public/otel/v1/traces {} selection",
				"pager HTTP http://pager:4318/v1/traces {} selection", "tempo GRPC http://tempo:4317 {} selection"));
		expected.put("Jaeger", List.of("default GRPC http://jaeger:4317 {}"));
		expected.put("Tempo", List.of("tempo GRPC http://tempo:4317 {x-scope-orgid=orders}"));
		expected.put("Datadog",
				List.of("datadog GRPC http://localhost:4317 {}", "datadog HTTP https://otlp.datadoghq.com/v1/traces"
						+ " {dd-api-key=DD_API_KEY, dd-otlp-source=datadog} GZIP"));
		expected.put("New Relic",
				List.of("new-relic HTTP https://otlp.nr-data.net/v1/traces {api-key=NEW_RELIC_LICENSE_KEY} GZIP"));
		expected.put("Phoenix", List
			.of("phoenix HTTP http://phoenix:6006/v1/traces" + " {authorization=Bearer PHOENIX_API_KEY} selection"));
		expected.put("Langfuse", List.of("langfuse HTTP https://cloud.langfuse.com/api/public/otel/v1/traces"
				+ " {authorization=Basic LANGFUSE_AUTH, x-langfuse-ingestion-version=4} selection"));
		expected.put("OpenTelemetry Collector", List.of("collector GRPC https://collector:4317 {} GZIP ssl"));
		expected.put("Zipkin", List.of("zipkin GRPC http://collector:4317 {}"));
		assertThat(examples).containsExactlyEntriesOf(expected);
	}

	private List<String> destinations(String yaml) throws Exception {
		List<String> destinations = new ArrayList<>();
		if (yaml.startsWith("# of the collector")) {
			return destinations;
		}
		PropertySource<?> source = new YamlPropertySourceLoader()
			.load("example",
					new ByteArrayResource(
							yaml.replace("/etc/tls", this.tls.toString()).getBytes(StandardCharsets.UTF_8)))
			.get(0);
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
			.withUserConfiguration(DestinationsTests.Properties.class)
			// Each key has its own name as its value.
			.withPropertyValues("DD_API_KEY=DD_API_KEY", "NEW_RELIC_LICENSE_KEY=NEW_RELIC_LICENSE_KEY",
					"PHOENIX_API_KEY=PHOENIX_API_KEY", "LANGFUSE_AUTH=LANGFUSE_AUTH")
			.withInitializer((context) -> context.getEnvironment().getPropertySources().addLast(source))
			.run((context) -> Destinations
				.from(context.getEnvironment(), context.getBean(ExporterProperties.class),
						context.getBean(BatchProperties.class), context.getBean(OtlpTracingProperties.class), null,
						context.getBeanProvider(SslBundles.class))
				.forEach((destination) -> destinations.add(describe(destination))));
		assertThat(yaml.lines().filter((line) -> line.contains("endpoint:"))).hasSameSizeAs(destinations);
		return destinations;
	}

	private void writeCertificates() throws Exception {
		Path store = this.tls.resolve("store.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "client", "-keyalg", "EC", "-dname", "CN=client", "-storetype", "PKCS12",
				"-keystore", store.toString(), "-storepass", "changeit")
			.inheritIO()
			.start();
		assertThat(keytool.waitFor()).isZero();
		KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
		String certificate = pem("CERTIFICATE", keys.getCertificate("client").getEncoded());
		Files.writeString(this.tls.resolve("ca.crt"), certificate);
		Files.writeString(this.tls.resolve("client.crt"), certificate);
		Files.writeString(this.tls.resolve("client.key"),
				pem("PRIVATE KEY", keys.getKey("client", "changeit".toCharArray()).getEncoded()));
	}

	private static String pem(String type, byte[] content) {
		return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + type
				+ "-----\n";
	}

	private static String describe(DestinationSettings destination) {
		return destination.name() + " " + destination.protocol() + " " + destination.url() + " "
				+ new TreeMap<>(destination.headers())
				+ ((destination.compression() != ExporterProperties.Compression.NONE) ? " " + destination.compression()
						: "")
				+ describe(destination.sslBundle()) + ((destination.selection() != null) ? " selection" : "");
	}

	private static String describe(@Nullable SslBundle bundle) {
		if (bundle == null) {
			return "";
		}
		return (bundle.getStores().getKeyStore() != null) ? " ssl with a client's key" : " ssl";
	}

}
