package io.kosmos.tracing.autoconfigure.redis;

import java.net.SocketAddress;
import java.util.function.Supplier;

import io.kosmos.tracing.TracingFailures;
import io.lettuce.core.tracing.TraceContext;
import io.lettuce.core.tracing.TraceContextProvider;
import io.lettuce.core.tracing.Tracer;
import io.lettuce.core.tracing.TracerProvider;
import io.lettuce.core.tracing.Tracing;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Takes a command's parent from where the command was given, as Lettuce writes it in
 * another thread, and makes its span when it is written. What observed commands before
 * goes on for its metrics. Thread-safe.
 */
final class CommandTracing implements Tracing {

	private static final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();

	private final Supplier<@Nullable OpenTelemetry> openTelemetry;

	private final Tracing observed;

	private final Supplier<@Nullable TracingFailures> failures;

	private final Tracer tracer = new CommandTracer();

	private volatile io.opentelemetry.api.trace.@Nullable Tracer spans;

	CommandTracing(Supplier<@Nullable OpenTelemetry> openTelemetry, Tracing observed,
			Supplier<@Nullable TracingFailures> failures) {
		this.openTelemetry = openTelemetry;
		this.observed = observed;
		this.failures = failures;
	}

	@Override
	public TracerProvider getTracerProvider() {
		return () -> this.tracer;
	}

	@Override
	public TraceContextProvider initialTraceContextProvider() {
		return Given.PROVIDER;
	}

	@Override
	public boolean isEnabled() {
		return true;
	}

	@Override
	public boolean includeCommandArgsInSpanTags() {
		return false;
	}

	@Override
	public Endpoint createEndpoint(SocketAddress socketAddress) {
		return new Server(socketAddress, this.observed.createEndpoint(socketAddress));
	}

	/**
	 * The tracer of command spans.
	 * @return the tracer, or {@code null} when there is no OpenTelemetry
	 */
	io.opentelemetry.api.trace.@Nullable Tracer spans() {
		io.opentelemetry.api.trace.Tracer spans = this.spans;
		if (spans == null) {
			OpenTelemetry openTelemetry = this.openTelemetry.get();
			if (openTelemetry != null) {
				spans = openTelemetry.getTracer("io.kosmos.tracing.redis");
				this.spans = spans;
			}
		}
		return spans;
	}

	void failed(String site, Throwable failure) {
		TracingFailures failures = this.failures.get();
		if (failures != null) {
			failures.record(site, failure);
		}
	}

	/**
	 * A server, and what it is to the observation.
	 *
	 * @param address its address
	 * @param observed what the observation calls it
	 */
	record Server(SocketAddress address, Endpoint observed) implements Endpoint {

	}

	private final class CommandTracer extends Tracer {

		@Override
		public Span nextSpan() {
			return nextSpan(TraceContext.EMPTY);
		}

		@Override
		public Span nextSpan(@Nullable TraceContext given) {
			Context parent = (given instanceof Given context) ? context.context() : Context.root();
			Tracing observed = CommandTracing.this.observed;
			Span observation = observed.isEnabled() ? observed.getTracerProvider().getTracer().nextSpan() : null;
			return new CommandSpan(CommandTracing.this, parent, observation);
		}

	}

	/**
	 * Where a command was given.
	 *
	 * @param context what was current there
	 */
	private record Given(Context context) implements TraceContext {

		static final TraceContextProvider PROVIDER = new TraceContextProvider() {

			@Override
			public TraceContext getTraceContext() {
				return new Given(Context.current());
			}

			@Override
			public Mono<TraceContext> getTraceContextLater() {
				return Mono.deferContextual((view) -> {
					try (ContextSnapshot.Scope ignored = snapshots.setThreadLocalsFrom(view)) {
						return Mono.just(getTraceContext());
					}
				});
			}

		};

	}

}
