package io.kosmos.tracing.autoconfigure.export;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import javax.net.SocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Compression;
import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;
import io.opentelemetry.exporter.otlp.internal.OtlpUserAgent;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Credentials;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.GzipSink;
import okio.Okio;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;

/**
 * Sends OTLP as protobuf over HTTP, or over gRPC, by OkHttp. A request is sent once: only
 * where it is certain that the receiver did not get it, because the connection was closed
 * before, is it sent again at once. Redirects are not followed, for the headers hold
 * keys.
 */
final class OkHttpOtlpSender implements OtlpSender {

	private static final String GRPC_PATH = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

	private static final int MAX_ANSWER = 64 * 1024;

	private static final int MAX_IDLE_CONNECTIONS = 5;

	/**
	 * Shorter than the shortest time after which servers in use close a connection over
	 * which nothing comes, 5 seconds: a request that meets the closing is lost.
	 */
	private static final Duration KEEP_ALIVE = Duration.ofSeconds(4);

	/**
	 * Servers of grpc-java refuse a message that is too large, but neither read it nor
	 * reset its stream. What they said is read when nothing could be written for this
	 * time.
	 */
	private static final Duration MAX_STALL = Duration.ofSeconds(2);

	/** Shorter ones are no secrets, and would be struck out of ordinary words. */
	private static final int MIN_SECRET = 4;

	private final Protocol protocol;

	private final Compression compression;

	private final Duration timeout;

	private final HttpUrl url;

	private final Headers headers;

	private final MediaType contentType;

	private final AnswerReader answers;

	private final Set<Call> calls = ConcurrentHashMap.newKeySet();

	private volatile OkHttpClient client;

	private volatile boolean closed;

	/**
	 * Create a sender, which connects when it is used.
	 * @param settings where to send to, and how
	 * @throws IllegalArgumentException if the URL or a header is none
	 */
	OkHttpOtlpSender(DestinationSettings settings) {
		this.protocol = settings.protocol();
		this.compression = settings.compression();
		this.timeout = settings.timeout();
		this.url = url(settings);
		this.headers = headers(settings, this.url);
		this.contentType = MediaType.get(isGrpc() ? "application/grpc" : "application/x-protobuf");
		this.answers = new AnswerReader(this.url.newBuilder().username("").password("").query(null).build(),
				secrets(settings, this.url, this.headers));
		this.client = client(settings);
		if (settings.sslBundle() != null) {
			useSslBundle(settings.sslBundle());
		}
	}

	private boolean isGrpc() {
		return this.protocol == Protocol.GRPC;
	}

	private static HttpUrl url(DestinationSettings settings) {
		HttpUrl url = HttpUrl.parse(settings.url());
		if (url == null) {
			throw new IllegalArgumentException(
					"The URL of the destination '" + settings.name() + "' must be an http or https URL with a host.");
		}
		return (settings.protocol() == Protocol.GRPC) ? url.newBuilder().encodedPath(GRPC_PATH).query(null).build()
				: url;
	}

	private static Headers headers(DestinationSettings settings, HttpUrl url) {
		Headers.Builder headers = new Headers.Builder();
		headers.set("User-Agent", userAgent());
		if (!url.username().isEmpty()) {
			headers.set("Authorization", Credentials.basic(url.username(), url.password()));
		}
		settings.headers().forEach((name, value) -> set(headers, name, value, settings.name()));
		headers.removeAll("Content-Encoding");
		if (settings.protocol() == Protocol.GRPC) {
			headers.set("TE", "trailers");
			headers.removeAll("grpc-encoding");
		}
		if (settings.compression() == Compression.GZIP) {
			headers.set((settings.protocol() == Protocol.GRPC) ? "grpc-encoding" : "Content-Encoding", "gzip");
		}
		return headers.build();
	}

	private static void set(Headers.Builder headers, String name, String value, String destination) {
		try {
			headers.set(name, "");
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("The name of a header of the destination '" + destination
					+ "' is empty or has characters other than printable ASCII.");
		}
		try {
			headers.set(name, value);
		}
		catch (IllegalArgumentException ex) {
			// OkHttp's message has the value.
			throw new IllegalArgumentException("The value of the header '" + name + "' of the destination '"
					+ destination + "' has characters other than printable ASCII.");
		}
	}

	private static String userAgent() {
		String version = OkHttpOtlpSender.class.getPackage().getImplementationVersion();
		return "kosmos-tracing/" + ((version != null) ? version : "development") + " " + OtlpUserAgent.getUserAgent();
	}

	/**
	 * Collect what must not get into a log, even if a receiver repeats it, the longest
	 * first.
	 */
	private static Collection<String> secrets(DestinationSettings settings, HttpUrl url, Headers headers) {
		List<String> texts = new ArrayList<>(settings.headers().values());
		texts.addAll(headers.values("Authorization"));
		texts.addAll(List.of(url.username(), url.password()));
		for (int i = 0; i < url.querySize(); i++) {
			String value = url.queryParameterValue(i);
			texts.add((value != null) ? value : url.queryParameterName(i));
		}
		Set<String> secrets = new LinkedHashSet<>();
		for (String text : texts) {
			secrets.add(text);
			secrets.addAll(Arrays.asList(text.split("[\\s,;=]+")));
		}
		return secrets.stream()
			.filter((secret) -> secret.length() >= MIN_SECRET)
			.sorted((one, other) -> other.length() - one.length())
			.toList();
	}

	private static OkHttpClient client(DestinationSettings settings) {
		OkHttpClient.Builder client = new OkHttpClient.Builder().callTimeout(settings.timeout())
			.connectTimeout(settings.connectTimeout())
			.readTimeout(Duration.ZERO)
			.writeTimeout((settings.protocol() == Protocol.GRPC) ? stall(settings.timeout()) : Duration.ZERO)
			.followRedirects(false)
			.followSslRedirects(false)
			.socketFactory(new NoDelaySocketFactory())
			.connectionPool(new ConnectionPool(MAX_IDLE_CONNECTIONS, KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS));
		if (settings.protocol() == Protocol.GRPC) {
			client.protocols(
					settings.url().startsWith("https:") ? List.of(okhttp3.Protocol.HTTP_2, okhttp3.Protocol.HTTP_1_1)
							: List.of(okhttp3.Protocol.H2_PRIOR_KNOWLEDGE));
		}
		return client.build();
	}

	private static Duration stall(Duration timeout) {
		Duration half = timeout.dividedBy(2);
		return (half.compareTo(MAX_STALL) < 0) ? half : MAX_STALL;
	}

	/**
	 * Trust and identify by another bundle from now on. Calls under way end as they
	 * began.
	 * @param bundle the bundle
	 */
	void useSslBundle(SslBundle bundle) {
		OkHttpClient.Builder next = this.client.newBuilder();
		next.sslSocketFactory(bundle.createSslContext().getSocketFactory(), trustManager(bundle));
		SslOptions options = bundle.getOptions();
		ConnectionSpec.Builder tls = new ConnectionSpec.Builder(ConnectionSpec.MODERN_TLS);
		String[] protocols = options.getEnabledProtocols();
		if (protocols != null) {
			tls.tlsVersions(protocols);
		}
		String[] ciphers = options.getCiphers();
		if (ciphers != null) {
			tls.cipherSuites(ciphers);
		}
		next.connectionSpecs(List.of(tls.build(), ConnectionSpec.CLEARTEXT));
		this.client = next.build();
		this.client.connectionPool().evictAll();
	}

	private static X509TrustManager trustManager(SslBundle bundle) {
		for (TrustManager manager : bundle.getManagers().getTrustManagers()) {
			if (manager instanceof X509TrustManager trustManager) {
				return trustManager;
			}
		}
		throw new IllegalArgumentException("The SSL bundle has no trust manager for X.509 certificates.");
	}

	@Override
	public Answer send(List<byte[]> messages) {
		try {
			RequestBody body = body(messages);
			try {
				return exchange(body);
			}
			catch (IOException ex) {
				// Said by HTTP/2 of a request that was not processed at all.
				if (String.valueOf(ex.getMessage()).contains("REFUSED_STREAM")) {
					return exchange(body);
				}
				throw ex;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return failed(ex);
		}
		catch (Exception ex) {
			return failed(ex);
		}
	}

	private RequestBody body(List<byte[]> messages) throws IOException {
		List<byte[]> content = messages;
		if (this.compression == Compression.GZIP) {
			Buffer compressed = new Buffer();
			try (BufferedSink sink = Okio.buffer(new GzipSink(compressed))) {
				write(messages, sink);
			}
			content = List.of(compressed.readByteArray());
		}
		return new Body(this.contentType, content, isGrpc(), this.compression == Compression.GZIP);
	}

	private static void write(List<byte[]> messages, BufferedSink sink) throws IOException {
		for (byte[] message : messages) {
			// The whole at once would be copied before the first byte leaves.
			for (int start = 0; start < message.length; start += Body.PIECE) {
				sink.write(message, start, Math.min(Body.PIECE, message.length - start));
			}
		}
	}

	private Answer exchange(RequestBody body) throws IOException, InterruptedException {
		Call call = this.client.newCall(new Request.Builder().url(this.url).headers(this.headers).post(body).build());
		this.calls.add(call);
		try {
			if (this.closed) {
				call.cancel();
			}
			if (Thread.currentThread().isInterrupted()) {
				throw new InterruptedException();
			}
			try (Response response = call.execute()) {
				return answer(response);
			}
		}
		finally {
			this.calls.remove(call);
			if (this.closed) {
				this.client.connectionPool().evictAll();
			}
		}
	}

	private Answer answer(Response response) throws IOException {
		BufferedSource source = response.body().source();
		if (!isGrpc()) {
			return this.answers.http(response.code(), response.headers(), beginning(source));
		}
		if (response.header("grpc-status") != null) {
			return this.answers.grpc(response.code(), response.headers(), new byte[0], response.headers());
		}
		if (source.request(MAX_ANSWER + 1)) {
			return this.answers.grpc(response.code(), response.headers(), new byte[0], Headers.EMPTY);
		}
		byte[] body = source.readByteArray();
		return this.answers.grpc(response.code(), response.headers(), body, response.trailers());
	}

	/**
	 * Read at most {@value #MAX_ANSWER} bytes, or as many as come: the status said all
	 * that counts.
	 */
	private static byte[] beginning(BufferedSource source) throws IOException {
		try {
			source.request(MAX_ANSWER);
		}
		catch (IOException ex) {
			return source.getBuffer().readByteArray();
		}
		return source.getBuffer().readByteArray(Math.min(MAX_ANSWER, source.getBuffer().size()));
	}

	private Answer failed(Exception failure) {
		if (this.closed) {
			return this.answers.unavailable("The application ends.");
		}
		if (Thread.currentThread().isInterrupted()) {
			return this.answers.unavailable("The thread was interrupted.");
		}
		if (failure instanceof InterruptedIOException && "timeout".equals(failure.getMessage())) {
			return this.answers.unavailable("There was no answer within " + this.timeout.toMillis() + " ms.");
		}
		String text = describe(failure);
		return this.answers.unavailable(isOtherProtocol(failure, text)
				? "It does not understand: check the URL and the protocol. " + text : text);
	}

	/**
	 * Guess by OkHttp's words, which have no type of their own.
	 */
	private static boolean isOtherProtocol(Exception failure, String text) {
		return failure instanceof ProtocolException || text.contains("\\n not found")
				|| text.contains("FRAME_SIZE_ERROR") || text.contains("SETTINGS");
	}

	private static String describe(Exception failure) {
		Throwable cause = failure.getCause();
		return text(failure) + ((cause != null) ? " (" + text(cause) + ")" : "");
	}

	private static String text(Throwable failure) {
		String message = failure.getMessage();
		return (message != null && !message.isBlank()) ? message : failure.getClass().getSimpleName();
	}

	OkHttpClient client() {
		return this.client;
	}

	@Override
	public void close() {
		this.closed = true;
		this.calls.forEach(Call::cancel);
		this.client.connectionPool().evictAll();
	}

	/**
	 * What is sent. It says that it can be written once only, with which OkHttp repeats
	 * nothing that may have been read.
	 */
	private static final class Body extends RequestBody {

		private static final int PIECE = 8192;

		private static final int FRAME = 5;

		private final MediaType contentType;

		private final List<byte[]> content;

		private final boolean framed;

		private final boolean compressed;

		private final long length;

		private Body(MediaType contentType, List<byte[]> content, boolean framed, boolean compressed) {
			this.contentType = contentType;
			this.content = content;
			this.framed = framed;
			this.compressed = compressed;
			this.length = content.stream().mapToLong((bytes) -> bytes.length).sum();
		}

		@Override
		public @Nullable MediaType contentType() {
			return this.contentType;
		}

		@Override
		public long contentLength() {
			return this.length + (this.framed ? FRAME : 0);
		}

		@Override
		public boolean isOneShot() {
			return true;
		}

		@Override
		public void writeTo(BufferedSink sink) throws IOException {
			if (this.framed) {
				sink.writeByte(this.compressed ? 1 : 0);
				sink.writeInt((int) this.length);
			}
			write(this.content, sink);
		}

	}

	/**
	 * Makes sockets that send at once. With Nagle's algorithm the last part of a request
	 * waits for the receiver's delayed acknowledgement, which costs 40 ms on Linux.
	 */
	private static final class NoDelaySocketFactory extends SocketFactory {

		private final SocketFactory delegate = SocketFactory.getDefault();

		private static Socket noDelay(Socket socket) throws IOException {
			socket.setTcpNoDelay(true);
			return socket;
		}

		@Override
		public Socket createSocket() throws IOException {
			return noDelay(this.delegate.createSocket());
		}

		@Override
		public Socket createSocket(String host, int port) throws IOException {
			return noDelay(this.delegate.createSocket(host, port));
		}

		@Override
		public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
			return noDelay(this.delegate.createSocket(host, port, localHost, localPort));
		}

		@Override
		public Socket createSocket(InetAddress host, int port) throws IOException {
			return noDelay(this.delegate.createSocket(host, port));
		}

		@Override
		public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
				throws IOException {
			return noDelay(this.delegate.createSocket(address, port, localAddress, localPort));
		}

	}

}
