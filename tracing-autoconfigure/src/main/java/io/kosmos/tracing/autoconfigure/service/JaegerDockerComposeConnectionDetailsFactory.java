package io.kosmos.tracing.autoconfigure.service;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingConnectionDetails;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.Transport;
import org.springframework.boot.ssl.SslBundle;

/**
 * {@link DockerComposeConnectionDetailsFactory} of {@link OtlpTracingConnectionDetails}
 * for a Jaeger of a compose file.
 */
final class JaegerDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<OtlpTracingConnectionDetails> {

	JaegerDockerComposeConnectionDetailsFactory() {
		super(JaegerPorts.IMAGES.toArray(String[]::new), JaegerPorts.REQUIRED_CLASS);
	}

	@Override
	protected OtlpTracingConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new JaegerConnectionDetails(source.getRunningService());
	}

	private static final class JaegerConnectionDetails extends DockerComposeConnectionDetails
			implements OtlpTracingConnectionDetails {

		private final RunningService service;

		JaegerConnectionDetails(RunningService service) {
			super(service);
			this.service = service;
		}

		// Of the two ports only the one that is used need be published.
		@Override
		public String getUrl(Transport transport) {
			return JaegerPorts.url(getSslBundle() != null, this.service.host(),
					this.service.ports().get(JaegerPorts.of(transport)));
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return getSslBundle(this.service);
		}

	}

}
