package io.kosmos.samples.endtoend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.kosmos.tracing.servers.JaegerServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The script of the demo, as a newcomer runs it.
 */
class DemoTests {

	private static final String UNREACHABLE = "http://127.0.0.1:1";

	@TempDir
	Path directory;

	@Test
	void shouldPrintTheTraceAndStopBothServicesWhenInterrupted() throws Exception {
		Process demo = start(UNREACHABLE, UNREACHABLE);
		List<ProcessHandle> services = new ArrayList<>();
		try {
			Awaitility.await()
				.atMost(Duration.ofMinutes(3))
				.until(() -> output().contains("Ctrl-C") || !demo.isAlive());
			assertThat(output()).containsPattern("""
					-- trace \\p{XDigit}{32}
					.*/api/v1/orchestrate/stream  SERVER  orchestrator .*
					└─ invoke_agent zeus  INTERNAL  orchestrator .*kosmos.route.decision=chat.*
					   └─ .*  CLIENT  orchestrator .*
					      └─ .*/v1/chat/completions  SERVER  llm-gateway .*
					         └─ chat kosmos-mini  CLIENT  llm-gateway .*gen_ai.response.time_to_first_chunk=.*
					""")
				.containsPattern("""
						-- trace \\p{XDigit}{32}
						.*/api/v1/orchestrate  SERVER  orchestrator .*
						└─ invoke_agent zeus  INTERNAL  orchestrator .*kosmos.route.decision=knowledge.*
						   └─ invoke_agent athena  INTERNAL  orchestrator .*
						      ├─ retrieval athena-docs  CLIENT  orchestrator .*search.result_count=\\d.*
						      │  └─ SELECT .*  CLIENT  orchestrator .*db.query.text=select .*
						      └─ .*  CLIENT  orchestrator .*
						         └─ .*/v1/chat/completions  SERVER  llm-gateway .*
						            └─ chat kosmos-mini  CLIENT  llm-gateway .*gen_ai.usage.input_tokens=\\d+.*
						""")
				.containsPattern("""
						   └─ invoke_agent hermes  INTERNAL  orchestrator .*kosmos.tool.calls=1.*
						""")
				.containsPattern("─ invoke_agent hephaestus  INTERNAL  orchestrator ")
				.containsPattern("""
						-- trace \\p{XDigit}{32}, which goes on after the response: .*
						.*
						.*
						   └─ invoke_workflow maintenance .*kosmos.workflow.termination_reason=completed
						""")
				.containsPattern("kosmos.llm.cost=0\\.0000\\d+")
				.doesNotContainPattern("=\\d\\.\\d+E-\\d")
				.doesNotContain("In Jaeger");
			assertThat(output().lines()).filteredOn((line) -> line.matches("20[02] .+"))
				.hasSize(4)
				.allMatch((line) -> line.length() < 200);
			demo.descendants().forEach(services::add);
			assertThat(services).hasSize(2).allMatch(ProcessHandle::isAlive);
		}
		finally {
			demo.destroy();
			assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
		}
		Awaitility.await().until(() -> services.stream().noneMatch(ProcessHandle::isAlive));
	}

	@Test
	void whenJaegerRunsShouldSendItTheTraceToo() throws Exception {
		try (JaegerServer jaeger = JaegerServer.start(this.directory)) {
			Process demo = start(jaeger.query().toString(), jaeger.otlp("http").toString(), "--once");
			assertThat(demo.waitFor(3, TimeUnit.MINUTES)).isTrue();
			assertThat(demo.exitValue()).as(output()).isZero();
			List<MatchResult> links = Pattern.compile("In Jaeger: (\\S+)/trace/(\\p{XDigit}{32})")
				.matcher(output())
				.results()
				.toList();
			assertThat(links).as(output())
				.hasSize(4)
				.allMatch((link) -> link.group(1).equals(jaeger.query().toString()));
			jaeger.awaitTrace(links.get(1).group(2), (trace) -> trace.outline().equals(Samples.ANSWERED));
		}
	}

	@Test
	void whenOptionIsUnknownShouldSayWhatThereIs() throws Exception {
		Process demo = start(UNREACHABLE, UNREACHABLE, "--twice");
		assertThat(demo.waitFor(1, TimeUnit.MINUTES)).isTrue();
		assertThat(demo.exitValue()).isEqualTo(2);
		assertThat(output()).contains("--once");
	}

	private Process start(String jaeger, String otlp, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("repository.root"), "demo").toString(), "--no-build"));
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("demo.log").toFile());
		builder.environment()
			.putAll(Map.of("JAVA_HOME", System.getProperty("java.home"), "DEMO_JAEGER_URL", jaeger, "DEMO_OTLP_URL",
					otlp));
		return builder.start();
	}

	private String output() throws IOException {
		return Files.readString(this.directory.resolve("demo.log"), StandardCharsets.UTF_8);
	}

}
