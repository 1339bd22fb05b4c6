package io.kosmos.samples.orchestrator;

import java.util.stream.Collectors;

import io.kosmos.tracing.Spans;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Tells every error as an RFC 9457 problem with the id of the trace that shows where it
 * broke.
 */
@RestControllerAdvice
public class Problems extends ResponseEntityExceptionHandler {

	private final Spans spans;

	public Problems(Spans spans) {
		this.spans = spans;
	}

	@ExceptionHandler
	@Nullable ResponseEntity<Object> unexpected(Exception ex, WebRequest request) {
		ProblemDetail problem = tell(ex);
		return handleExceptionInternal(ex, problem, new HttpHeaders(), HttpStatusCode.valueOf(problem.getStatus()),
				request);
	}

	/**
	 * Tell what went wrong, in the log and in the current span too.
	 * @param ex what went wrong
	 * @return the problem, as the caller may see it
	 */
	ProblemDetail tell(Exception ex) {
		ProblemDetail problem = problem(ex);
		if (HttpStatusCode.valueOf(problem.getStatus()).is5xxServerError()) {
			this.logger.warn("Answered with " + problem.getStatus() + ": " + problem.getDetail(), ex);
			// The server span sees no exception that has a handler.
			this.spans.current().error(ex);
		}
		problem.setProperty("trace_id", this.spans.current().traceId());
		return problem;
	}

	private static ProblemDetail problem(Exception ex) {
		if (ex instanceof GatewayException failure) {
			return ProblemDetail.forStatusAndDetail(failure.getStatus(), failure.getMessage());
		}
		if (ex instanceof DataAccessResourceFailureException) {
			return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, "The knowledge cannot be reached");
		}
		return ProblemDetail.forStatusAndDetail(HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong");
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(MethodArgumentNotValidException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		ex.getBody()
			.setDetail(ex.getFieldErrors()
				.stream()
				.map((error) -> error.getField() + ": " + error.getDefaultMessage())
				.collect(Collectors.joining(", ")));
		return super.handleMethodArgumentNotValid(ex, headers, status, request);
	}

	@Override
	protected ResponseEntity<Object> createResponseEntity(@Nullable Object body, HttpHeaders headers,
			HttpStatusCode status, WebRequest request) {
		if (body instanceof ProblemDetail problem) {
			problem.setProperty("trace_id", this.spans.current().traceId());
		}
		return super.createResponseEntity(body, headers, status, request);
	}

}
