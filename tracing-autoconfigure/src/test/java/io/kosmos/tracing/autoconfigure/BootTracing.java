package io.kosmos.tracing.autoconfigure;

import io.kosmos.tracing.autoconfigure.context.ContextAutoConfiguration;
import io.kosmos.tracing.autoconfigure.context.CurrentContextAutoConfiguration;
import io.kosmos.tracing.autoconfigure.context.ObservationContextAutoConfiguration;
import io.kosmos.tracing.autoconfigure.context.ThreadAutoConfiguration;
import io.kosmos.tracing.autoconfigure.export.ExportAutoConfiguration;
import io.kosmos.tracing.autoconfigure.propagation.PropagationAutoConfiguration;
import io.kosmos.tracing.autoconfigure.request.RequestAutoConfiguration;
import io.kosmos.tracing.autoconfigure.sampling.SamplingAutoConfiguration;
import io.kosmos.tracing.autoconfigure.span.SpansAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.info.ProjectInfoAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Boot's own tracing with ours, in the order that the real application has.
 */
public final class BootTracing {

	private BootTracing() {
	}

	public static ApplicationContextRunner runner() {
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(
				OpenTelemetrySdkAutoConfiguration.class, OpenTelemetryTracingAutoConfiguration.class,
				OtlpTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
				NoopTracerAutoConfiguration.class, ObservationAutoConfiguration.class, SslAutoConfiguration.class,
				ProjectInfoAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
				TaskSchedulingAutoConfiguration.class, DisabledAutoConfiguration.class,
				KosmosTracingAutoConfiguration.class, SpansAutoConfiguration.class, ContextAutoConfiguration.class,
				ExportAutoConfiguration.class, PropagationAutoConfiguration.class, RequestAutoConfiguration.class,
				ObservationContextAutoConfiguration.class, SamplingAutoConfiguration.class,
				CurrentContextAutoConfiguration.class, ThreadAutoConfiguration.class));
	}

}
