package io.kosmos.tracing.autoconfigure.redis;

import java.net.InetSocketAddress;
import java.util.concurrent.CancellationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.kosmos.tracing.KosmosAttributes;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CompleteableCommand;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.tracing.Tracer;
import io.lettuce.core.tracing.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The span of one command: from when it is written until its reply is there, the
 * connection fails, or nobody waits any longer. Attributes are those of the semantic
 * conventions for Redis.
 */
final class CommandSpan extends Tracer.Span {

	private static final AttributeKey<String> SYSTEM_NAME = AttributeKey.stringKey("db.system.name");

	private static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("db.namespace");

	private static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("db.operation.name");

	private static final AttributeKey<String> QUERY_TEXT = AttributeKey.stringKey("db.query.text");

	private static final AttributeKey<String> RESPONSE_STATUS_CODE = AttributeKey.stringKey("db.response.status_code");

	private static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");

	private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	/** The rest of an error may repeat arguments. */
	private static final Pattern ERROR_PREFIX = Pattern.compile("[A-Z]{2,32}(?= |$)");

	private static final int SHOWN_ARGUMENTS = 10;

	private final CommandTracing tracing;

	private final Context parent;

	private final Tracer.@Nullable Span observation;

	private CommandTracing.@Nullable Server server;

	CommandSpan(CommandTracing tracing, Context parent, Tracer.@Nullable Span observation) {
		this.tracing = tracing;
		this.parent = parent;
		this.observation = observation;
	}

	@Override
	public Tracer.Span remoteEndpoint(Tracing.Endpoint endpoint) {
		if (endpoint instanceof CommandTracing.Server traced) {
			this.server = traced;
			if (this.observation != null) {
				this.observation.remoteEndpoint(traced.observed());
			}
		}
		return this;
	}

	@Override
	public Tracer.Span start(RedisCommand<?, ?, ?> command) {
		Context context = Context.root();
		try {
			Span span = startSpan(command);
			if (span != null) {
				context = this.parent.with(span);
				((CompleteableCommand<?>) command)
					.onComplete((result, failure) -> end(span, command.getOutput(), failure));
			}
		}
		catch (RuntimeException ex) {
			this.tracing.failed("the start of a Redis command", ex);
		}
		if (this.observation != null) {
			try (Scope ignored = TracedCommandObservationHandler.traced(context).makeCurrent()) {
				this.observation.start(command);
			}
		}
		return this;
	}

	private @Nullable Span startSpan(RedisCommand<?, ?, ?> command) {
		Long database = SelectedDatabase.of(command);
		io.opentelemetry.api.trace.Tracer spans = this.tracing.spans();
		if (spans == null || !Span.fromContext(this.parent).getSpanContext().isValid()) {
			return null;
		}
		String operation = command.getType().toString();
		SpanBuilder span = spans.spanBuilder(operation)
			.setParent(this.parent)
			.setSpanKind(SpanKind.CLIENT)
			.setAttribute(SYSTEM_NAME, "redis")
			.setAttribute(OPERATION_NAME, operation)
			.setAttribute(QUERY_TEXT, text(operation, command));
		if (database != null) {
			span.setAttribute(NAMESPACE, database.toString());
		}
		if (this.server != null) {
			if (this.server.address() instanceof InetSocketAddress address) {
				span.setAttribute(SERVER_ADDRESS, address.getHostString())
					.setAttribute(SERVER_PORT, (long) address.getPort());
			}
			else {
				span.setAttribute(SERVER_ADDRESS, this.server.address().toString());
			}
		}
		return span.startSpan();
	}

	private static String text(String operation, RedisCommand<?, ?, ?> command) {
		int arguments = (command.getArgs() != null) ? command.getArgs().count() : 0;
		return operation + " ?".repeat(Math.min(arguments, SHOWN_ARGUMENTS))
				+ ((arguments > SHOWN_ARGUMENTS) ? " ..." : "");
	}

	private void end(Span span, @Nullable CommandOutput<?, ?, ?> output, @Nullable Throwable failure) {
		try {
			String error = (output != null) ? output.getError() : null;
			// A timeout is an error of the output too.
			if (error != null && (failure == null || failure instanceof RedisCommandExecutionException)) {
				Matcher prefix = ERROR_PREFIX.matcher(error);
				String code = prefix.lookingAt() ? prefix.group() : "_OTHER";
				span.setAttribute(RESPONSE_STATUS_CODE, code);
				fail(span, code);
			}
			else if (failure instanceof CancellationException) {
				span.setAttribute(KosmosAttributes.CANCELLED, true);
			}
			else if (failure != null) {
				fail(span, failure.getClass().getName());
			}
			span.end();
		}
		catch (RuntimeException ex) {
			this.tracing.failed("the end of a Redis command", ex);
		}
	}

	private static void fail(Span span, String type) {
		span.setAttribute(ERROR_TYPE, type).setStatus(StatusCode.ERROR);
	}

	@Override
	public Tracer.Span name(String name) {
		return this;
	}

	@Override
	public Tracer.Span annotate(String value) {
		return this;
	}

	@Override
	public Tracer.Span tag(String key, String value) {
		return this;
	}

	@Override
	public Tracer.Span error(Throwable throwable) {
		return this;
	}

	@Override
	public void finish() {
		// The completion of the command ends it.
	}

}
