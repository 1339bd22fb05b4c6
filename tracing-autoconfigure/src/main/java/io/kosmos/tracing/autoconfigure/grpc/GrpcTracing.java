package io.kosmos.tracing.autoconfigure.grpc;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.kosmos.tracing.TracingFailures;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.trace.IdGenerator;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * Starts the spans of calls. OpenTelemetry is asked for with the first call, since what
 * it exports with may need a channel itself. Thread-safe; no method throws.
 */
final class GrpcTracing {

	private static final List<String> INFRASTRUCTURE = List.of("grpc.health.v1.Health",
			"grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
			"grpc.channelz.v1.Channelz");

	private static final AttributeKey<String> SYSTEM_NAME = AttributeKey.stringKey("rpc.system.name");

	private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");

	private static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");

	private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");

	private final SingletonSupplier<OpenTelemetry> openTelemetry;

	private final SingletonSupplier<Boolean> tracedByOthers;

	private final Set<String> excludedServices;

	private final boolean messageEvents;

	private final TracingFailures failures;

	/**
	 * Create the starter of spans.
	 * @param openTelemetry where spans and propagators come from
	 * @param tracedByOthers whether the application traces its calls by other means
	 * @param properties which calls are traced, and how
	 * @param failures takes what goes wrong here
	 */
	GrpcTracing(Supplier<OpenTelemetry> openTelemetry, BooleanSupplier tracedByOthers, GrpcProperties properties,
			TracingFailures failures) {
		this.openTelemetry = SingletonSupplier.of(openTelemetry);
		this.tracedByOthers = SingletonSupplier.of(tracedByOthers::getAsBoolean);
		Set<String> excluded = new HashSet<>(INFRASTRUCTURE);
		excluded.addAll(properties.excludedServices());
		this.excludedServices = Set.copyOf(excluded);
		this.messageEvents = properties.messageEvents();
		this.failures = failures;
	}

	boolean isOff() {
		try {
			return this.tracedByOthers.obtain();
		}
		catch (RuntimeException ex) {
			this.failures.record("a gRPC call", ex);
			return true;
		}
	}

	boolean isExcluded(MethodDescriptor<?, ?> method) {
		String service = method.getServiceName();
		return service != null && this.excludedServices.contains(service);
	}

	/**
	 * Start the span of a call that came in.
	 * @return the span, of an excluded service one that records nothing and lets nothing
	 * below it be recorded; {@code null} if that failed
	 */
	@Nullable CallSpan serve(ServerCall<?, ?> call, Metadata headers) {
		try {
			MethodDescriptor<?, ?> method = call.getMethodDescriptor();
			Context current = Context.current().with(new CurrentCall(SpanKind.SERVER, method.getFullMethodName()));
			if (isExcluded(method)) {
				Span span = unsampled();
				return new CallSpan(span, current.with(span), false, this.failures);
			}
			Context parent = extract(current, new IncomingMetadata(call, headers));
			Span span = span(method, SpanKind.SERVER, CallTarget.of(call.getAuthority())).setParent(parent).startSpan();
			CallSpan callSpan = new CallSpan(span, parent.with(span), this.messageEvents, this.failures);
			callSpan.peer(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
			return callSpan;
		}
		catch (Throwable ex) {
			this.failures.record("the start of a gRPC call that came in", ex);
			return null;
		}
	}

	/**
	 * Start the span of a call that goes out, and write the trace into its metadata.
	 * @return the span, {@code null} if that failed
	 */
	@Nullable CallSpan call(MethodDescriptor<?, ?> method, @Nullable String authority, Metadata headers) {
		try {
			Context current = Context.current().with(new CurrentCall(SpanKind.CLIENT, method.getFullMethodName()));
			CallTarget target = CallTarget.of(authority);
			Span span = span(method, SpanKind.CLIENT, target).setParent(current).startSpan();
			Context context = current.with(span);
			inject(context, new OutgoingMetadata(headers, target));
			return new CallSpan(span, context, this.messageEvents, this.failures);
		}
		catch (Throwable ex) {
			this.failures.record("the start of a gRPC call that goes out", ex);
			return null;
		}
	}

	private Context extract(Context context, IncomingMetadata carrier) {
		try {
			return propagator().extract(context, carrier, IncomingMetadata.GETTER);
		}
		catch (RuntimeException ex) {
			this.failures.record("the metadata of a gRPC call that came in", ex);
			return context;
		}
	}

	private void inject(Context context, OutgoingMetadata carrier) {
		try {
			propagator().inject(context, carrier, OutgoingMetadata.SETTER);
		}
		catch (RuntimeException ex) {
			this.failures.record("the metadata of a gRPC call that goes out", ex);
		}
	}

	private SpanBuilder span(MethodDescriptor<?, ?> method, SpanKind kind, @Nullable CallTarget target) {
		String name = method.getFullMethodName();
		SpanBuilder builder = this.openTelemetry.obtain()
			.getTracer("io.kosmos.tracing")
			.spanBuilder(name)
			.setSpanKind(kind)
			.setAttribute(SYSTEM_NAME, "grpc")
			.setAttribute(METHOD, name);
		if (target != null) {
			builder.setAttribute(SERVER_ADDRESS, target.host());
			if (target.port() != null) {
				builder.setAttribute(SERVER_PORT, target.port());
			}
		}
		return builder;
	}

	private TextMapPropagator propagator() {
		return this.openTelemetry.obtain().getPropagators().getTextMapPropagator();
	}

	private static Span unsampled() {
		IdGenerator ids = IdGenerator.random();
		return Span.wrap(SpanContext.create(ids.generateTraceId(), ids.generateSpanId(), TraceFlags.getDefault(),
				TraceState.getDefault()));
	}

}
