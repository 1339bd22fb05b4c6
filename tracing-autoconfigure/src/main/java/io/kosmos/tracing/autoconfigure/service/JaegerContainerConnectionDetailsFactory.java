package io.kosmos.tracing.autoconfigure.service;

import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.Container;

import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingConnectionDetails;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.Transport;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;

/**
 * {@link ContainerConnectionDetailsFactory} of {@link OtlpTracingConnectionDetails} for a
 * container of Jaeger's images that is a {@link ServiceConnection @ServiceConnection}.
 */
final class JaegerContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, OtlpTracingConnectionDetails> {

	JaegerContainerConnectionDetailsFactory() {
		super(JaegerPorts.IMAGES, JaegerPorts.REQUIRED_CLASS);
	}

	@Override
	protected OtlpTracingConnectionDetails getContainerConnectionDetails(
			ContainerConnectionSource<Container<?>> source) {
		return new JaegerConnectionDetails(source);
	}

	private static final class JaegerConnectionDetails extends ContainerConnectionDetails<Container<?>>
			implements OtlpTracingConnectionDetails {

		JaegerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		@Override
		public String getUrl(Transport transport) {
			Container<?> container = getContainer();
			return JaegerPorts.url(getSslBundle() != null, container.getHost(),
					container.getMappedPort(JaegerPorts.of(transport)));
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return super.getSslBundle();
		}

	}

}
