package io.kosmos.tracing.autoconfigure.span;

import io.kosmos.tracing.autoconfigure.span.SpanLifecycle.ResultRecorder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@code @Traced} method in its span. A plain interceptor and not an
 * {@code @Around} advice, whose join point costs as much as the span itself.
 */
final class TracedInterceptor implements MethodInterceptor {

	private final TracedMethods methods;

	private final SpanLifecycle lifecycle;

	TracedInterceptor(TracedMethods methods, SpanLifecycle lifecycle) {
		this.methods = methods;
		this.lifecycle = lifecycle;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object target = invocation.getThis();
		TracedMethod method = (target != null) ? this.methods.find(invocation.getMethod(), target.getClass()) : null;
		if (method == null) {
			return invocation.proceed();
		}
		Context parent = Context.current();
		if (method.reactive()) {
			return traceSubscriptions(invocation, method, parent);
		}
		Span span = start(method, parent, invocation);
		if (span == null) {
			return invocation.proceed();
		}
		Scope scope = this.lifecycle.makeCurrent(parent.with(span), method.site());
		@Nullable Object result;
		try {
			result = invocation.proceed();
		}
		catch (Throwable ex) {
			this.lifecycle.close(scope, method.site());
			this.lifecycle.fail(span, ex);
			throw ex;
		}
		this.lifecycle.close(scope, method.site());
		ResultRecorder recorder = method.recorder(this.lifecycle, target, invocation.getArguments());
		if (method.mayBeAsynchronous() && SpanLifecycle.isAsynchronous(span, result)) {
			return this.lifecycle.follow(span, parent, result, recorder, method.site(),
					(context) -> start(method, context, invocation));
		}
		this.lifecycle.succeed(span, result, recorder, method.site());
		return result;
	}

	private @Nullable Object traceSubscriptions(MethodInvocation invocation, TracedMethod method, Context parent)
			throws Throwable {
		Object result;
		try {
			result = invocation.proceed();
		}
		catch (Throwable ex) {
			Span span = start(method, parent, invocation);
			if (span != null) {
				this.lifecycle.fail(span, ex);
			}
			throw ex;
		}
		if (result == null) {
			return null;
		}
		ResultRecorder recorder = method.recorder(this.lifecycle, invocation.getThis(), invocation.getArguments());
		return ReactorTracing.trace(this.lifecycle, result, recorder, method.site(),
				(context) -> start(method, context, invocation));
	}

	private @Nullable Span start(TracedMethod method, Context parent, MethodInvocation invocation) {
		if (method.operationType() == null && !method.newRoot() && this.lifecycle.unsampled(parent)) {
			return null;
		}
		return method.start(this.lifecycle, parent, invocation.getThis(), invocation.getArguments());
	}

}
