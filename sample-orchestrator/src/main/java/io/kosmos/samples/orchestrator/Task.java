package io.kosmos.samples.orchestrator;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * What an agent is to work on.
 *
 * @param message what is asked
 * @param model model that should answer
 * @param listener takes the pieces of the answer while it is being made; {@code null} if
 * it is wanted as a whole
 */
public record Task(String message, String model, @Nullable Consumer<String> listener) {

	/**
	 * Tell the listener, if there is one, what is known at once.
	 * @param text the whole answer
	 */
	void tell(String text) {
		if (this.listener != null) {
			this.listener.accept(text);
		}
	}

}
