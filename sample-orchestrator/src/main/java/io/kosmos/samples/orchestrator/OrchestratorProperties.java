package io.kosmos.samples.orchestrator;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the orchestrator.
 *
 * @param models models that answer when a request names none
 * @param maxMessageLength longest message that is accepted, in characters
 * @param topK how many passages Athena finds at most
 * @param approvalTimeout how long a workflow waits for an approval, up to 30 days
 * @param gateway where the models are
 * @param nats where messages go with the profile {@code nats}
 */
@ConfigurationProperties("orchestrator")
@Validated
public record OrchestratorProperties(@DefaultValue @Valid Models models,
		@DefaultValue("4000") @Positive int maxMessageLength, @DefaultValue("3") @Positive int topK,
		@DefaultValue("1h") @NotNull @DurationMin(millis = 1) @DurationMax(days = 30) Duration approvalTimeout,
		@DefaultValue @Valid Gateway gateway, @DefaultValue Nats nats) {

	/**
	 * Models by what they are good for.
	 *
	 * @param fast model for what is easy
	 * @param large model for what is hard
	 */
	public record Models(@DefaultValue("kosmos-mini") @NotBlank String fast,
			@DefaultValue("atlas-large") @NotBlank String large) {
	}

	/**
	 * The gateway in front of the models.
	 *
	 * @param protocol how it is asked; over gRPC it is at
	 * {@code spring.grpc.client.channel.gateway.target}
	 * @param url address of the gateway over HTTP, without the path of its API
	 * @param providers who is behind it, as {@code kosmos.tracing.cost.prices} names them
	 */
	public record Gateway(@DefaultValue("http") Protocol protocol, @DefaultValue("http://localhost:8081") URI url,
			@NotEmpty List<@NotBlank String> providers) {
	}

	/**
	 * How the gateway is asked.
	 */
	public enum Protocol {

		/** By OpenAI's chat completions. */
		HTTP,

		/** By the gateway's own service. */
		GRPC

	}

	/**
	 * The NATS server.
	 *
	 * @param url address of the server
	 */
	public record Nats(@DefaultValue("nats://localhost:4222") URI url) {
	}

}
