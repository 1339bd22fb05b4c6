package io.kosmos.tracing.autoconfigure.http;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

import io.kosmos.tracing.autoconfigure.http.JdkClientObservations.Call;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * The JDK's client with a span of each call, from the request to the body as the body
 * handler gives it, and of the handshake of each WebSocket. Futures are those of the
 * client itself, so that cancelling one cancels the call.
 */
final class TracedHttpClient extends HttpClient implements ClientLifecycle {

	private final HttpClient delegate;

	private final JdkClientObservations observations;

	TracedHttpClient(HttpClient delegate, JdkClientObservations observations) {
		this.delegate = delegate;
		this.observations = observations;
	}

	@Override
	public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> bodyHandler)
			throws IOException, InterruptedException {
		Call call = start(request);
		if (call == null) {
			return this.delegate.send(request, bodyHandler);
		}
		JdkResponse received = null;
		Throwable failure = null;
		try (Scope ignored = call.open()) {
			HttpResponse<T> response = this.delegate.send(call.traced(request), bodyHandler);
			received = new JdkResponse(response);
			return response;
		}
		catch (Throwable ex) {
			failure = ex;
			throw ex;
		}
		finally {
			call.end(received, failure);
		}
	}

	@Override
	public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> bodyHandler) {
		return sendTraced(request, (traced) -> this.delegate.sendAsync(traced, bodyHandler));
	}

	@Override
	public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> bodyHandler,
			@Nullable PushPromiseHandler<T> pushPromiseHandler) {
		return sendTraced(request, (traced) -> this.delegate.sendAsync(traced, bodyHandler, pushPromiseHandler));
	}

	private <T> CompletableFuture<HttpResponse<T>> sendTraced(HttpRequest request, Sender<T> sender) {
		Call call = start(request);
		if (call == null) {
			return sender.send(request);
		}
		try (Scope ignored = call.open()) {
			CompletableFuture<HttpResponse<T>> future = sender.send(call.traced(request));
			future.whenComplete(
					(response, failure) -> call.end((response != null) ? new JdkResponse(response) : null, failure));
			return future;
		}
		catch (Throwable ex) {
			call.end(null, ex);
			throw ex;
		}
	}

	private @Nullable Call start(HttpRequest request) {
		return this.observations.start(request.method(), request.uri(), request.headers().map());
	}

	@Override
	public WebSocket.Builder newWebSocketBuilder() {
		return new TracedWebSocketBuilder(this.delegate::newWebSocketBuilder, this.observations);
	}

	@Override
	public Optional<CookieHandler> cookieHandler() {
		return this.delegate.cookieHandler();
	}

	@Override
	public Optional<Duration> connectTimeout() {
		return this.delegate.connectTimeout();
	}

	@Override
	public Redirect followRedirects() {
		return this.delegate.followRedirects();
	}

	@Override
	public Optional<ProxySelector> proxy() {
		return this.delegate.proxy();
	}

	@Override
	public SSLContext sslContext() {
		return this.delegate.sslContext();
	}

	@Override
	public SSLParameters sslParameters() {
		return this.delegate.sslParameters();
	}

	@Override
	public Optional<Authenticator> authenticator() {
		return this.delegate.authenticator();
	}

	@Override
	public Version version() {
		return this.delegate.version();
	}

	@Override
	public Optional<Executor> executor() {
		return this.delegate.executor();
	}

	@Override
	public void close() {
		invoke("close");
	}

	@Override
	public void shutdown() {
		invoke("shutdown");
	}

	@Override
	public void shutdownNow() {
		invoke("shutdownNow");
	}

	@Override
	public boolean isTerminated() {
		return Boolean.TRUE.equals(invoke("isTerminated"));
	}

	@Override
	public boolean awaitTermination(Duration duration) throws InterruptedException {
		Method method = ReflectionUtils.findMethod(HttpClient.class, "awaitTermination", Duration.class);
		try {
			return method != null && Boolean.TRUE.equals(method.invoke(this.delegate, duration));
		}
		catch (InvocationTargetException ex) {
			if (ex.getTargetException() instanceof InterruptedException interruption) {
				throw interruption;
			}
			throw new UndeclaredThrowableException(ex.getTargetException());
		}
		catch (IllegalAccessException ex) {
			throw new UndeclaredThrowableException(ex);
		}
	}

	private @Nullable Object invoke(String name) {
		Method method = ReflectionUtils.findMethod(HttpClient.class, name);
		return (method != null) ? ReflectionUtils.invokeMethod(method, this.delegate) : null;
	}

	@Override
	public String toString() {
		return "traced " + this.delegate;
	}

	private interface Sender<T> {

		CompletableFuture<HttpResponse<T>> send(HttpRequest request);

	}

}
