package io.kosmos.tracing.autoconfigure.context;

import io.kosmos.tracing.CurrentContext;
import io.kosmos.tracing.TracingFailures;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.context.Context;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the {@link CurrentContext}, which
 * is there even when tracing is off, so that code which injects it keeps running.
 */
@AutoConfiguration
@ConditionalOnClass({ Context.class, ContextSnapshotFactory.class })
public final class CurrentContextAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	CurrentContext kosmosCurrentContext(TracingFailures failures) {
		return new DefaultCurrentContext(failures);
	}

}
