package io.kosmos.tracing.autoconfigure.mongodb;

import com.mongodb.event.CommandFailedEvent;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import com.mongodb.event.CommandSucceededEvent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/**
 * Hands on commands in the context of their caller, and those alone that are in a trace.
 */
final class CallerCommandListener implements CommandListener {

	private final CommandListener next;

	CallerCommandListener(CommandListener next) {
		this.next = next;
	}

	@Override
	public void commandStarted(CommandStartedEvent event) {
		Context caller = CallerContext.of(event.getRequestContext());
		if (Span.fromContext(caller).getSpanContext().isValid()) {
			try (Scope ignored = caller.makeCurrent()) {
				this.next.commandStarted(event);
			}
		}
	}

	@Override
	public void commandSucceeded(CommandSucceededEvent event) {
		this.next.commandSucceeded(event);
	}

	@Override
	public void commandFailed(CommandFailedEvent event) {
		this.next.commandFailed(event);
	}

}
