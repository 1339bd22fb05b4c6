package io.kosmos.tracing.autoconfigure.langchain4j;

import java.time.Duration;
import java.util.function.Supplier;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpClientBuilderLoader;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * Builds traced HTTP clients.
 */
final class TracedHttpClientBuilder implements HttpClientBuilder {

	private final SingletonSupplier<HttpClientBuilder> builder;

	private TracedHttpClientBuilder(Supplier<HttpClientBuilder> builder) {
		this.builder = SingletonSupplier.of(builder);
	}

	/**
	 * A builder of traced clients.
	 * @param builder builds the clients; {@code null} for LangChain4j's default
	 */
	static HttpClientBuilder of(@Nullable HttpClientBuilder builder) {
		if (builder == null) {
			return new TracedHttpClientBuilder(HttpClientBuilderLoader::loadHttpClientBuilder);
		}
		return new TracedHttpClientBuilder(() -> builder);
	}

	/**
	 * The client, traced unless it is already.
	 */
	static HttpClient trace(HttpClient client) {
		// Spring's are traced by Spring Boot.
		return (client instanceof TracedHttpClient
				|| client.getClass().getName().startsWith("dev.langchain4j.http.client.spring.")) ? client
						: new TracedHttpClient(client);
	}

	@Override
	public Duration connectTimeout() {
		return this.builder.obtain().connectTimeout();
	}

	@Override
	public HttpClientBuilder connectTimeout(Duration timeout) {
		this.builder.obtain().connectTimeout(timeout);
		return this;
	}

	@Override
	public Duration readTimeout() {
		return this.builder.obtain().readTimeout();
	}

	@Override
	public HttpClientBuilder readTimeout(Duration timeout) {
		this.builder.obtain().readTimeout(timeout);
		return this;
	}

	@Override
	public HttpClient build() {
		return trace(this.builder.obtain().build());
	}

}
