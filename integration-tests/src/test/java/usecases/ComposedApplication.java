package usecases;

import java.util.List;
import java.util.stream.Stream;

import io.kosmos.tracing.Spans;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * Leaves one span, wherever Spring finds a place for it.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ComposedApplication {

	private static final List<String> USED = List.of("io.kosmos.", "org.springframework.boot.autoconfigure.",
			"org.springframework.boot.micrometer.", "org.springframework.boot.opentelemetry.",
			"org.springframework.boot.reactor.");

	static String withoutOthers() {
		return "spring.autoconfigure.exclude=" + String.join(",",
				ImportCandidates.load(AutoConfiguration.class, null)
					.getCandidates()
					.stream()
					.filter((name) -> USED.stream().noneMatch(name::startsWith))
					.toList());
	}

	public static void main(String[] arguments) {
		String[] all = Stream.concat(Stream.of(arguments), Stream.of("--" + withoutOthers())).toArray(String[]::new);
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(ComposedApplication.class)
			.web(WebApplicationType.NONE)
			.run(all)) {
			context.getBean(Spans.class).in("work", () -> System.out.println("working"));
		}
	}

}
