package usecases;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The code of docs/agents.md is code that runs, and the trees beside it are those that it
 * produces. {@code -Dkosmos.docs.write=true} writes both anew.
 */
class AgentsDocumentTests {

	private static final Path DOCUMENT = Path.of("../docs/agents.md");

	private static final Path SOURCE = Path.of("src/test/java/usecases/AgentExamples.java");

	private static final Pattern BLOCK = Pattern.compile("(<!-- (code|tree): (\\w+) -->\n```\\w*\n)(.*?)(\n```)",
			Pattern.DOTALL);

	@Test
	void shouldShowCodeThatRunsAndTheTreesThatItProduces() throws IOException {
		Map<String, String> trees = new LinkedHashMap<>();
		trees.put("llm",
				tree((application) -> application.bean(AgentExamples.Completions.class).complete("Where is it?")));
		trees.put("agent", tree((application) -> application.bean(AgentExamples.Zeus.class).route("Where is it?")));
		trees.put("twin", tree((application) -> application.bean(AgentExamples.ByHand.class).route("Where is it?")));
		trees.put("stream",
				tree((application) -> application.bean(AgentExamples.Model.class)
					.stream("gpt-4o", "Where is it?")
					.blockLast()));
		trees.put("nested", tree((application) -> application.bean(AgentExamples.Athena.class).answer("Where is it?")));
		trees.put("workflow", tree((application) -> application.bean(AgentExamples.Maintenance.class).run("4711")));
		String document = Files.readString(DOCUMENT);
		String expected = BLOCK.matcher(document).replaceAll((block) -> {
			String content = block.group(2).equals("code") ? code(block.group(3)) : trees.get(block.group(3));
			assertThat(content).as("example '%s'", block.group(3)).isNotEmpty();
			return Matcher.quoteReplacement(block.group(1) + content + block.group(5));
		});
		if (Boolean.getBoolean("kosmos.docs.write")) {
			Files.writeString(DOCUMENT, expected);
		}
		else {
			assertThat(document).isEqualTo(expected);
		}
		assertThat(trees.keySet()).allSatisfy(
				(example) -> assertThat(document).contains("<!-- code: " + example).contains("<!-- tree: " + example));
	}

	private static String code(String example) {
		List<String> lines = new ArrayList<>();
		boolean inside = false;
		for (String line : read()) {
			if (line.strip().startsWith("// tag::") || line.strip().startsWith("// end::")) {
				inside = line.contains("::" + example + "[") ? line.contains("tag::") : inside;
			}
			else if (inside && !(line.isEmpty() && (lines.isEmpty() || lines.get(lines.size() - 1).isEmpty()))) {
				lines.add(line);
			}
		}
		return String.join("\n", lines)
			.stripIndent()
			.replace("\t", "    ")
			.replace("static class", "class")
			.stripTrailing();
	}

	private static List<String> read() {
		try {
			return Files.readAllLines(SOURCE);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String tree(Consumer<TracedApplication.Running> example) {
		StringBuilder tree = new StringBuilder();
		new TracedApplication(AgentExamples.class).run((application) -> {
			example.accept(application);
			List<SpanData> spans = application.ended()
				.stream()
				.sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
				.toList();
			print(spans, "0000000000000000", "", tree);
		});
		return tree.toString().stripTrailing();
	}

	private static void print(List<SpanData> spans, String parent, String indent, StringBuilder tree) {
		for (SpanData span : spans) {
			if (span.getParentSpanId().equals(parent)) {
				tree.append(indent)
					.append(span.getName())
					.append("  ")
					.append(span.getKind())
					.append((span.getStatus().getStatusCode() != StatusCode.UNSET)
							? " " + span.getStatus().getStatusCode() : "")
					.append('\n');
				attributes(span).forEach((key, value) -> tree.append(indent)
					.append("  · ")
					.append(key)
					.append(" = ")
					.append(key.contains("time_to") ? "(seconds)" : value)
					.append('\n'));
				if (!span.getEvents().isEmpty()) {
					tree.append(indent)
						.append("  · events: ")
						.append(span.getEvents().stream().map(EventData::getName).collect(Collectors.joining(", ")))
						.append('\n');
				}
				print(spans, span.getSpanId(), indent + "    ", tree);
			}
		}
	}

	private static Map<String, Object> attributes(SpanData span) {
		Map<String, Object> attributes = new TreeMap<>();
		span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
		attributes.keySet().removeIf((key) -> key.startsWith("gen_ai."));
		return attributes;
	}

}
