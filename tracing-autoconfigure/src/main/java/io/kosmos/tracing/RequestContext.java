package io.kosmos.tracing;

import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Says on whose behalf work runs: which tenant, user, conversation and request. Every
 * span that is started inside, by whichever library, carries the ids, and so does every
 * log line. Inject it as a bean; it is safe for use by any number of threads. With
 * {@code kosmos.tracing.enabled=false} the bean is still there, and the ids can still be
 * read.
 *
 * <pre>
 * try (Scope scope = context.tenant("acme").user("u1").open()) {
 *     answer(question);
 * }
 *
 * String tenant = context.current().tenant();
 * </pre>
 *
 * An id that is {@code null} or blank sets nothing. One that is not
 * {@link RequestIds#isAllowed allowed} sets nothing either, is counted in
 * {@code kosmos.tracing.request.refused} and logged once, without its value.
 */
public interface RequestContext {

	/**
	 * The ids of the current context.
	 * @return the ids, {@link RequestIds#NONE} if there are none
	 */
	default RequestIds current() {
		return RequestIds.current();
	}

	/**
	 * Set the tenant.
	 * @param id the id
	 * @return a builder that holds it
	 */
	default Builder tenant(@Nullable String id) {
		return builder().tenant(id);
	}

	/**
	 * Set the user.
	 * @param id the id
	 * @return a builder that holds it
	 */
	default Builder user(@Nullable String id) {
		return builder().user(id);
	}

	/**
	 * Set the conversation.
	 * @param id the id
	 * @return a builder that holds it
	 */
	default Builder conversation(@Nullable String id) {
		return builder().conversation(id);
	}

	/**
	 * Set the request.
	 * @param id the id
	 * @return a builder that holds it
	 */
	default Builder request(@Nullable String id) {
		return builder().request(id);
	}

	/**
	 * Begin with no id.
	 * @return a builder; it is not thread-safe
	 */
	Builder builder();

	/**
	 * The ids of some work. Those that are not set here stay as they are outside.
	 */
	interface Builder {

		/**
		 * Set the tenant.
		 * @param id the id
		 * @return this builder
		 */
		Builder tenant(@Nullable String id);

		/**
		 * Set the user.
		 * @param id the id
		 * @return this builder
		 */
		Builder user(@Nullable String id);

		/**
		 * Set the conversation.
		 * @param id the id
		 * @return this builder
		 */
		Builder conversation(@Nullable String id);

		/**
		 * Set the request.
		 * @param id the id
		 * @return this builder
		 */
		Builder request(@Nullable String id);

		/**
		 * Make the ids current in this thread.
		 * @return what ends that, to be closed by the same thread; closing it throws
		 * nothing
		 */
		Scope open();

		/**
		 * Run work with the ids. A {@code Mono} or {@code Flux} that the work returns has
		 * them in each of its subscriptions.
		 * @param <T> type of the result
		 * @param <E> what the work may throw
		 * @param work the work
		 * @return what the work returns
		 * @throws E what the work throws, unchanged
		 */
		<T extends @Nullable Object, E extends Throwable> T in(Spans.Work<T, E> work) throws E;

		/**
		 * Run an action with the ids.
		 * @param <E> what the action may throw
		 * @param action the action
		 * @throws E what the action throws, unchanged
		 */
		default <E extends Throwable> void in(Spans.Action<E> action) throws E {
			this.<@Nullable Void, E>in(() -> {
				action.run();
				return null;
			});
		}

	}

}
