package io.kosmos.samples.gateway;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * OpenAI's HTTP interface to embeddings.
 */
@RestController
class EmbeddingController {

	private final EmbeddingService embeddings;

	private final GatewayProperties properties;

	EmbeddingController(EmbeddingService embeddings, GatewayProperties properties) {
		this.embeddings = embeddings;
		this.properties = properties;
	}

	@PostMapping("/v1/embeddings")
	EmbeddingList embed(@RequestBody EmbeddingRequest request) {
		request.validate(this.properties.maxMessageLength());
		return this.embeddings.embed(request);
	}

}
