package io.kosmos.samples.orchestrator;

import java.net.URI;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the orchestrator.
 *
 * @param model model that answers when a request names none
 * @param maxMessageLength longest message that is accepted, in characters
 * @param topK how many passages Athena finds at most
 * @param gateway where the models are
 */
@ConfigurationProperties("orchestrator")
@Validated
public record OrchestratorProperties(@DefaultValue("kosmos-mini") @NotBlank String model,
		@DefaultValue("4000") @Positive int maxMessageLength, @DefaultValue("3") @Positive int topK,
		@DefaultValue Gateway gateway) {

	/**
	 * The gateway in front of the models.
	 *
	 * @param url address of the gateway, without the path of its API
	 */
	public record Gateway(@DefaultValue("http://localhost:8081") URI url) {
	}

}
