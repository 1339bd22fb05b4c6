package io.kosmos.tracing.autoconfigure.http;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.TracingFailures;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

import org.springframework.http.client.observation.ClientHttpObservationDocumentation;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.http.client.observation.ClientRequestObservationConvention;
import org.springframework.http.client.observation.DefaultClientRequestObservationConvention;

/**
 * Observes calls of the JDK's client in the way Spring's clients are, so that spans and
 * metrics of all look alike. Thread-safe, and never throws.
 */
final class JdkClientObservations {

	private static final ClientRequestObservationConvention DEFAULT = new DefaultClientRequestObservationConvention();

	private final Supplier<ObservationRegistry> registry;

	private final Supplier<ClientRequestObservationConvention> convention;

	private final Supplier<Collection<String>> propagated;

	private final Supplier<TracingFailures> failures;

	/**
	 * Create the observations. All is asked for with the first call, since the client is
	 * made while other beans are not there yet.
	 * @param registry where they are made
	 * @param convention what they are called
	 * @param propagated the headers that carry a trace
	 * @param failures takes what goes wrong
	 */
	JdkClientObservations(Supplier<ObservationRegistry> registry,
			Supplier<ClientRequestObservationConvention> convention, Supplier<Collection<String>> propagated,
			Supplier<TracingFailures> failures) {
		this.registry = registry;
		this.convention = convention;
		this.propagated = propagated;
		this.failures = failures;
	}

	/**
	 * Start the observation of a call.
	 * @param method the method
	 * @param uri the target
	 * @param headers headers that the request has already
	 * @return the call, or {@code null} if it is not to be observed: a request that
	 * carries a trace comes from a client that is observed itself, such as a
	 * {@code RestClient} on top of this one
	 */
	@Nullable Call start(String method, URI uri, Map<String, List<String>> headers) {
		try {
			ObservationRegistry observationRegistry = this.registry.get();
			if (observationRegistry.isNoop()
					|| this.propagated.get().stream().anyMatch((field) -> contains(headers, field))) {
				return null;
			}
			JdkRequest request = new JdkRequest(method, uri);
			ClientRequestObservationContext context = new ClientRequestObservationContext(request);
			Observation observation = ClientHttpObservationDocumentation.HTTP_CLIENT_EXCHANGES
				.observation(this.convention.get(), DEFAULT, () -> context, observationRegistry);
			return observation.isNoop() ? null : new Call(observation.start(), context, request);
		}
		catch (Throwable ex) {
			this.failures.get().record("the start of a call of the JDK's HTTP client", ex);
			return null;
		}
	}

	private static boolean contains(Map<String, List<String>> headers, String field) {
		return headers.keySet().stream().anyMatch(field::equalsIgnoreCase);
	}

	/**
	 * A call that is observed.
	 */
	final class Call {

		private final Observation observation;

		private final ClientRequestObservationContext context;

		private final JdkRequest request;

		private Call(Observation observation, ClientRequestObservationContext context, JdkRequest request) {
			this.observation = observation;
			this.context = context;
			this.request = request;
		}

		Scope open() {
			TracingFailures problems = JdkClientObservations.this.failures.get();
			try {
				Observation.Scope scope = this.observation.openScope();
				return () -> {
					try {
						scope.close();
					}
					catch (Throwable ex) {
						problems.record("the scope of a call of the JDK's HTTP client", ex);
					}
				};
			}
			catch (Throwable ex) {
				problems.record("the scope of a call of the JDK's HTTP client", ex);
				return Scope.noop();
			}
		}

		/**
		 * Tell the headers that take the trace along.
		 */
		void propagate(BiConsumer<String, String> headers) {
			this.request.getHeaders().forEach((name, values) -> values.forEach((value) -> headers.accept(name, value)));
		}

		/**
		 * The request with the headers that take the trace along.
		 */
		HttpRequest traced(HttpRequest untraced) {
			try {
				HttpRequest.Builder builder = HttpRequest.newBuilder(untraced, (name, value) -> true);
				propagate(builder::setHeader);
				return builder.build();
			}
			catch (Throwable ex) {
				JdkClientObservations.this.failures.get()
					.record("the propagation of a trace by the JDK's HTTP client", ex);
				return untraced;
			}
		}

		void end(@Nullable JdkResponse response, @Nullable Throwable failure) {
			try {
				Throwable cause = (failure instanceof CompletionException && failure.getCause() != null)
						? failure.getCause() : failure;
				if (response != null) {
					this.context.setResponse(response);
				}
				if (cause instanceof CancellationException) {
					this.observation.highCardinalityKeyValue(
							KeyValue.of(KosmosAttributes.CANCELLED.getKey(), Boolean.TRUE.toString()));
				}
				else if (cause != null) {
					this.observation.error(cause);
				}
				this.observation.stop();
			}
			catch (Throwable ex) {
				JdkClientObservations.this.failures.get().record("the end of a call of the JDK's HTTP client", ex);
			}
		}

	}

}
