package io.kosmos.tracing.autoconfigure.http;

import java.io.OutputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

/**
 * A request of the JDK's client as observations of Spring's clients know it. Its headers
 * are only those that are added; the client itself sends the rest.
 */
final class JdkRequest implements ClientHttpRequest {

	private final HttpMethod method;

	private final URI uri;

	private final HttpHeaders added = new HttpHeaders();

	private final Map<String, Object> attributes = new HashMap<>();

	JdkRequest(String method, URI uri) {
		this.method = HttpMethod.valueOf(method);
		this.uri = uri;
	}

	@Override
	public HttpMethod getMethod() {
		return this.method;
	}

	@Override
	public URI getURI() {
		return this.uri;
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.added;
	}

	@Override
	public Map<String, Object> getAttributes() {
		return this.attributes;
	}

	@Override
	public OutputStream getBody() {
		throw new UnsupportedOperationException("The JDK's client sends the body");
	}

	@Override
	public ClientHttpResponse execute() {
		throw new UnsupportedOperationException("The JDK's client sends the request");
	}

}
