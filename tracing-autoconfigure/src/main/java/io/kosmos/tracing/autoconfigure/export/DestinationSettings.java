package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Compression;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Where a destination is and how it is served, with nothing left to default.
 *
 * @param name name of the destination
 * @param url URL of the receiver: with the path for HTTP, without one for gRPC
 * @param protocol protocol spoken there
 * @param headers headers of every request
 * @param compression compression of what is sent
 * @param timeout time that one request may take
 * @param connectTimeout time that a connection may take
 * @param sslBundle TLS of the connection, {@code null} for what the JDK trusts
 * @param sslBundleName name of the bundle, whose updates are followed
 * @param batch how spans are gathered
 * @param selection what the destination gets of a span: the span itself, less of it, or
 * {@code null} for nothing; {@code null} if it gets all spans as they are
 */
record DestinationSettings(String name, String url, Protocol protocol, Map<String, String> headers,
		Compression compression, Duration timeout, Duration connectTimeout, @Nullable SslBundle sslBundle,
		@Nullable String sslBundleName, Batch batch, @Nullable Function<SpanData, @Nullable SpanData> selection) {

	/**
	 * Describe the settings without what may hold a secret.
	 */
	@Override
	public String toString() {
		return "endpoint=" + displayUrl() + " protocol=" + this.protocol.name().toLowerCase(Locale.ROOT) + " headers="
				+ new TreeSet<>(this.headers.keySet()) + " compression=" + this.compression + " timeout=" + this.timeout
				+ " ssl=" + this.sslBundleName + " " + this.batch;
	}

	/**
	 * Return the name and the URL, as a log line says them.
	 */
	String displayName() {
		return "'" + this.name + "' at " + displayUrl();
	}

	/**
	 * Return the URL without what may hold a secret.
	 */
	String displayUrl() {
		return this.url.replaceAll("(?<=//)[^/@]*@|\\?.*$", "");
	}

	/**
	 * How spans are gathered.
	 *
	 * @param queueSize number of spans that may wait in memory
	 * @param queueBytes size of what may wait in memory
	 * @param maxSize number of spans of one request
	 * @param maxBytes size of one request before compression; a larger span goes alone
	 * @param delay time for which spans wait for others
	 */
	record Batch(int queueSize, long queueBytes, int maxSize, int maxBytes, Duration delay) {

	}

}
