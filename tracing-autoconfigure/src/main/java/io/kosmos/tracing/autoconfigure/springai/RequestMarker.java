package io.kosmos.tracing.autoconfigure.springai;

import org.springframework.ai.chat.prompt.Prompt;

/**
 * Makes the HTTP request of a streamed answer known as such, for clients that send it
 * from a thread to which no context is carried.
 */
interface RequestMarker {

	/**
	 * Mark what becomes the request.
	 * @param prompt the prompt
	 * @param answer the answer
	 * @return the prompt to send
	 */
	Prompt mark(Prompt prompt, StreamedAnswer answer);

	/**
	 * The answer has ended, so that no request for it is sent any more.
	 */
	void forget(StreamedAnswer answer);

}
