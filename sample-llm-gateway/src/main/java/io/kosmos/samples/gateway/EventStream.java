package io.kosmos.samples.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import tools.jackson.databind.json.JsonMapper;

/**
 * Writes server-sent events as OpenAI does.
 */
final class EventStream {

	private final OutputStream out;

	private final JsonMapper jsonMapper;

	private boolean started;

	EventStream(OutputStream out, JsonMapper jsonMapper) {
		this.out = out;
		this.jsonMapper = jsonMapper;
	}

	void send(Object data) {
		write(this.jsonMapper.writeValueAsString(data));
	}

	void done() {
		write("[DONE]");
	}

	/**
	 * Whether an event was sent, so that it is too late for another status.
	 * @return whether an event was sent
	 */
	boolean started() {
		return this.started;
	}

	private void write(String data) {
		this.started = true;
		try {
			this.out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
			this.out.flush();
		}
		catch (IOException ex) {
			throw new ClientGoneException(ex);
		}
	}

}
