package io.kosmos.tracing.autoconfigure.broker;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Supplier;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.config.StatelessRetryOperationsInterceptor;

/**
 * Gives each further attempt that Spring makes at a message within one delivery a span of
 * its own, below that of the delivery, which the first attempt runs in. It stands around
 * Spring's interceptor and not behind it: no advice there is called again.
 */
final class RabbitRetryInterceptor implements MethodInterceptor {

	private final StatelessRetryOperationsInterceptor delegate;

	private final Supplier<MessageTracing> tracing;

	RabbitRetryInterceptor(StatelessRetryOperationsInterceptor delegate, Supplier<MessageTracing> tracing) {
		this.delegate = delegate;
		this.tracing = tracing;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		return this.delegate.invoke(new Attempts(invocation));
	}

	private static String queue(MethodInvocation invocation) {
		for (Object argument : invocation.getArguments()) {
			Object message = (argument instanceof List<?> batch && !batch.isEmpty()) ? batch.get(0) : argument;
			if (message instanceof Message received) {
				return RabbitMessages.name(String.valueOf(received.getMessageProperties().getConsumerQueue()));
			}
		}
		return "";
	}

	/**
	 * An invocation that is an attempt each time that it proceeds.
	 */
	private final class Attempts implements MethodInvocation {

		private final MethodInvocation invocation;

		private int count;

		private @Nullable Throwable first;

		private Attempts(MethodInvocation invocation) {
			this.invocation = invocation;
		}

		@Override
		public @Nullable Object proceed() throws Throwable {
			this.count++;
			if (this.count > 1) {
				return retry();
			}
			try {
				return this.invocation.proceed();
			}
			catch (Throwable ex) {
				this.first = ex;
				throw ex;
			}
		}

		private @Nullable Object retry() throws Throwable {
			MessageTracing tracing = RabbitRetryInterceptor.this.tracing.get();
			Span[] span = { Span.getInvalid() };
			Scope[] scope = { Scope.noop() };
			tracing.attempt(() -> {
				if (this.first != null) {
					Span.current().recordException(RabbitMessages.cause(this.first));
					this.first = null;
				}
				span[0] = tracing.retry(queue(this.invocation), this.count);
				scope[0] = span[0].makeCurrent();
			});
			Throwable error = null;
			try {
				return this.invocation.proceed();
			}
			catch (Throwable ex) {
				error = RabbitMessages.cause(ex);
				throw ex;
			}
			finally {
				tracing.attempt(scope[0]::close);
				tracing.end(span[0], error);
			}
		}

		@Override
		public Method getMethod() {
			return this.invocation.getMethod();
		}

		@Override
		public @Nullable Object[] getArguments() {
			return this.invocation.getArguments();
		}

		@Override
		public @Nullable Object getThis() {
			return this.invocation.getThis();
		}

		@Override
		public AccessibleObject getStaticPart() {
			return this.invocation.getStaticPart();
		}

	}

}
