package io.kosmos.tracing.autoconfigure.grpc;

import java.util.stream.Stream;

import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;
import io.kosmos.tracing.TracingFailures;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcServerInterceptor;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.SdkTracerProvider;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.client.GlobalClientInterceptor;
import org.springframework.grpc.server.GlobalServerInterceptor;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the interceptors that trace gRPC
 * calls. Spring gRPC finds them by itself; who builds servers and channels with plain
 * grpc-java adds them there, and so they are there even when tracing is off. They must
 * come before Spring gRPC's own, of which the first turns exceptions into the status that
 * the caller gets.
 * <p>
 * Nothing is traced here when the application has interceptors of OpenTelemetry's gRPC
 * library as beans, or when its Java agent is attached, which leaves no tracer provider.
 */
@AutoConfiguration(after = OpenTelemetryTracingAutoConfiguration.class,
		afterName = "io.kosmos.tracing.autoconfigure.request.RequestAutoConfiguration",
		beforeName = "org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration")
@ConditionalOnClass({ ServerInterceptor.class, OpenTelemetry.class })
public final class GrpcAutoConfiguration {

	private static final String OTHERS = "io.opentelemetry.instrumentation.grpc.";

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@GlobalServerInterceptor
	@ConditionalOnMissingBean(name = "kosmosGrpcServerInterceptor")
	ServerInterceptor kosmosGrpcServerInterceptor(ObjectProvider<GrpcTracing> tracing) {
		GrpcTracing available = tracing.getIfAvailable();
		return (available != null) ? new TracingServerInterceptor(available) : new PassingInterceptor();
	}

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@GlobalClientInterceptor
	@ConditionalOnMissingBean(name = "kosmosGrpcClientInterceptor")
	ClientInterceptor kosmosGrpcClientInterceptor(ObjectProvider<GrpcTracing> tracing) {
		GrpcTracing available = tracing.getIfAvailable();
		return (available != null) ? new TracingClientInterceptor(available) : new PassingInterceptor();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SdkTracerProvider.class)
	@ConditionalOnBean(SdkTracerProvider.class)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.grpc.enabled", matchIfMissing = true)
	@EnableConfigurationProperties(GrpcProperties.class)
	static class EnabledConfiguration {

		@Bean
		GrpcTracing kosmosGrpcTracing(ObjectProvider<OpenTelemetry> openTelemetry,
				ObjectProvider<ServerInterceptor> servers, ObjectProvider<ClientInterceptor> clients,
				GrpcProperties properties, TracingFailures failures) {
			return new GrpcTracing(() -> openTelemetry.getIfAvailable(OpenTelemetry::noop),
					() -> Stream.concat(servers.stream(), clients.stream())
						.anyMatch((interceptor) -> interceptor.getClass().getName().startsWith(OTHERS)),
					properties, failures);
		}

		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass({ ObservationGrpcServerInterceptor.class, OtelTracer.class })
		@ConditionalOnBean(Tracer.class)
		static class ObservationConfiguration {

			@Bean
			@Order(Ordered.HIGHEST_PRECEDENCE)
			CallObservationHandler kosmosGrpcObservationHandler(Tracer tracer) {
				return new CallObservationHandler(tracer);
			}

		}

	}

}
