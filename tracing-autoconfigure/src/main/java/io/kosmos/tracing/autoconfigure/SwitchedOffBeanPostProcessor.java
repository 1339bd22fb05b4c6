package io.kosmos.tracing.autoconfigure;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.trace.samplers.Sampler;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;

/**
 * Puts beans that do nothing in the place of those that make spans and write headers: in
 * an application that was processed ahead of time, whose beans were chosen when it was
 * built, this is what makes {@code kosmos.tracing.enabled=false} work when it runs, and
 * what steps back when the OpenTelemetry Java agent is attached then.
 */
final class SwitchedOffBeanPostProcessor implements BeanPostProcessor {

	private final boolean off;

	SwitchedOffBeanPostProcessor(Environment environment) {
		this.off = isOff(environment);
	}

	static boolean isOff(Environment environment) {
		return !environment.getProperty("kosmos.tracing.enabled", Boolean.class, true) || JavaAgent.isAttached();
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!this.off) {
			return bean;
		}
		if (bean instanceof Sampler) {
			return Sampler.alwaysOff();
		}
		if (bean instanceof Tracer) {
			return TracerProvider.noop().get("io.kosmos.tracing");
		}
		return (bean instanceof ContextPropagators) ? ContextPropagators.noop() : bean;
	}

}
