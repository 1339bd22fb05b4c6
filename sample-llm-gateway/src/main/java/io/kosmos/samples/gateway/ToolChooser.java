package io.kosmos.samples.gateway;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Decides, by words alone, which tools an embedded model calls for a question and with
 * which arguments.
 * <ul>
 * <li>A function fits a question that has all words of its name, where a verb such as
 * get, find or search need not be said, or at least two words of its description.
 * <li>{@code tool_choice}: {@code auto} calls every function that fits, {@code required}
 * the one that fits best if none does, {@code none} none, and a named function is called
 * in any case. {@code parallel_tool_calls: false} leaves the first call only.
 * <li>Arguments are the required properties of the function's schema. A text is what the
 * question says besides the words of the function and of the property, or the whole
 * question; a number is the question's next number, else the schema's minimum, else 1; a
 * boolean is true; of an enum it is the value that the question names, else the first; an
 * array has one element. References in a schema are not followed.
 * </ul>
 */
final class ToolChooser {

	private static final Set<String> UNSAID = Set.of("get", "find", "list", "search", "fetch", "look", "up", "lookup",
			"read", "query", "call", "run", "execute", "calculate", "compute", "check", "show");

	private static final Pattern NUMBER = Pattern.compile("(?<![\\p{L}\\p{N}.-])-?\\d+(\\.\\d+)?");

	private final JsonMapper jsonMapper;

	ToolChooser(JsonMapper jsonMapper) {
		this.jsonMapper = jsonMapper;
	}

	/**
	 * Decide which tools are called.
	 * @param request the request that offers the tools
	 * @param question what the user asks
	 * @return the calls, none if the question is to be answered in text
	 * @throws ApiException if the request's choice of tools is not understood
	 */
	List<ToolCall> choose(ChatRequest request, String question) {
		List<Tool.Function> functions = request.tools()
			.stream()
			.map(Tool::function).<Tool.Function>mapMulti((function, found) -> {
				if (function != null) {
					found.accept(function);
				}
			})
			.toList();
		List<Tool.Function> chosen = chosen(request.toolChoice(), functions, question);
		return chosen.stream()
			.limit(Boolean.FALSE.equals(request.parallelToolCalls()) ? 1 : chosen.size())
			.map((function) -> ToolCall.of("call_" + UUID.randomUUID().toString().replace("-", ""), function.name(),
					this.jsonMapper.writeValueAsString(new Arguments(function, question).of(function.parameters()))))
			.toList();
	}

	private static List<Tool.Function> chosen(@Nullable Object choice, List<Tool.Function> functions, String question) {
		if (choice == null || choice.equals("auto")) {
			return fitting(functions, question);
		}
		if (choice.equals("none")) {
			return List.of();
		}
		if (functions.isEmpty()) {
			throw ApiException.invalidRequest("tool_choice needs tools", "tool_choice");
		}
		if (choice.equals("required")) {
			List<Tool.Function> fitting = fitting(functions, question);
			return fitting.isEmpty() ? List.of(best(functions, question)) : fitting;
		}
		if (choice instanceof Map<?, ?> named && named.get("function") instanceof Map<?, ?> function) {
			return functions.stream()
				.filter((offered) -> offered.name().equals(function.get("name")))
				.findFirst()
				.map(List::of)
				.orElseThrow(() -> ApiException.invalidRequest("tool_choice names a function that tools do not have",
						"tool_choice"));
		}
		throw ApiException.invalidRequest("tool_choice must be none, auto, required or name a function", "tool_choice");
	}

	private static List<Tool.Function> fitting(List<Tool.Function> functions, String question) {
		Set<String> asked = words(question);
		return functions.stream().filter((function) -> {
			Set<String> name = words(function.name());
			Set<String> said = name.stream().filter((word) -> !UNSAID.contains(word)).collect(Collectors.toSet());
			return (!name.isEmpty() && asked.containsAll(said.isEmpty() ? name : said))
					|| words(function.description()).stream().filter(asked::contains).count() >= 2;
		}).toList();
	}

	private static Tool.Function best(List<Tool.Function> functions, String question) {
		Set<String> asked = words(question);
		// Of several the first, which max() would not give.
		return functions.stream()
			.sorted(Comparator.comparingLong(
					(function) -> -words(function.name(), function.description()).filter(asked::contains).count()))
			.findFirst()
			.orElseThrow();
	}

	private static Set<String> words(@Nullable String text) {
		return Words.of(text).collect(Collectors.toSet());
	}

	private static Stream<String> words(@Nullable String... texts) {
		return Arrays.stream(texts).flatMap(Words::of).distinct();
	}

	/**
	 * Makes the arguments of one call.
	 */
	private static final class Arguments {

		private final Tool.Function function;

		private final String question;

		private final Iterator<BigDecimal> numbers;

		Arguments(Tool.Function function, String question) {
			this.function = function;
			this.question = question;
			this.numbers = NUMBER.matcher(question).results().map((found) -> new BigDecimal(found.group())).iterator();
		}

		Map<String, Object> of(@Nullable Map<?, ?> schema) {
			Map<String, Object> arguments = new LinkedHashMap<>();
			if (schema != null && schema.get("properties") instanceof Map<?, ?> properties
					&& schema.get("required") instanceof List<?> required) {
				properties.forEach((name, property) -> {
					if (required.contains(name)) {
						arguments.put(name.toString(), value(name.toString(), property));
					}
				});
			}
			return arguments;
		}

		private Object value(String name, @Nullable Object property) {
			Map<?, ?> schema = (property instanceof Map<?, ?> map) ? map : Map.of();
			List<?> values = (schema.get("enum") instanceof List<?> list)
					? list.stream().filter(Objects::nonNull).toList() : List.of();
			if (!values.isEmpty()) {
				String lowerCase = this.question.toLowerCase(Locale.ROOT);
				return values.stream()
					.filter((value) -> lowerCase.contains(value.toString().toLowerCase(Locale.ROOT)))
					.findFirst()
					.<Object>map((value) -> value)
					.orElse(values.get(0));
			}
			return switch (type(schema)) {
				case "integer" -> number(schema).toBigInteger();
				case "number" -> number(schema);
				case "boolean" -> true;
				case "array" -> List.of(value(name, schema.get("items")));
				case "object" -> of(schema);
				default -> topic(name);
			};
		}

		// Strict schemas make a property optional by a list of types that has null.
		private static String type(Map<?, ?> schema) {
			Stream<?> types = (schema.get("type") instanceof List<?> list) ? list.stream()
					: Stream.ofNullable(schema.get("type"));
			return types.filter((type) -> type instanceof String && !type.equals("null"))
				.map(Object::toString)
				.findFirst()
				.orElse("string");
		}

		private BigDecimal number(Map<?, ?> schema) {
			if (this.numbers.hasNext()) {
				return this.numbers.next();
			}
			return (schema.get("minimum") instanceof Number minimum) ? new BigDecimal(minimum.toString())
					: BigDecimal.ONE;
		}

		private String topic(String name) {
			Set<String> known = words(this.function.name(), this.function.description(), name)
				.collect(Collectors.toSet());
			String topic = Arrays.stream(this.question.split("\\s+"))
				.map((word) -> word.replaceAll("^[^\\p{L}\\p{N}]+|[^\\p{L}\\p{N}]+$", ""))
				.filter((word) -> Words.of(word).anyMatch((part) -> !known.contains(part)))
				.collect(Collectors.joining(" "));
			return topic.isEmpty() ? this.question : topic;
		}

	}

}
