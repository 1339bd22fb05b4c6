package io.kosmos.tracing.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What the user of a real application reads after a bad value.
 */
@ExtendWith(OutputCaptureExtension.class)
class InvalidPropertyFailureAnalyzerTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					sampling.probability           | 1.5               | It must be from 0.0 to 1.0.
					sampling.probability           | -0.1              | It must be from 0.0 to 1.0.
					sampling.probability           | NaN               | It must be from 0.0 to 1.0.
					sampling.probability           | Infinity          | It must be from 0.0 to 1.0.
					sampling.rate-limit            | -1                | It must be a number of traces per second from 0 on
					sampling.rate-limit            | NaN               | It must be a number of traces per second from 0 on
					sampling.rate-limit            | Infinity          | It must be a number of traces per second from 0 on
					sampling.sampler               | probability       | It needs kosmos.tracing.sampling.probability.
					sampling.sampler               | rate-limit        | It needs kosmos.tracing.sampling.rate-limit.
					sampling.sampler               | strategies        | It needs kosmos.tracing.sampling.strategies.file.
					sampling.caller.rate-limit     | -0.5              | It must be a number of traces per second from 0 on
					sampling.strategies.reload-interval | 99ms         | It must be from 100 milliseconds to 1 day.
					sampling.strategies.reload-interval | -1s          | It must be from 100 milliseconds to 1 day.
					sampling.strategies.reload-interval | 25h          | It must be from 100 milliseconds to 1 day.
					sampling.remote.interval       | 0s                | It must be from 100 milliseconds to 1 day.
					sampling.remote.interval       | 25h               | It must be from 100 milliseconds to 1 day.
					sampling.remote.timeout        | 0s                | It must be from 1 milliseconds to 1 day.
					sampling.remote.timeout        | 25h               | It must be from 1 milliseconds to 1 day.
					sampling.remote.endpoint       | ''                | It must be an http or https URL with a host
					sampling.remote.endpoint       | jaeger:5779       | It must be an http or https URL with a host
					sampling.remote.endpoint       | ftp://jaeger      | It must be an http or https URL with a host
					sampling.remote.endpoint       | http://a b        | It must be an http or https URL with a host
					sampling.remote.endpoint       | http://a:99999    | It must be an http or https URL with a host
					sampling.remote.endpoint       | http://jaeger/api | It must have no path unless kosmos.tracing.sampling.remote.protocol is http.
					exporter.endpoint              | ''                | It must be an http or https URL with a host
					exporter.endpoint              | localhost:4317    | It must be an http or https URL with a host
					exporter.endpoint              | jaeger            | It must be an http or https URL with a host
					exporter.endpoint              | http://           | It must be an http or https URL with a host
					exporter.endpoint              | http:///v1/traces | It must be an http or https URL with a host
					exporter.endpoint              | ftp://jaeger:4317 | It must be an http or https URL with a host
					exporter.endpoint              | http://a b        | It must be an http or https URL with a host
					exporter.endpoint              | http://a:99999    | It must be an http or https URL with a host
					exporter.endpoint              | http://a:0        | It must be an http or https URL with a host
					exporter.endpoint              | http://a:-1       | It must be an http or https URL with a host
					exporter.timeout               | 0s                | It must be longer than 0 and at most 1 hour.
					exporter.timeout               | -1s               | It must be longer than 0 and at most 1 hour.
					exporter.timeout               | 2h                | It must be longer than 0 and at most 1 hour.
					exporter.shutdown-timeout      | -1s               | It must be from 0 to 5 minutes.
					exporter.shutdown-timeout      | 301s              | It must be from 0 to 5 minutes.
					exporter.spool.max-size        | 1KB               | It must be at least 1MB.
					exporter.spool.max-age         | 0s                | It must be longer than 0 and at most 365 days.
					exporter.spool.max-age         | 366d              | It must be longer than 0 and at most 365 days.
					exporter.ssl.bundle            | nowhere           | It must be the name of an SSL bundle
					batch.queue-size               | 0                 | It must be at least 1.
					batch.queue-size               | -1                | It must be at least 1.
					batch.max-size                 | 0                 | It must be at least 1.
					batch.max-size                 | 300000            | at most kosmos.tracing.batch.queue-size, which is 262144
					batch.queue-bytes              | 63KB              | It must be at least 64KB.
					batch.max-bytes                | 63KB              | It must be from 64KB to 256MB.
					batch.max-bytes                | 257MB             | It must be from 64KB to 256MB.
					batch.delay                    | 0s                | It must be longer than 0 and at most 5 minutes.
					batch.delay                    | -1s               | It must be longer than 0 and at most 5 minutes.
					batch.delay                    | 301s              | It must be longer than 0 and at most 5 minutes.
					batch.export-timeout           | 0s                | It must be longer than 0.
					tail.probability               | 1.5               | It must be from 0.0 to 1.0.
					tail.probability               | NaN               | It must be from 0.0 to 1.0.
					tail.slow                      | 0s                | It must be longer than 0.
					tail.cost                      | -0.5              | It must be more than 0.
					tail.tokens                    | 0                 | It must be at least 1.
					tail.max-wait                  | 0s                | It must be longer than 0 and at most 1 hour.
					tail.max-wait                  | 2h                | It must be longer than 0 and at most 1 hour.
					tail.max-spans                 | 0                 | It must be at least 1.
					tail.max-traces                | -1                | It must be at least 1.
					tail.max-bytes                 | 1KB               | It must be at least 64KB.
					tail.decisions                 | 0                 | It must be at least 1.
					limits.attribute-value-length  | 0                 | It must be at least 1.
					limits.attributes              | -1                | It must be at least 1.
					limits.events                  | 0                 | It must be at least 1.
					limits.links                   | 0                 | It must be at least 1.
					limits.attributes-per-event    | 0                 | It must be at least 1.
					limits.attributes-per-link     | 0                 | It must be at least 1.
					guard.max-names-per-template   | 0                 | It must be from 1 to 10000.
					guard.max-names-per-template   | 10001             | It must be from 1 to 10000.
					guard.max-names-per-scope      | 0                 | It must be from 1 to 10000.
					guard.max-names-per-scope      | 10001             | It must be from 1 to 10000.
					guard.max-span-size            | 63KB              | It must be from 64KB to 256MB.
					guard.max-span-size            | 257MB             | It must be from 64KB to 256MB.
					guard.max-open-spans           | 0                 | It must be from 1 to 10000000.
					guard.max-open-spans           | 10000001          | It must be from 1 to 10000000.
					guard.open-span-timeout        | 999ms             | It must be from 1 second to 365 days.
					guard.open-span-timeout        | 366d              | It must be from 1 second to 365 days.
					content.max-length             | 0                 | It must be at least 1.
					content.max-length             | -1                | It must be at least 1.
					cost.location                  | classpath:no.csv  | It must be a file that can be read (FileNotFoundException).
					request.headers.tenant         | X Tenant          | It must be the name of a header, or empty.
					request.headers.user           | 'X-User:'         | It must be the name of a header, or empty.
					request.headers.conversation   | 'a,b'             | It must be the name of a header, or empty.
					request.headers.request        | ä                 | It must be the name of a header, or empty.
					baggage.keys                   | a=b               | It must be the keys of baggage entries
					baggage.hosts                  | '*'               | * alone would be every host.
					baggage.hosts                  | http://a          | It must be the names of hosts without scheme
					baggage.hosts                  | 'a:8080'          | It must be the names of hosts without scheme
					baggage.hosts                  | a.*.example       | It must be the names of hosts without scheme
					events.timeout                 | 0s                | It must be longer than 0 and at most 365 days.
					events.timeout                 | -1s               | It must be longer than 0 and at most 365 days.
					events.timeout                 | 366d              | It must be longer than 0 and at most 365 days.
					events.max-open                | 0                 | It must be at least 1.
					jdbc.connection-threshold      | -1ms              | It must not be negative.
					metrics.max-tag-values         | 0                 | It must be at least 1.
					rollup.hosts                   | http://a          | It must be the name or address of a host
					rollup.hosts                   | 'a:8080'          | It must be the name or address of a host
					rollup.hosts                   | '*'               | It must be the name or address of a host
					grpc.excluded-services         | Echo/Unary        | It must be the full names of services
					propagation.type               | ''                | It must name at least one of w3c, b3, b3-multi, jaeger.
					propagation.trust.networks     | localhost         | It must be networks such as 10.0.0.0/8
					propagation.trust.networks     | 10.0.0.0/33       | It must be networks such as 10.0.0.0/8
					propagation.trust.paths        | internal/**       | It must be patterns of paths that begin with a slash
					redaction.allow                | ' '               | It must hold no empty pattern. * stands for any characters.
					redaction.max-length           | 255               | It must be at least 256.
					""")
	void shouldNameKeyValueOriginAndWhatIsAllowed(String key, String value, String allowed, CapturedOutput output) {
		startFails("--kosmos.tracing." + key + "=" + value);
		assertThat(output)
			.contains("Invalid value '" + value + "' for configuration property 'kosmos.tracing." + key
					+ "' (from \"kosmos.tracing." + key + "\" from property source \"commandLineArgs\"). ")
			.contains(allowed)
			.contains("Change the value of 'kosmos.tracing." + key + "'.")
			.doesNotContain("\tat ");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					parent-based | false | caller.unsampled=decide | It must be true with kosmos.tracing.sampling.caller
					caller.rate-limit | 5.0 | caller.sampled=decide | It must not be set with
					rules[0].probability | 2.0 | rules[0].tenant=a | It must be from 0.0 to 1.0.
					rules[0].probability | NaN | rules[0].tenant=a | It must be from 0.0 to 1.0.
					rules[0].rate-limit | -1.0 | rules[0].tenant=a | It must be a number of traces per second from 0 on
					rules[0].route | orders | rules[0].probability=1 | It must be a path that begins with a slash
					rules[0].route | /a/{b:c} | rules[0].probability=1 | It must be a path that begins with a slash
					rules[0].tenant | '' | rules[0].probability=1 | It must be a text in which * stands for any characters.
					rules[0].attributes.a | '' | rules[0].probability=1 | It must be a text in which * stands for any characters.
					rules[0].name | '' | rules[0].probability=1 | It must be from 1 to 100 characters in one line.
					""")
	void shouldRefuseSamplingThatContradictsItself(String key, String value, String other, String reason,
			CapturedOutput output) {
		startFails("--kosmos.tracing.sampling." + key + "=" + value, "--kosmos.tracing.sampling." + other);
		assertThat(output)
			.contains("Invalid value '" + value + "' for configuration property 'kosmos.tracing.sampling." + key + "'")
			.contains(reason)
			.doesNotContain("\tat ");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			probability=0.5 | It must have a condition: service, span-name, route, kind, agent, tenant or attributes.
			tenant=acme     | It must have a probability, a rate-limit or both.
			""")
	void shouldRefuseARuleThatSaysTooLittle(String property, String reason, CapturedOutput output) {
		startFails("--kosmos.tracing.sampling.rules[0]." + property);
		assertThat(output)
			.contains("Invalid value '{" + property + "}' for configuration property"
					+ " 'kosmos.tracing.sampling.rules[0]'")
			.contains(reason);
	}

	@Test
	void shouldRefuseTwoRulesOfOneName(CapturedOutput output) {
		startFails("--kosmos.tracing.sampling.rules[0].name=a", "--kosmos.tracing.sampling.rules[0].tenant=x",
				"--kosmos.tracing.sampling.rules[0].probability=1", "--kosmos.tracing.sampling.rules[1].name=a",
				"--kosmos.tracing.sampling.rules[1].tenant=y", "--kosmos.tracing.sampling.rules[1].probability=1");
		assertThat(output)
			.contains("Invalid value 'a' for configuration property 'kosmos.tracing.sampling.rules[1].name'")
			.contains("It must not be the name of another rule.");
	}

	@Test
	void shouldRefuseAStrategiesFileBesideAProbability(CapturedOutput output) {
		startFails("--kosmos.tracing.sampling.probability=0.5",
				"--kosmos.tracing.sampling.strategies.file=classpath:strategies.json");
		assertThat(output).contains("for configuration property 'kosmos.tracing.sampling.strategies.file'")
			.contains("kosmos.tracing.sampling.sampler must say which of them decides.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "probability=0.5", "rate-limit=5", "strategies.file=classpath:strategies.json" })
	void shouldRefuseAnEndpointOfJaegerBesideAnotherSampler(String other, CapturedOutput output) {
		startFails("--kosmos.tracing.sampling.remote.endpoint=http://jaeger:5779",
				"--kosmos.tracing.sampling." + other);
		assertThat(output).contains("kosmos.tracing.sampling.sampler must say which of them decides.")
			.doesNotContain("\tat ");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			enabled                 | maybe   | java.lang.Boolean
			exporter.enabled        | maybe   | java.lang.Boolean
			log-correlation.enabled | maybe   | java.lang.Boolean
			context.executors       | maybe   | boolean
			context.executor-services | maybe | boolean
			context.scheduled-tasks | maybe   | boolean
			context.reactor         | maybe   | java.lang.Boolean
			sampling.enabled        | maybe   | boolean
			sampling.probability    | often   | java.lang.Double
			sampling.sampler        | often   | SamplingProperties$Base
			sampling.caller.sampled | never   | SamplingProperties$Caller$Choice
			exporter.protocol       | udp     | GRPC
			exporter.protocol       | udp     | HTTP
			exporter.compression    | zip     | GZIP
			exporter.timeout        | soon    | not a valid duration
			propagation.type        | zipkin  | B3_MULTI
			propagation.type        | zipkin  | W3C
			propagation.produce     | zipkin  | JAEGER
			propagation.consume     | zipkin  | JAEGER
			propagation.trust.unknown | maybe | boolean
			batch.delay             | soon    | not a valid duration
			batch.queue-size        | many    | java.lang.Integer
			batch.queue-bytes       | many    | DataSize
			exporter.spool.max-size | many    | DataSize
			exporter.shutdown-timeout | soon  | not a valid duration
			limits.attributes       | many    | java.lang.Integer
			request.mdc             | maybe   | boolean
			request.write-user-id   | maybe   | boolean
			console.format          | table   | TREE
			content.capture         | some    | TRUNCATED
			content.max-length      | long    | int
			cost.enabled            | maybe   | boolean
			metrics.enabled         | maybe   | boolean
			rollup.respond          | maybe   | boolean
			conventions             | w3c     | KOSMOS
			metrics.tenant          | maybe   | boolean
			metrics.max-tag-values  | many    | int
			cost.prices[0].input    | cheap   | java.math.BigDecimal
			events.timeout          | soon    | not a valid duration
			jdbc.transactions       | maybe   | boolean
			events.max-open         | many    | int
			events.include          | thought | MEMORY
			events.exclude          | thought | MEMORY
			http.jdk-client         | maybe   | boolean
			http.report-untraced    | maybe   | boolean
			rabbit.consumer         | parent  | CHILD
			kafka.consumer          | parent  | LINK
			nats.consumer           | parent  | LINK
			redaction.enabled       | maybe   | boolean
			redaction.max-length    | long    | int
			redaction.exception-messages | drop | MASK
			redaction.disabled-rules | names  | CARD_NUMBER
			redaction.rules[0].action | hide  | DROP
			""")
	void shouldNameKeyValueAndTypeWhenNotOfThatType(String key, String value, String allowed, CapturedOutput output) {
		startFails("--kosmos.tracing." + key + "=" + value);
		assertThat(output).containsPattern("Property: kosmos\\.tracing\\." + Pattern.quote(key) + "(\\[0])?\\R")
			.contains("Value: \"" + value + "\"")
			.contains(allowed)
			.doesNotContain("\tat ");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					provider     | ' '              | It must not be empty.
					model        | ''               | It must not be empty.
					input        | -0.01            | It must be a number from 0 to below 1000000000 with at most 12 decimal places.
					output       | 1e9              | It must be a number from 0 to below 1000000000 with at most 12 decimal places.
					cached-input | 1e-13            | It must be a number from 0 to below 1000000000 with at most 12 decimal places.
					currency     | usd              | It must be an ISO 4217 code in upper case, such as USD.
					currency     | XYZ              | It must be an ISO 4217 code in upper case, such as USD.
					""")
	void shouldNameKeyValueOriginAndWhatIsAllowedOfAPrice(String field, String value, String allowed,
			CapturedOutput output) {
		startFails(price(field, value));
		String key = "kosmos.tracing.cost.prices[0]." + field;
		assertThat(output)
			.contains("Description:\n\nInvalid value '" + value + "' for configuration property '" + key + "' (from \""
					+ key + "\" from property source \"commandLineArgs\"). " + allowed
					+ "\n\nAction:\n\nChange the value of '" + key + "'.\n")
			.doesNotContain("\tat ");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			name      | Customer | a.*   |        | It must be lower-case letters, digits and hyphens
			name      | email    | a.*   |        | It must not be the name of another rule
			keys      | ''       |       |        | It must hold patterns of keys unless
			keys      | ' '      | ' '   |        | It must hold no empty pattern.
			values[0] | (a       |       | (a     | It must be a regular expression of RE2
			values[0] | (?=a)    |       | (?=a)  | It must be a regular expression of RE2
			values[0] | a*       |       | a*     | It must be a regular expression that does not match the empty text.
			""")
	void shouldNameKeyValueAndWhatIsAllowedOfARedactionRule(String field, String value, @Nullable String keys,
			@Nullable String values, String allowed, CapturedOutput output) {
		String rule = "kosmos.tracing.redaction.rules[0].";
		List<String> arguments = new ArrayList<>();
		arguments.add("--" + rule + "name=" + (field.equals("name") ? value : "mine"));
		if (keys != null) {
			arguments.add("--" + rule + "keys[0]=" + keys);
		}
		if (values != null) {
			arguments.add("--" + rule + "values[0]=" + values);
		}
		startFails(arguments.toArray(String[]::new));
		assertThat(output).contains("Invalid value '" + value + "' for configuration property '" + rule + field + "'")
			.contains(allowed)
			.doesNotContain("\tat ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "provider", "model", "input", "output", "currency" })
	void shouldNameTheKeyThatAPriceMisses(String field, CapturedOutput output) {
		startFails(price(field, null));
		assertSaysThatAPriceMisses(field, output);
	}

	@Test
	void shouldSayThatAPriceIsNotMergedWhenTheCommandLineHasAPartOfIt(@TempDir Path directory, CapturedOutput output)
			throws IOException {
		Path file = Files.writeString(directory.resolve("prices.yaml"), """
				kosmos.tracing.cost.prices:
				  - { provider: acme, model: acme-1, input: 0.4711, output: 2, currency: USD }
				""");
		startFails("--spring.config.location=" + file.toUri(), "--kosmos.tracing.cost.prices[0].provider=acme",
				"--kosmos.tracing.cost.prices[0].model=acme-1", "--kosmos.tracing.cost.prices[0].output=3");
		assertSaysThatAPriceMisses("input", output);
		assertThat(output).doesNotContain("0.4711");
	}

	private static void assertSaysThatAPriceMisses(String field, CapturedOutput output) {
		String key = "kosmos.tracing.cost.prices[0]." + field;
		assertThat(output).contains("Description:\n\nConfiguration property '" + key + "' is missing. Each price needs"
				+ " provider, model, input, output and currency, and the list comes from one property source as a whole:"
				+ " what another one has of it is not added.\n\nAction:\n\nSet '" + key + "'.\n")
			.doesNotContain("\tat ");
	}

	private static String[] price(String field, @Nullable String value) {
		Map<String, String> price = new LinkedHashMap<>(
				Map.of("provider", "acme", "model", "acme-1", "input", "1", "output", "2", "currency", "USD"));
		price.remove(field);
		if (value != null) {
			price.put(field, value);
		}
		return price.entrySet()
			.stream()
			.map((entry) -> "--kosmos.tracing.cost.prices[0]." + entry.getKey() + "=" + entry.getValue())
			.toArray(String[]::new);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					endpoint                           | tempo:4317    | It must be an http or https URL with a host, such as http://localhost:4318.
					timeout                            | 2h            | It must be longer than 0 and at most 1 hour.
					batch.queue-size                   | 0             | It must be at least 1.
					batch.queue-bytes                  | 63KB          | It must be at least 64KB.
					batch.max-size                     | -1            | It must be at least 1.
					batch.max-bytes                    | 257MB         | It must be from 64KB to 256MB.
					batch.delay                        | 1h            | It must be longer than 0 and at most 5 minutes.
					filter.include.attributes.kosmos.x | ' '           | It must hold no empty pattern. * stands for any characters.
					""")
	void shouldNameKeyValueOriginAndWhatIsAllowedOfADestination(String field, String value, String allowed,
			CapturedOutput output) {
		String key = "kosmos.tracing.exporter.destinations.tempo." + field;
		String endpoint = field.equals("endpoint") ? value : "http://tempo:4318";
		startFails("--kosmos.tracing.exporter.destinations.tempo.endpoint=" + endpoint,
				field.equals("endpoint") ? "" : "--" + key + "=" + value);
		assertThat(output)
			.contains("Description:\n\nInvalid value '" + value + "' for configuration property '" + key + "' (from \""
					+ key + "\" from property source \"commandLineArgs\"). " + allowed
					+ "\n\nAction:\n\nChange the value of '" + key + "'.\n")
			.doesNotContain("\tat ");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			default | It must have other names as keys: default is the destination of kosmos.tracing.exporter.endpoint.
			Tempo   | It must have names of 1 to 64 characters out of a to z, 0 to 9 and - as keys.
			a_b     | It must have names of 1 to 64 characters out of a to z, 0 to 9 and - as keys.
			""")
	void shouldSayWhichNamesDestinationsHave(String name, String allowed, CapturedOutput output) {
		startFails("--kosmos.tracing.exporter.destinations." + name + ".endpoint=http://tempo:4318");
		assertThat(output)
			.contains("Description:\n\nInvalid value '" + name
					+ "' for configuration property 'kosmos.tracing.exporter.destinations'. " + allowed
					+ "\n\nAction:\n\nChange the value of 'kosmos.tracing.exporter.destinations'.\n")
			.doesNotContain("\tat ");
	}

	@Test
	void shouldNameTheEndpointThatADestinationMisses(CapturedOutput output) {
		startFails("--kosmos.tracing.exporter.destinations.tempo.timeout=1s");
		assertThat(output)
			.contains("Description:\n\nConfiguration property 'kosmos.tracing.exporter.destinations.tempo.endpoint' is"
					+ " missing. Each destination needs the URL of its OTLP receiver."
					+ "\n\nAction:\n\nSet 'kosmos.tracing.exporter.destinations.tempo.endpoint'.\n")
			.doesNotContain("\tat ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "exporter.headers.api-key", "exporter.headers.X-Api-Key",
			"exporter.destinations.tempo.headers.api-key", "sampling.remote.headers.api-key" })
	void shouldNotShowTheValueOfAHeader(String key, CapturedOutput output) {
		startFails("--kosmos.tracing.exporter.destinations.tempo.endpoint=http://tempo:4318",
				"--kosmos.tracing." + key + "=s3crät");
		assertThat(output)
			.contains("Description:\n\nInvalid value '******' for configuration property 'kosmos.tracing." + key)
			.contains("It must be one line of printable ASCII characters."
					+ "\n\nAction:\n\nChange the value of 'kosmos.tracing." + key + "'.\n")
			.doesNotContain("s3cr")
			.doesNotContain("\tat ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos.tracing.exporter.headers", "kosmos.tracing.exporter.destinations.tempo.headers",
			"kosmos.tracing.sampling.remote.headers", "management.opentelemetry.tracing.export.otlp.headers" })
	void shouldSayThatNamesOfHeadersAreKeys(String key, CapturedOutput output) {
		startFails("--kosmos.tracing.exporter.destinations.tempo.endpoint=http://tempo:4318",
				"--" + key + "=api-key=s3cret");
		assertThat(output)
			.contains("Description:\n\nInvalid value '******' for configuration property '" + key + "' (from \"" + key
					+ "\" from property source \"commandLineArgs\"). The names of headers are keys, such as '" + key
					+ ".api-key'.\n\nAction:\n\nSet one property for each header, such as '" + key + ".api-key'.\n")
			.doesNotContain("s3cret")
			.doesNotContain("\tat ");
	}

	@Test
	void shouldNotShowTheValueOfAHeaderThatCannotBeResolved(CapturedOutput output) {
		startFails("--kosmos.tracing.exporter.headers.api-key=s3cret${loop}", "--loop=${loop}");
		assertThat(output)
			.contains("Invalid value '******' for configuration property 'kosmos.tracing.exporter.headers.api-key'")
			.doesNotContain("s3cret")
			.doesNotContain("\tat ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-Gateway", "X-Gateway=", "X Gateway=s3cret", "X-Other=yes,s3cret" })
	void shouldNotShowTheHeadersOfATrustedCaller(String value, CapturedOutput output) {
		String key = "kosmos.tracing.propagation.trust.headers";
		startFails("--" + key + "=" + value);
		assertThat(output)
			.contains("Description:\n\nInvalid value '******' for configuration property '" + key + "' (from \"" + key
					+ "\" from property source \"commandLineArgs\"). It must be headers with their value, such as"
					+ " X-From-Gateway=yes.\n\nAction:\n\nChange the value of '" + key + "'.\n")
			.doesNotContain("s3cret")
			.doesNotContain("\tat ");
	}

	@Test
	void shouldNotShowWhatIsNoNameOfAHeaderOfRemoteSampling(CapturedOutput output) {
		startFails("--spring.application.json={\"kosmos.tracing.sampling.remote.headers[api-key=s3cret]\":\"s3cret\"}");
		assertThat(output)
			.contains("Invalid value '******' for configuration property 'kosmos.tracing.sampling.remote.headers'. It"
					+ " must have the names of headers as keys, such as api-key.")
			.doesNotContain("s3cret");
	}

	@ParameterizedTest
	@CsvSource({ "api key,api******", "api-key=s3cret,api-key******", "=s3cret,******" })
	void shouldNameTheHeaderThatIsNone(String name, String shown, CapturedOutput output) {
		startFails("--spring.application.json={\"kosmos.tracing.exporter.headers[" + name + "]\":\"s3cret\"}");
		assertThat(output)
			.contains("Description:\n\nInvalid value '" + shown + "' for configuration property"
					+ " 'kosmos.tracing.exporter.headers'. It must have the names of headers as keys, such as api-key."
					+ "\n\nAction:\n\nChange the value of 'kosmos.tracing.exporter.headers'.\n")
			.doesNotContain("s3cret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos.tracing.exporter.endpoint", "kosmos.tracing.exporter.destinations.tempo.endpoint",
			"kosmos.tracing.sampling.remote.endpoint", "management.opentelemetry.tracing.export.otlp.endpoint" })
	void shouldNotShowUserAndPasswordOfAUrl(String key, CapturedOutput output) {
		startFails("--" + key + "=https://user:s3/cr@et@tempo:4318");
		startFails("--" + key + "=https://user:s3cret@tempo:99999/?key=s3cret");
		assertThat(output)
			.contains("Description:\n\nInvalid value 'https://******@tempo:99999/?******' for configuration property '"
					+ key + "' (from \"" + key
					+ "\" from property source \"commandLineArgs\"). It must be an http or https URL"
					+ " with a host, such as http://localhost:" + (key.contains("remote") ? 5779 : 4318)
					+ ".\n\nAction:\n\nChange the value of '" + key + "'.\n")
			.doesNotContain("s3");
	}

	@ParameterizedTest
	@ValueSource(strings = { "user:s3cret@tempo:4318", "https:/user:s3cret@tempo", "https:user:s3cret@tempo",
			"s3cret:@tempo", "https://us\ner:s3\ncret@tempo:4318", "https://tempo:99999/?key=\ns3cret",
			"tempo?key=s3cret" })
	void shouldNotShowSecretsOfWhatIsNoUrl(String value, CapturedOutput output) {
		List<String> keys = List.of("kosmos.tracing.exporter.endpoint",
				"kosmos.tracing.exporter.destinations.tempo.endpoint", "kosmos.tracing.sampling.remote.endpoint",
				"management.opentelemetry.tracing.export.otlp.endpoint");
		keys.forEach((key) -> startFails("--" + key + "=" + value));
		assertThat(keys).allSatisfy((key) -> assertThat(output).containsPattern(
				"Invalid value '[^']*\\*{6}[^']*' for configuration property '" + Pattern.quote(key) + "'"));
		assertThat(output).contains("tempo").doesNotContain("s3").doesNotContain("\tat ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "user:s3cret@tempo", "http://user:s3\ncret@tempo", "http://tempo/?key=\ns3cret" })
	void shouldNotShowSecretsOfAUrlWhereNoneIsAllowed(String value, CapturedOutput output) {
		startFails("--kosmos.tracing.rollup.hosts=" + value);
		assertThat(output).containsPattern("Invalid value '[^']*\\*{6}[^']*' for configuration property")
			.contains("It must be the name or address of a host")
			.doesNotContain("s3");
	}

	@Test
	void shouldSayWhichPatternIsEmpty(CapturedOutput output) {
		startFails("--kosmos.tracing.exporter.destinations.tempo.endpoint=http://tempo:4318",
				"--kosmos.tracing.exporter.destinations.tempo.redact=a, ,b");
		assertThat(output).contains("for configuration property 'kosmos.tracing.exporter.destinations.tempo.redact'")
			.contains("It must hold no empty pattern. * stands for any characters.");
	}

	@Test
	void shouldSayWhichBundlesThereAre(CapturedOutput output) {
		startFails("--kosmos.tracing.exporter.ssl.bundle=nowhere",
				"--spring.ssl.bundle.pem.jaeger.truststore.type=PEM");
		assertThat(output)
			.contains("It must be the name of an SSL bundle below spring.ssl.bundle. There are [jaeger].");
	}

	@Test
	void shouldNameBootsKeyWhenTheValueIsBootsOrOfAVariable(CapturedOutput output) {
		startFails("--management.opentelemetry.tracing.export.otlp.endpoint=localhost:4317");
		assertThat(output)
			.contains("Invalid value 'localhost:4317' for configuration property"
					+ " 'management.opentelemetry.tracing.export.otlp.endpoint'")
			.contains("It must be an http or https URL with a host");
	}

	@Test
	void shouldSayWhatARuleOfTheTailBufferMisses(CapturedOutput output) {
		startFails("--kosmos.tracing.tail.rules[0].name=empty");
		assertThat(output).contains("Invalid value 'empty' for configuration property 'kosmos.tracing.tail.rules[0]'")
			.contains("It must say which spans it is for");
		startFails("--kosmos.tracing.tail.rules[0].kind=server");
		assertThat(output).contains("Configuration property 'kosmos.tracing.tail.rules[0].name' is missing.")
			.contains("It must be a name that no other rule has.");
	}

	@Test
	void shouldNameBootsKeyOfTheProbability(CapturedOutput output) {
		startFails("--management.tracing.sampling.probability=7");
		assertThat(output).contains("for configuration property 'management.tracing.sampling.probability'")
			.contains("It must be from 0.0 to 1.0.");
	}

	private static void startFails(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException().isThrownBy(() -> application.run(arguments).close());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
