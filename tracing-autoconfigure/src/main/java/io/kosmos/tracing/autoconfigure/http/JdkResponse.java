package io.kosmos.tracing.autoconfigure.http;

import java.io.InputStream;
import java.net.http.HttpResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * A response to the JDK's client as observations of Spring's clients know it, without its
 * body, which belongs to the caller's body handler.
 */
final class JdkResponse implements ClientHttpResponse {

	private final int status;

	private final HttpHeaders headers = new HttpHeaders();

	JdkResponse(int status) {
		this.status = status;
	}

	JdkResponse(HttpResponse<?> response) {
		this(response.statusCode());
		response.headers().map().forEach(this.headers::addAll);
	}

	@Override
	public HttpStatusCode getStatusCode() {
		return HttpStatusCode.valueOf(this.status);
	}

	@Override
	public String getStatusText() {
		return "";
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public InputStream getBody() {
		return InputStream.nullInputStream();
	}

	@Override
	public void close() {
		// The body is not held here.
	}

}
