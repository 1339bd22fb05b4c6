package io.kosmos.samples.orchestrator;

import java.util.function.Consumer;

import io.kosmos.samples.orchestrator.Chat.Request;
import io.kosmos.samples.orchestrator.Chat.Response;
import io.kosmos.samples.orchestrator.Chat.Usage;

/**
 * The gateway's models, by the protocol that {@code orchestrator.gateway.protocol} names.
 */
interface Gateway {

	/**
	 * Ask for a whole answer.
	 * @param request what is asked
	 * @return the answer
	 * @throws GatewayException if there is no usable one
	 */
	Response complete(Request request);

	/**
	 * Ask for an answer in pieces.
	 * @param request what is asked
	 * @param listener takes each piece of its text; what it throws ends the call
	 * @return what the answer took
	 * @throws GatewayException if there is no usable one
	 */
	Usage stream(Request request, Consumer<String> listener);

	/**
	 * Whether the gateway tells what a whole answer took in a way that the starter adds
	 * up by itself.
	 * @return whether it does
	 */
	boolean reportsUsage();

}
