package io.kosmos.tracing.autoconfigure.span;

import java.io.IOException;
import java.net.URI;

import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Adds what a service tells of its models and tools to the sums of its caller.
 */
final class UsageInterceptor implements ClientHttpRequestInterceptor {

	private final RollupProperties properties;

	private final Failures failures;

	UsageInterceptor(RollupProperties properties, Failures failures) {
		this.properties = properties;
		this.failures = failures;
	}

	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		ClientHttpResponse response = execution.execute(request, body);
		add(this.properties, this.failures, request.getURI(), response.getHeaders().getFirst(UsageHeader.NAME),
				Context.current());
		return response;
	}

	static void add(RollupProperties properties, Failures failures, URI uri, @Nullable String header, Context context) {
		if (header == null || uri.getHost() == null || !properties.trusts(uri.getHost())) {
			return;
		}
		try {
			Operation.addRemote(context, UsageHeader.parse(header));
		}
		catch (Throwable ex) {
			failures.record("the header " + UsageHeader.NAME, ex);
		}
	}

}
