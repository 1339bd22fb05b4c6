package io.kosmos.tracing.autoconfigure.sampling;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.kosmos.tracing.autoconfigure.sampling.SamplingProperties.Remote;
import io.kosmos.tracing.autoconfigure.sampling.SamplingProperties.Remote.Protocol;
import okhttp3.Call;
import okhttp3.Credentials;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Asks Jaeger for the strategies of a service, over gRPC or HTTP. An answer has
 * {@value #MAX_ANSWER} bytes at most, as with gRPC in general. Redirects are not
 * followed, for the headers may hold keys.
 */
final class SamplingClient implements AutoCloseable {

	static final int MAX_ANSWER = 4 * 1024 * 1024;

	private static final String KEY = "kosmos.tracing.sampling.remote";

	private static final String GRPC_PATH = "/jaeger.api_v2.SamplingManager/GetSamplingStrategy";

	private static final int FRAME = 5;

	private final boolean isGrpc;

	private final Duration timeout;

	private final HttpUrl url;

	private final Request request;

	private @Nullable OkHttpClient client;

	private volatile @Nullable Call call;

	private volatile boolean closed;

	/**
	 * Create a client, which connects when it is used.
	 * @param properties whom to ask, and how
	 * @param serviceName the service to ask for
	 * @throws InvalidConfigurationPropertyValueException if the URL is none
	 */
	SamplingClient(Remote properties, String serviceName) {
		this.isGrpc = properties.protocol() == Protocol.GRPC;
		this.timeout = properties.timeout();
		HttpUrl endpoint = endpoint(properties);
		this.url = endpoint.newBuilder().username("").password("").query(null).build();
		Headers headers = headers(properties.headers(), endpoint);
		this.request = this.isGrpc ? grpc(endpoint, headers, serviceName) : http(endpoint, headers, serviceName);
	}

	private HttpUrl endpoint(Remote properties) {
		String text = (properties.endpoint() != null) ? properties.endpoint()
				: this.isGrpc ? "http://localhost:5779" : "http://localhost:5778/api/sampling";
		HttpUrl endpoint = HttpUrl.parse(text);
		if (endpoint == null) {
			throw new InvalidConfigurationPropertyValueException(KEY + ".endpoint", SamplingProperties.masked(text),
					"It must be an http or https URL with a host.");
		}
		if (this.isGrpc) {
			return endpoint.newBuilder().encodedPath(GRPC_PATH).query(null).build();
		}
		return endpoint.encodedPath().equals("/") ? endpoint.newBuilder().encodedPath("/api/sampling").build()
				: endpoint;
	}

	private static Headers headers(Map<String, String> properties, HttpUrl endpoint) {
		Headers.Builder headers = new Headers.Builder();
		if (!endpoint.username().isEmpty()) {
			headers.set("Authorization", Credentials.basic(endpoint.username(), endpoint.password()));
		}
		properties.forEach(headers::set);
		return headers.build();
	}

	private static Request grpc(HttpUrl endpoint, Headers headers, String service) {
		byte[] name = service.getBytes(StandardCharsets.UTF_8);
		ByteBuffer message = ByteBuffer.allocate(2 * FRAME + 1 + name.length).position(FRAME);
		message.put((byte) 10);
		int length = name.length;
		while (length > Byte.MAX_VALUE) {
			message.put((byte) (length | ~Byte.MAX_VALUE));
			length >>>= 7;
		}
		message.put((byte) length).put(name).putInt(1, message.position() - FRAME).flip();
		byte[] body = new byte[message.remaining()];
		message.get(body);
		return new Request.Builder().url(endpoint)
			.headers(headers.newBuilder().set("TE", "trailers").removeAll("grpc-accept-encoding").build())
			.post(RequestBody.create(body, MediaType.get("application/grpc")))
			.build();
	}

	private static Request http(HttpUrl endpoint, Headers headers, String service) {
		return new Request.Builder().url(endpoint.newBuilder().setQueryParameter("service", service).build())
			.headers(headers)
			.build();
	}

	/**
	 * Return who is asked, without what is secret.
	 */
	String displayName() {
		return this.isGrpc ? this.url.newBuilder().encodedPath("/").build().toString() : this.url.toString();
	}

	/**
	 * Ask.
	 * @return the strategies
	 * @throws IOException if there is no answer, with a message for a log
	 * @throws InvalidStrategiesException if anything in the answer is wrong
	 */
	ServiceStrategies ask() throws IOException, InvalidStrategiesException {
		Call call = client().newCall(this.request);
		this.call = call;
		if (this.closed) {
			call.cancel();
		}
		try (Response response = call.execute()) {
			byte[] body = body(response);
			return this.isGrpc ? SamplingAnswer.protobuf(unframed(response, body)) : SamplingAnswer.json(body);
		}
		catch (InterruptedIOException ex) {
			throw new IOException("There was no answer within " + this.timeout.toMillis() + " ms.", ex);
		}
		catch (IOException ex) {
			String message = String.valueOf(ex.getMessage());
			// That is how an answer of HTTP/1.1 looks, and one of HTTP/2 to who asks by
			// 1.1.
			if (message.startsWith("FRAME_SIZE_ERROR") || message.startsWith("Unexpected status line")) {
				throw new IOException("It speaks another protocol: check the URL and the protocol.", ex);
			}
			throw ex;
		}
		finally {
			this.call = null;
			if (this.closed) {
				evictConnections();
			}
		}
	}

	private synchronized OkHttpClient client() {
		if (this.client == null) {
			OkHttpClient.Builder builder = new OkHttpClient.Builder().callTimeout(this.timeout)
				.connectTimeout(this.timeout)
				.readTimeout(Duration.ZERO)
				.followRedirects(false)
				.followSslRedirects(false);
			if (this.isGrpc) {
				builder.protocols(this.url.isHttps() ? List.of(okhttp3.Protocol.HTTP_2, okhttp3.Protocol.HTTP_1_1)
						: List.of(okhttp3.Protocol.H2_PRIOR_KNOWLEDGE));
			}
			this.client = builder.build();
		}
		return this.client;
	}

	private static byte[] body(Response response) throws IOException, InvalidStrategiesException {
		if (response.code() != 200) {
			throw new IOException("It answers with HTTP " + response.code() + ".");
		}
		BufferedSource source = response.body().source();
		if (source.request(MAX_ANSWER + 1L)) {
			throw new InvalidStrategiesException("the answer has more than " + MAX_ANSWER + " bytes.");
		}
		return source.readByteArray();
	}

	private static byte[] unframed(Response response, byte[] body) throws IOException, InvalidStrategiesException {
		String header = response.header("grpc-status");
		String status = (header != null) ? header : response.trailers().get("grpc-status");
		if (status == null) {
			throw new IOException("The answer is not one of gRPC: check the URL and the protocol.");
		}
		if (!status.equals("0")) {
			throw new IOException("It answers with gRPC status " + InvalidStrategiesException.clean(status) + ".");
		}
		if (body.length < FRAME || body[0] != 0 || ByteBuffer.wrap(body).getInt(1) != body.length - FRAME) {
			throw new InvalidStrategiesException("the answer is not one message without compression.");
		}
		return Arrays.copyOfRange(body, FRAME, body.length);
	}

	@Override
	public void close() {
		this.closed = true;
		Call current = this.call;
		if (current != null) {
			current.cancel();
		}
		evictConnections();
	}

	private synchronized void evictConnections() {
		if (this.client != null) {
			this.client.connectionPool().evictAll();
		}
	}

}
