package io.kosmos.samples.orchestrator;

import java.util.List;
import java.util.function.Consumer;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kosmos.tracing.Cost;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.Spans;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The HTTP API: a message in, an answer out. What goes wrong is told as
 * {@code application/problem+json}: 400 for a message that is missing, blank, too long or
 * no JSON; 422 for a model that the gateway does not know; 503 when the gateway or the
 * database cannot be reached; 504 when the gateway does not answer in time; 502 for any
 * other failure of the gateway.
 */
@RestController
public class OrchestrateController {

	private static final Logger logger = LoggerFactory.getLogger(OrchestrateController.class);

	private final Zeus zeus;

	private final RequestContext context;

	private final Spans spans;

	private final Problems problems;

	private final AsyncTaskExecutor executor;

	private final OrchestratorProperties properties;

	public OrchestrateController(Zeus zeus, RequestContext context, Spans spans, Problems problems,
			AsyncTaskExecutor executor, OrchestratorProperties properties) {
		this.zeus = zeus;
		this.context = context;
		this.spans = spans;
		this.problems = problems;
		this.executor = executor;
		this.properties = properties;
	}

	/**
	 * Answer a message.
	 * @param request what is asked
	 * @return the answer, with status 202 when it began a workflow
	 */
	@PostMapping("/api/v1/orchestrate")
	public ResponseEntity<Response> orchestrate(@Valid @RequestBody Request request) {
		check(request);
		Response response = answer(request, null);
		return ResponseEntity.status((response.workflow() != null) ? HttpStatus.ACCEPTED : HttpStatus.OK)
			.body(response);
	}

	/**
	 * Answer a message while the answer is being made: events {@code chunk} with a
	 * {@link Chunk}, then one event {@code answer} with the {@link Response}. What goes
	 * wrong after the first chunk is told as an event {@code error} with the problem.
	 * @param request what is asked
	 * @return the events
	 */
	@PostMapping(path = "/api/v1/orchestrate/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	public SseEmitter stream(@Valid @RequestBody Request request) {
		check(request);
		EventStream events = new EventStream();
		this.executor.execute(() -> {
			try {
				events.send("answer", answer(request, (text) -> events.send("chunk", new Chunk(text))));
				events.complete();
			}
			catch (Exception ex) {
				events.fail(ex, this.problems);
			}
		});
		return events;
	}

	private void check(Request request) {
		if (request.message().length() > this.properties.maxMessageLength()) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"message: must not have more than %d characters".formatted(this.properties.maxMessageLength()));
		}
	}

	private Response answer(Request request, @Nullable Consumer<String> listener) {
		Zeus.Answer answer = this.context.conversation(request.sessionId())
			.in(() -> this.zeus.answer(request.message(), request.model(), listener));
		Reply reply = answer.reply();
		logger.info("Answered with {} sources and {} tokens", reply.sources().size(),
				reply.spending().usage().totalTokens());
		return new Response(answer.route(), reply.text(), reply.spending().usage(), reply.spending().cost(),
				Source.listOf(reply.sources()), reply.workOrders(),
				(reply.maintenance() != null) ? Workflow.of(reply.maintenance()) : null, request.sessionId(),
				this.spans.current().traceId());
	}

	/**
	 * What is asked.
	 *
	 * @param message the question
	 * @param sessionId conversation that the question belongs to
	 * @param model model that should answer, if not that of the route
	 */
	public record Request(@NotBlank String message, @Nullable String sessionId, @Nullable String model) {
	}

	/**
	 * A piece of an answer.
	 *
	 * @param text what it adds
	 */
	public record Chunk(String text) {
	}

	/**
	 * What is answered. What is not known is absent.
	 *
	 * @param route the route that was taken
	 * @param answer text of the model
	 * @param usage tokens that the answer took
	 * @param cost what they cost, if the price of the model is known
	 * @param sources passages that the model was given, best first
	 * @param workOrders work orders that were opened
	 * @param workflow the workflow that was begun, if one was
	 * @param sessionId the conversation, as it was asked
	 * @param traceId where to look the work up
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Response(Route route, String answer, Chat.Usage usage, @Nullable Cost cost, List<Source> sources,
			List<WorkOrder> workOrders, @Nullable Workflow workflow, @Nullable String sessionId, String traceId) {
	}

	/**
	 * A passage that the answer stands on.
	 *
	 * @param id id of the passage
	 * @param title its title
	 * @param score how well it matched
	 */
	public record Source(long id, String title, long score) {

		static List<Source> listOf(List<Passage> passages) {
			return passages.stream()
				.map((passage) -> new Source(passage.id(), passage.title(), passage.score()))
				.toList();
		}

	}

}
