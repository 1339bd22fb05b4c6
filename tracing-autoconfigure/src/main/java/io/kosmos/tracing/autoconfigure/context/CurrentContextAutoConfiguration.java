package io.kosmos.tracing.autoconfigure.context;

import io.kosmos.tracing.CurrentContext;
import io.kosmos.tracing.TracingFailures;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.observation.Observation;
import io.opentelemetry.context.Context;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the {@link CurrentContext}, which
 * is there even when tracing is off, so that code which injects it keeps running, and
 * carries spans beside the Java agent too.
 */
@AutoConfiguration
@ConditionalOnClass({ Context.class, ContextSnapshotFactory.class, Observation.class })
public final class CurrentContextAutoConfiguration {

	CurrentContextAutoConfiguration(Environment environment) {
		if (environment.getProperty("kosmos.tracing.enabled", Boolean.class, true)) {
			ContextRegistry.getInstance().registerThreadLocalAccessor(OpenTelemetryContextAccessor.INSTANCE);
		}
	}

	@Bean
	@ConditionalOnMissingBean
	CurrentContext kosmosCurrentContext(TracingFailures failures) {
		return new DefaultCurrentContext(failures);
	}

}
