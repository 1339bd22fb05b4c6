package io.kosmos.samples.gateway;

import java.util.Objects;

import io.kosmos.samples.gateway.ErrorResponse.Error;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Gives every error, Spring MVC's own included, the shape that OpenAI's clients expect.
 */
@RestControllerAdvice
class ApiExceptionHandler extends ResponseEntityExceptionHandler {

	@ExceptionHandler
	ResponseEntity<ErrorResponse> handle(ApiException ex) {
		// A caller that accepts only an event stream gets its errors as JSON all the
		// same.
		ResponseEntity.BodyBuilder response = ResponseEntity.status(ex.status())
			.contentType(MediaType.APPLICATION_JSON);
		if (ex.retryAfter() != null) {
			response.header(HttpHeaders.RETRY_AFTER, ex.retryAfter());
		}
		return response.body(ex.response());
	}

	@Override
	protected ResponseEntity<Object> createResponseEntity(@Nullable Object body, HttpHeaders headers,
			HttpStatusCode status, WebRequest request) {
		String message = (body instanceof ProblemDetail problem) ? problem.getDetail() : null;
		String type = status.is4xxClientError() ? "invalid_request_error" : "server_error";
		return ResponseEntity.status(status)
			.headers(headers)
			.contentType(MediaType.APPLICATION_JSON)
			.body(new ErrorResponse(
					new Error(Objects.requireNonNullElse(message, status.toString()), type, null, null)));
	}

}
