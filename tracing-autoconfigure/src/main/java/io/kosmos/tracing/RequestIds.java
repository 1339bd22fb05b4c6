package io.kosmos.tracing;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.ImplicitContextKeyed;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf the work runs. The ids live in the OpenTelemetry context and go
 * wherever it goes. An id is absent, that is {@code null}, or {@link #isAllowed allowed}:
 * what is not allowed is left out when this is made.
 *
 * @param tenant the tenant
 * @param user the user
 * @param conversation the conversation
 * @param request the request, as its caller names it
 */
public record RequestIds(@Nullable String tenant, @Nullable String user, @Nullable String conversation,
		@Nullable String request) implements ImplicitContextKeyed {

	/** No id at all. */
	public static final RequestIds NONE = new RequestIds(null, null, null, null);

	/** Characters that an id may have at most. */
	public static final int MAX_LENGTH = 256;

	private static final ContextKey<RequestIds> KEY = ContextKey.named("kosmos-request-ids");

	/**
	 * Leave out what is not allowed.
	 */
	public RequestIds {
		tenant = isAllowed(tenant) ? tenant : null;
		user = isAllowed(user) ? user : null;
		conversation = isAllowed(conversation) ? conversation : null;
		request = isAllowed(request) ? request : null;
	}

	/**
	 * The ids of the current context.
	 * @return the ids, {@link #NONE} if there are none
	 */
	public static RequestIds current() {
		return fromContext(Context.current());
	}

	/**
	 * The ids of a context.
	 * @param context the context
	 * @return the ids, {@link #NONE} if there are none
	 */
	public static RequestIds fromContext(Context context) {
		RequestIds ids = context.get(KEY);
		return (ids != null) ? ids : NONE;
	}

	/**
	 * Whether a value can be an id: not blank, at most {@link #MAX_LENGTH} characters
	 * long, and without control and format characters and line breaks of any kind, so
	 * that it stays in its line wherever it is logged.
	 * @param value the value
	 * @return whether it can be an id
	 */
	public static boolean isAllowed(@Nullable String value) {
		if (value == null || value.length() > MAX_LENGTH || value.isBlank()) {
			return false;
		}
		for (int i = 0; i < value.length(); i++) {
			char character = value.charAt(i);
			if ((character < ' ' || character > '~') && !isAllowed(value.codePointAt(i))) {
				return false;
			}
			if (Character.isHighSurrogate(character)) {
				i++;
			}
		}
		return true;
	}

	private static boolean isAllowed(int codePoint) {
		return switch (Character.getType(codePoint)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.SURROGATE ->
				false;
			default -> true;
		};
	}

	/**
	 * These ids, and where one is absent that of others.
	 * @param others the other ids
	 * @return the ids of both
	 */
	public RequestIds orElse(RequestIds others) {
		if (equals(NONE) || others.equals(NONE) || equals(others)) {
			return equals(NONE) ? others : this;
		}
		return new RequestIds((this.tenant != null) ? this.tenant : others.tenant,
				(this.user != null) ? this.user : others.user,
				(this.conversation != null) ? this.conversation : others.conversation,
				(this.request != null) ? this.request : others.request);
	}

	/**
	 * Put these ids in the place of those that a context has.
	 * @param context the context
	 * @return a context with these ids
	 */
	@Override
	public Context storeInContext(Context context) {
		return fromContext(context).equals(this) ? context : context.with(KEY, this);
	}

}
