package io.kosmos.tracing;

import java.util.Collection;
import java.util.Map;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/**
 * Takes a trace along with messages that no library traces: the user properties of MQTT,
 * the {@code _meta} of MCP, a row of a database outbox, a client used as it is. Inject it
 * as a bean; it is safe for use by any number of threads. With
 * {@code kosmos.tracing.enabled=false} the bean is still there and only runs the work.
 *
 * <pre>
 * Map&lt;String, String&gt; headers = new HashMap&lt;&gt;();
 * messages.send("mqtt", "plant/alarms", headers).in(() -&gt; client.publish(topic, body, headers));
 *
 * messages.process("mqtt", "plant/alarms", headers).in(() -&gt; handle(body));
 * </pre>
 *
 * Each builder is a {@link Spans.Builder}; what else is known of a message is an
 * attribute of {@link MessagingAttributes}. Spans have the names, kinds and attributes of
 * the messaging conventions of OpenTelemetry.
 * <p>
 * A carrier is a map in which the formats of {@code kosmos.tracing.propagation} are
 * found: {@code traceparent}, {@code tracestate} and so on. One that is {@code null},
 * empty, unmodifiable or full of nonsense costs the message its trace and nothing else.
 */
public interface MessageSpans {

	/**
	 * A message that is sent: {@code send <destination>}, of kind PRODUCER.
	 * @param system the messaging system, such as {@code mqtt}
	 * @param destination queue, topic or subject, of low cardinality: it names the span
	 * @param carrier where the context of the span is put when the span starts, in the
	 * place of any that is there; {@code null} if the message cannot take it
	 * @return a builder
	 */
	Spans.Builder send(String system, String destination, @Nullable Map<String, ? super String> carrier);

	/**
	 * A call that asks for messages: {@code receive <destination>}, of kind CLIENT. What
	 * it brings can be {@link TracedSpan#link linked}.
	 * @param system the messaging system, such as {@code mqtt}
	 * @param destination queue, topic or subject, of low cardinality: it names the span
	 * @return a builder
	 */
	Spans.Builder receive(String system, String destination);

	/**
	 * The work for a message: {@code process <destination>}, of kind CONSUMER. It is a
	 * child of what sent the message, or with {@link Spans.Builder#newRoot()} a trace of
	 * its own with a link to it. Without a context in the carrier it is part of what runs
	 * here.
	 * @param system the messaging system, such as {@code mqtt}
	 * @param destination queue, topic or subject, of low cardinality: it names the span
	 * @param carrier where the context of the sender was put; read like
	 * {@link #extract(Map)} does
	 * @return a builder
	 */
	Spans.Builder process(String system, String destination, @Nullable Map<String, ?> carrier);

	/**
	 * The work for several messages at once: {@code process <destination>}, of kind
	 * CONSUMER, part of what runs here, with a link to each of what sent the messages, up
	 * to the limit of links of a span.
	 * @param system the messaging system, such as {@code mqtt}
	 * @param destination queue, topic or subject, of low cardinality: it names the span
	 * @param carriers where the contexts of the senders were put, one for each message
	 * @return a builder
	 */
	Spans.Builder processBatch(String system, String destination,
			Collection<? extends @Nullable Map<String, ?>> carriers);

	/**
	 * Put the current context into a message, in the place of any that is there. Outside
	 * any trace nothing is changed.
	 * @param carrier the message's headers or what serves as such
	 */
	void inject(@Nullable Map<String, ? super String> carrier);

	/**
	 * Put a context into a message.
	 * @param <C> type of the carrier
	 * @param context the context
	 * @param carrier the message or its headers; an {@link AddressedCarrier} takes
	 * baggage along
	 * @param setter puts a field into the carrier
	 */
	<C> void inject(Context context, C carrier, TextMapSetter<C> setter);

	/**
	 * Take the context of the sender out of a message.
	 * @param carrier the message's headers or what serves as such. Keys may differ in
	 * case. Of a collection the first element counts, bytes are UTF-8
	 * @return what the sender gave and nothing of what runs here, to be a parent or a
	 * link
	 */
	Context extract(@Nullable Map<String, ?> carrier);

	/**
	 * Take the context of the sender out of a message.
	 * @param <C> type of the carrier
	 * @param context what the context of the sender is put in
	 * @param carrier the message or its headers
	 * @param getter finds a field in the carrier
	 * @return the context, with that of the sender if there is one
	 */
	<C> Context extract(Context context, C carrier, TextMapGetter<C> getter);

}
