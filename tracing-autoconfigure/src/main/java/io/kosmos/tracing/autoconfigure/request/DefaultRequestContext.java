package io.kosmos.tracing.autoconfigure.request;

import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.Spans;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * {@link RequestContext} over the OpenTelemetry context.
 */
final class DefaultRequestContext implements RequestContext {

	private static final boolean REACTOR = ClassUtils.isPresent("reactor.core.publisher.Flux",
			DefaultRequestContext.class.getClassLoader())
			&& ClassUtils.isPresent("io.micrometer.context.ContextSnapshotFactory",
					DefaultRequestContext.class.getClassLoader());

	private final RefusedIds refused;

	DefaultRequestContext(RefusedIds refused) {
		this.refused = refused;
	}

	@Override
	public Builder builder() {
		return new DefaultBuilder();
	}

	private final class DefaultBuilder implements Builder {

		private RequestIds ids = RequestIds.NONE;

		@Override
		public Builder tenant(@Nullable String id) {
			return with(new RequestIds(check(id, "tenant id"), null, null, null));
		}

		@Override
		public Builder user(@Nullable String id) {
			return with(new RequestIds(null, check(id, "user id"), null, null));
		}

		@Override
		public Builder conversation(@Nullable String id) {
			return with(new RequestIds(null, null, check(id, "conversation id"), null));
		}

		@Override
		public Builder request(@Nullable String id) {
			return with(new RequestIds(null, null, null, check(id, "request id")));
		}

		private Builder with(RequestIds newer) {
			this.ids = newer.orElse(this.ids);
			return this;
		}

		private @Nullable String check(@Nullable String id, String name) {
			return DefaultRequestContext.this.refused.check(id, name);
		}

		@Override
		public Scope open() {
			return this.ids.orElse(RequestIds.current()).makeCurrent();
		}

		@Override
		@SuppressWarnings("unchecked")
		public <T extends @Nullable Object, E extends Throwable> T in(Spans.Work<T, E> work) throws E {
			try (Scope ignored = open()) {
				T result = work.run();
				return (REACTOR && result != null) ? (T) ReactorContext.capture(this.ids, result) : result;
			}
		}

	}

}
