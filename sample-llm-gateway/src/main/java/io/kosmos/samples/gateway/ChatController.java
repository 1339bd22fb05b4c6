package io.kosmos.samples.gateway;

import java.time.Instant;

import io.kosmos.samples.gateway.ModelList.Model;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * OpenAI's HTTP interface to models and their answers.
 */
@RestController
@RequestMapping("/v1")
class ChatController {

	private static final Logger logger = LoggerFactory.getLogger(ChatController.class);

	private final Instant started = Instant.now();

	private final ModelCatalog models;

	private final ChatService chat;

	private final GatewayProperties properties;

	private final JsonMapper jsonMapper;

	ChatController(ModelCatalog models, ChatService chat, GatewayProperties properties, JsonMapper jsonMapper) {
		this.models = models;
		this.chat = chat;
		this.properties = properties;
		this.jsonMapper = jsonMapper;
	}

	@GetMapping("/models")
	ModelList models() {
		return new ModelList("list", this.models.all()
			.entrySet()
			.stream()
			.map((model) -> new Model(model.getKey(), "model", this.started.getEpochSecond(), model.getValue().name()))
			.toList());
	}

	// Object, because Spring MVC then goes by what is returned: an answer or a stream.
	@PostMapping("/chat/completions")
	Object complete(@RequestBody ChatRequest request, HttpServletResponse response) {
		request.validate(this.properties.maxMessageLength());
		if (!request.streaming()) {
			return this.chat.complete(request);
		}
		response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
		StreamingResponseBody body = (out) -> stream(request, new EventStream(out, this.jsonMapper));
		return body;
	}

	private void stream(ChatRequest request, EventStream events) {
		try {
			this.chat.stream(request, events::send);
			events.done();
		}
		catch (ClientGoneException ex) {
			logger.debug("The caller left before the end of the answer", ex);
		}
		catch (ApiException ex) {
			if (!events.started()) {
				throw ex;
			}
			events.send(ex.response());
		}
	}

}
