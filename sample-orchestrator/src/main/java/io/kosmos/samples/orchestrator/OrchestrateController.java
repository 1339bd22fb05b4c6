package io.kosmos.samples.orchestrator;

import java.util.List;

import io.kosmos.tracing.Spans;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The HTTP API: a message in, an answer out.
 */
@RestController
public class OrchestrateController {

	private static final Logger logger = LoggerFactory.getLogger(OrchestrateController.class);

	private final Zeus zeus;

	private final Spans spans;

	private final OrchestratorProperties properties;

	public OrchestrateController(Zeus zeus, Spans spans, OrchestratorProperties properties) {
		this.zeus = zeus;
		this.spans = spans;
		this.properties = properties;
	}

	/**
	 * Answer a message. What goes wrong is told as {@code application/problem+json}: 400
	 * for a message that is missing, blank, too long or no JSON; 422 for a model that the
	 * gateway does not know; 503 when the gateway or the database cannot be reached; 504
	 * when the gateway does not answer in time; 502 for any other failure of the gateway.
	 * @param request what is asked
	 * @param tenantId tenant that asks
	 * @param userId user that asks
	 * @return the answer
	 */
	@PostMapping("/api/v1/orchestrate")
	public Response orchestrate(@Valid @RequestBody Request request,
			@RequestHeader(name = "X-Tenant-Id", required = false) @Nullable String tenantId,
			@RequestHeader(name = "X-User-Id", required = false) @Nullable String userId) {
		if (request.message().length() > this.properties.maxMessageLength()) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"message: must not have more than %d characters".formatted(this.properties.maxMessageLength()));
		}
		Zeus.Answer answer = this.zeus.answer(request.message(), request.model(), tenantId, userId,
				request.sessionId());
		logger.info("Answered with {} sources and {} tokens", answer.sources().size(), answer.usage().totalTokens());
		return new Response(answer.route(), answer.text(), answer.usage(), Source.listOf(answer.sources()),
				request.sessionId(), this.spans.current().traceId());
	}

	/**
	 * What is asked.
	 *
	 * @param message the question
	 * @param sessionId conversation that the question belongs to
	 * @param model model that should answer, if not the configured one
	 */
	public record Request(@NotBlank String message, @Nullable String sessionId, @Nullable String model) {
	}

	/**
	 * What is answered.
	 *
	 * @param route the route that was taken
	 * @param answer text of the model
	 * @param usage tokens that the answer took
	 * @param sources passages that the model was given, best first
	 * @param sessionId the conversation, as it was asked
	 * @param traceId where to look the work up
	 */
	public record Response(Route route, String answer, LlmClient.Usage usage, List<Source> sources,
			@Nullable String sessionId, String traceId) {
	}

	/**
	 * A passage that the answer stands on.
	 *
	 * @param id id of the passage
	 * @param title its title
	 * @param score how well it matched
	 */
	public record Source(long id, String title, long score) {

		static List<Source> listOf(List<Athena.Passage> passages) {
			return passages.stream()
				.map((passage) -> new Source(passage.id(), passage.title(), passage.score()))
				.toList();
		}

	}

}
