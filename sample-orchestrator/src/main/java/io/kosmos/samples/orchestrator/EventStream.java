package io.kosmos.samples.orchestrator;

import java.io.IOException;
import java.util.concurrent.CancellationException;

import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Server-sent events that are written by one thread.
 */
class EventStream extends SseEmitter {

	private boolean started;

	/**
	 * Send an event.
	 * @param name name of the event
	 * @param data what it tells, as JSON
	 * @throws CancellationException if the caller is gone, which ends the work for it
	 * without being an error
	 */
	void send(String name, Object data) {
		try {
			send(event().name(name).data(data, MediaType.APPLICATION_JSON));
			this.started = true;
		}
		catch (IOException | IllegalStateException ex) {
			throw (CancellationException) new CancellationException("The caller is gone").initCause(ex);
		}
	}

	/**
	 * Tell what went wrong: as the response if there is none yet, else as an event.
	 * @param error what went wrong
	 * @param problems how it is told
	 */
	void fail(Exception error, Problems problems) {
		if (!this.started || error instanceof CancellationException) {
			completeWithError(error);
			return;
		}
		send("error", problems.tell(error));
		complete();
	}

}
