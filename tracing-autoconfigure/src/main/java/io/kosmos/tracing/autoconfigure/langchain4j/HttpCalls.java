package io.kosmos.tracing.autoconfigure.langchain4j;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.langchain4j.http.client.HttpRequest;
import io.kosmos.tracing.AddressedCarrier;
import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracingFailures;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.jspecify.annotations.Nullable;

/**
 * Opens the spans of the HTTP calls that a model makes, and sends the trace along. It
 * lives in the context of the call of the model, so that an HTTP client, which knows no
 * application, finds it. Names are those of the
 * <a href="https://opentelemetry.io/docs/specs/semconv/http/http-spans/">HTTP
 * conventions</a>.
 */
final class HttpCalls {

	static final AttributeKey<Long> STATUS_CODE = AttributeKey.longKey("http.response.status_code");

	private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");

	private static final AttributeKey<String> URL = AttributeKey.stringKey("url.full");

	private static final AttributeKey<String> ADDRESS = AttributeKey.stringKey("server.address");

	private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");

	private static final ContextKey<HttpCalls> KEY = ContextKey.named("kosmos.tracing.langchain4j.http");

	private final Supplier<Spans> spans;

	private final Supplier<TextMapPropagator> propagator;

	private final Supplier<TracingFailures> failures;

	HttpCalls(Supplier<Spans> spans, Supplier<TextMapPropagator> propagator, Supplier<TracingFailures> failures) {
		this.spans = spans;
		this.propagator = propagator;
		this.failures = failures;
	}

	static @Nullable HttpCalls in(Context context) {
		return context.get(KEY);
	}

	Context storeIn(Context context) {
		return context.with(KEY, this);
	}

	DetachedSpan start(HttpRequest request) {
		Spans.Builder span = this.spans.get()
			.span(request.method().name())
			.kind(SpanKind.CLIENT)
			.attribute(METHOD, request.method().name());
		describe(span, request.url());
		return span.start();
	}

	private static void describe(Spans.Builder span, String url) {
		try {
			URI uri = URI.create(url);
			String host = uri.getHost();
			if (host == null) {
				return;
			}
			boolean port = uri.getPort() != -1;
			// Without user and query, in which some providers take the key.
			span.attribute(URL, uri.getScheme() + "://" + host + (port ? ":" + uri.getPort() : "") + uri.getRawPath())
				.attribute(ADDRESS, host)
				.attribute(PORT, port ? (Long) (long) uri.getPort() : ("https".equals(uri.getScheme()) ? 443L : 80L));
		}
		catch (IllegalArgumentException ex) {
			// The client will refuse it.
		}
	}

	/**
	 * The request with what carries the trace to the server.
	 */
	HttpRequest withTrace(HttpRequest request, Context context) {
		Map<String, String> fields = new LinkedHashMap<>();
		try {
			this.propagator.get().inject(context, new Fields(request.url(), fields), (carrier, key, value) -> {
				if (carrier != null) {
					carrier.values().put(key, value);
				}
			});
		}
		catch (Throwable ex) {
			this.failures.get().record("the propagation of a trace by LangChain4j", ex);
			return request;
		}
		Map<String, List<String>> headers = new LinkedHashMap<>();
		request.headers().forEach((name, values) -> {
			if (fields.keySet().stream().noneMatch(name::equalsIgnoreCase)) {
				headers.put(name, values);
			}
		});
		fields.forEach((name, value) -> headers.put(name, new ArrayList<>(List.of(value))));
		return HttpRequest.builder()
			.method(request.method())
			.url(request.url())
			.headers(headers)
			.formDataFields(request.formDataFields())
			.formDataFiles(request.formDataFiles())
			.body(request.body())
			.build();
	}

	/**
	 * The fields that are added to a request.
	 *
	 * @param url where the request goes
	 * @param values the fields
	 */
	private record Fields(String url, Map<String, String> values) implements AddressedCarrier {

		@Override
		public @Nullable String host() {
			try {
				return URI.create(this.url).getHost();
			}
			catch (IllegalArgumentException ex) {
				return null;
			}
		}

	}

}
