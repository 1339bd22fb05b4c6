package io.kosmos.tracing.autoconfigure.sampling;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.opentelemetry.api.trace.SpanKind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.io.Resource;

/**
 * Which traces are recorded.
 *
 * @param enabled Whether traces are recorded at all. Off, trace ids are still made and
 * propagated.
 * @param sampler What decides about a trace begun here that no rule matches. Unless set,
 * probability and rate-limit do if one of them is set.
 * @param probability Share of the traces begun here that is recorded, from 0.0 to 1.0. A
 * trace that a caller began follows the caller.
 * @param rateLimit Number of traces begun here per second that are recorded at most, such
 * as 100 or 0.5. With a probability too, a trace must pass both.
 * @param parentBased Whether a span follows the decision for its parent. Off, each span
 * is decided about on its own, and traces come apart.
 * @param rules Rules for traces begun here, of which the first that matches decides.
 * @param strategies Jaeger's strategies file.
 * @param remote Jaeger's remote sampling.
 * @param caller What the decision of a caller counts.
 */
@ConfigurationProperties("kosmos.tracing.sampling")
public record SamplingProperties(@DefaultValue("true") boolean enabled, @Nullable Base sampler,
		@Nullable Double probability, @Nullable Double rateLimit, @DefaultValue("true") boolean parentBased,
		@DefaultValue List<Rule> rules, @DefaultValue Strategies strategies, @DefaultValue Remote remote,
		@DefaultValue Caller caller) {

	/**
	 * Check the values.
	 */
	public SamplingProperties {
		if (probability != null && !isProbability(probability)) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.sampling.probability", probability,
					"It must be from 0.0 to 1.0.");
		}
	}

	static boolean isProbability(double value) {
		return value >= 0.0 && value <= 1.0;
	}

	/**
	 * What decides where no rule does.
	 */
	public enum Base {

		/** Every trace is recorded. */
		ALWAYS,

		/** No trace is recorded. */
		NEVER,

		/** A share of the traces is recorded. */
		PROBABILITY,

		/** A number of traces per second is recorded. */
		RATE_LIMIT,

		/** The strategies file decides. */
		STRATEGIES,

		/** Jaeger decides. */
		REMOTE

	}

	/**
	 * A rule. It matches a trace whose first span here satisfies all that is set.
	 *
	 * @param name Name of the rule in the actuator.
	 * @param service Pattern of the name of this service.
	 * @param spanName Pattern of the name of the span.
	 * @param route Pattern of the path of an incoming request, such as /orders/{id} or
	 * /internal/**.
	 * @param kind Kind of the span.
	 * @param agent Pattern of the name of the agent.
	 * @param tenant Pattern of the tenant.
	 * @param attributes Patterns of the values of attributes that the span has from its
	 * start, by key.
	 * @param probability Share of the traces that is recorded, from 0.0 to 1.0.
	 * @param rateLimit Number of traces per second that are recorded at most.
	 */
	public record Rule(@Nullable String name, @Nullable String service, @Nullable String spanName,
			@Nullable String route, @Nullable SpanKind kind, @Nullable String agent, @Nullable String tenant,
			@DefaultValue Map<String, String> attributes, @Nullable Double probability, @Nullable Double rateLimit) {

	}

	/**
	 * Jaeger's strategies file.
	 *
	 * @param file Location of the file, such as file:/etc/jaeger/sampling.json.
	 * @param reloadInterval Time after which a change of the file is noticed at the
	 * latest.
	 */
	public record Strategies(@Nullable Resource file, @DefaultValue("10s") Duration reloadInterval) {

	}

	/**
	 * Jaeger's remote sampling.
	 *
	 * @param endpoint URL of Jaeger's sampling endpoint. Unless set, it is
	 * http://localhost:5779 for gRPC and http://localhost:5778/api/sampling for HTTP.
	 * @param protocol Protocol by which Jaeger is asked.
	 * @param interval Time between two questions.
	 * @param timeout Time that an answer may take.
	 * @param headers Headers of each question.
	 */
	public record Remote(@Nullable String endpoint, @DefaultValue("grpc") Protocol protocol,
			@DefaultValue("60s") Duration interval, @DefaultValue("5s") Duration timeout,
			@DefaultValue Map<String, String> headers) {

		/**
		 * Protocol of remote sampling.
		 */
		public enum Protocol {

			/** OpenTelemetry's and Jaeger's gRPC service. */
			GRPC,

			/** JSON over HTTP. */
			HTTP

		}

	}

	/**
	 * What the decision of a caller counts.
	 *
	 * @param sampled What becomes of a trace that a caller records.
	 * @param unsampled What becomes of a trace that a caller does not record.
	 * @param rateLimit Number of traces per second that callers can have recorded at
	 * most. Over it, the samplers of this service decide.
	 */
	public record Caller(@DefaultValue("follow") Choice sampled, @DefaultValue("follow") Choice unsampled,
			@Nullable Double rateLimit) {

		/**
		 * What becomes of the trace of a caller.
		 */
		public enum Choice {

			/** The caller is followed. */
			FOLLOW,

			/** The samplers of this service decide, as for a trace begun here. */
			DECIDE

		}

	}

}
