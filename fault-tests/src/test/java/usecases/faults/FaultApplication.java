package usecases.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.kosmos.tracing.Traced;
import io.kosmos.tracing.TracingSection;
import io.opentelemetry.api.trace.Tracer;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application that ends spans at a rate it is told, serves requests meanwhile, and
 * leaves behind which spans ended and what its ledger said in the end.
 */
@SpringBootApplication
public class FaultApplication {

	public static void main(String[] arguments) {
		ProcessHandle.current()
			.parent()
			.ifPresent((parent) -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1)));
		System.setProperty("spring.config.name", "faults");
		SpringApplication.run(FaultApplication.class, arguments);
	}

	@Bean
	NumberingSpanProcessor numbering(@Value("${faults.journal}") Path journal,
			@Value("${faults.first-number}") int firstNumber) throws IOException {
		return new NumberingSpanProcessor(Journal.open(journal), firstNumber);
	}

	@Bean
	Load load(Tracer tracer, NumberingSpanProcessor numbering) {
		return new Load(tracer, numbering);
	}

	/**
	 * Writes down what the actuator would say once the application has shut down.
	 */
	@Bean
	ApplicationRunner lastWords(List<TracingSection> sections, JsonMapper json,
			@Value("${faults.last-words}") Path file) {
		return (arguments) -> sections.stream()
			.filter((section) -> section.name().equals("delivery"))
			.findFirst()
			.ifPresent((section) -> SpringApplication.getShutdownHandlers().add(() -> write(section, json, file)));
	}

	private static void write(TracingSection section, JsonMapper json, Path file) {
		try {
			Files.write(file, json.writeValueAsBytes(section.read()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@RestController
	static class WorkController {

		private final Work work;

		WorkController(Work work) {
			this.work = work;
		}

		@GetMapping("/work")
		String work(@RequestParam(defaultValue = "0") long millis) throws InterruptedException {
			return this.work.take(millis);
		}

	}

	@Component
	static class Work {

		@Traced("work")
		String take(long millis) throws InterruptedException {
			Thread.sleep(millis);
			return "done";
		}

	}

}
