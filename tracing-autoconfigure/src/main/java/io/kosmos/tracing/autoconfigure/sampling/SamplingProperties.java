package io.kosmos.tracing.autoconfigure.sampling;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

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
 * what is set of probability, rate-limit, strategies.file and remote.endpoint does.
 * @param probability Share of the traces begun here that is recorded, from 0.0 to 1.0. A
 * trace that a caller began follows the caller.
 * @param rateLimit Number of traces begun here per second that are recorded at most, such
 * as 100 or 0.5. With a probability too, a trace must pass both.
 * @param parentBased Whether a span follows the decision for its parent. Off, each span
 * is decided about on its own, and traces come apart.
 * @param rules Rules for traces begun here, of which the first that matches decides.
 * @param strategies Jaeger's strategies file.
 * @param remote Jaeger's remote sampling.
 * @param caller What the decision of a caller counts. It is about incoming requests;
 * messages follow whoever sent them.
 */
@ConfigurationProperties("kosmos.tracing.sampling")
public record SamplingProperties(@DefaultValue("true") boolean enabled, @Nullable Base sampler,
		@Nullable Double probability, @Nullable Double rateLimit, @DefaultValue("true") boolean parentBased,
		@DefaultValue List<Rule> rules, @DefaultValue Strategies strategies, @DefaultValue Remote remote,
		@DefaultValue Caller caller) {

	static final String PREFIX = "kosmos.tracing.sampling.";

	private static final String MASK = "******";

	private static final Pattern USER_INFORMATION = Pattern.compile("^([a-zA-Z][a-zA-Z0-9+.-]*:/+)?.*@",
			Pattern.DOTALL);

	private static final Pattern QUERY = Pattern.compile("\\?.*", Pattern.DOTALL);

	private static final Duration MIN_INTERVAL = Duration.ofMillis(100);

	private static final Duration MAX_TIME = Duration.ofDays(1);

	/**
	 * Check the values.
	 */
	public SamplingProperties {
		checkProbability(PREFIX + "probability", probability);
		checkRate(PREFIX + "rate-limit", rateLimit);
		if (sampler == null) {
			boolean rates = probability != null || rateLimit != null;
			if (strategies.file() != null && (rates || remote.endpoint() != null)) {
				throw new InvalidConfigurationPropertyValueException(PREFIX + "strategies.file", strategies.file(),
						"With kosmos.tracing.sampling." + ((rates) ? "probability or rate-limit" : "remote.endpoint")
								+ ", kosmos.tracing.sampling.sampler must say which of them decides.");
			}
			if (remote.endpoint() != null && rates) {
				throw new InvalidConfigurationPropertyValueException(PREFIX + "remote.endpoint",
						masked(remote.endpoint()), "With kosmos.tracing.sampling.probability or rate-limit,"
								+ " kosmos.tracing.sampling.sampler must say which of them decides.");
			}
		}
		else {
			sampler.check(probability, rateLimit, strategies);
		}
		for (int i = 0; i < rules.size(); i++) {
			rules.get(i).check(PREFIX + "rules[" + i + "]");
		}
		rules = named(rules);
		checkTime(PREFIX + "strategies.reload-interval", strategies.reloadInterval(), MIN_INTERVAL,
				strategies.reloadInterval().isZero());
		remote.check();
		caller.check();
		if (!parentBased && !caller.equals(Caller.FOLLOWED)) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "parent-based", false,
					"It must be true with kosmos.tracing.sampling.caller: callers count nothing without it.");
		}
	}

	/**
	 * Give a name to every rule, that of its place unless it has one.
	 */
	private static List<Rule> named(List<Rule> rules) {
		List<Rule> named = new ArrayList<>();
		Set<String> names = new HashSet<>();
		for (int i = 0; i < rules.size(); i++) {
			Rule rule = rules.get(i);
			String name = (rule.name() != null) ? rule.name() : "rules[" + i + "]";
			if (!names.add(name)) {
				throw new InvalidConfigurationPropertyValueException(PREFIX + "rules[" + i + "].name", name,
						"It must not be the name of another rule.");
			}
			named.add(rule.named(name));
		}
		return List.copyOf(named);
	}

	/**
	 * What decides where no rule does.
	 * @return what is set or follows from what is, {@code null} if that is nothing
	 */
	@Nullable Base base() {
		if (this.sampler != null) {
			return this.sampler;
		}
		if (this.rateLimit != null) {
			return Base.RATE_LIMIT;
		}
		if (this.probability != null) {
			return Base.PROBABILITY;
		}
		if (this.strategies.file() != null) {
			return Base.STRATEGIES;
		}
		return (this.remote.endpoint() != null) ? Base.REMOTE : null;
	}

	static boolean isProbability(double value) {
		return value >= 0.0 && value <= 1.0;
	}

	static boolean isRate(double value) {
		return value >= 0.0 && value < Double.POSITIVE_INFINITY;
	}

	private static void checkProbability(String key, @Nullable Double value) {
		if (value != null && !isProbability(value)) {
			throw new InvalidConfigurationPropertyValueException(key, value, "It must be from 0.0 to 1.0.");
		}
	}

	private static void checkTime(String key, Duration value, Duration min, boolean isOff) {
		if (!isOff && (value.compareTo(min) < 0 || value.compareTo(MAX_TIME) > 0)) {
			throw new InvalidConfigurationPropertyValueException(key, value,
					"It must be from " + min.toMillis() + " milliseconds to 1 day.");
		}
	}

	/**
	 * Return a URL without its user information and its query, even of what is no URL for
	 * want of slashes.
	 */
	static String masked(String url) {
		return QUERY.matcher(USER_INFORMATION.matcher(url).replaceFirst("$1" + MASK + "@")).replaceFirst("?" + MASK);
	}

	private static void checkRate(String key, @Nullable Double value) {
		if (value != null && !isRate(value)) {
			throw new InvalidConfigurationPropertyValueException(key, value,
					"It must be a number of traces per second from 0 on, such as 100 or 0.5.");
		}
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
		REMOTE;

		private void check(@Nullable Double probability, @Nullable Double rateLimit, Strategies strategies) {
			switch (this) {
				case STRATEGIES -> require("strategies.file", strategies.file());
				case PROBABILITY -> require("probability", probability);
				case RATE_LIMIT -> require("rate-limit", rateLimit);
				case ALWAYS, NEVER, REMOTE -> {
				}
			}
		}

		private void require(String key, @Nullable Object value) {
			if (value == null) {
				throw new InvalidConfigurationPropertyValueException(PREFIX + "sampler", this,
						"It needs kosmos.tracing.sampling." + key + ".");
			}
		}

		/**
		 * As it is written.
		 */
		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

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

		private static final int MAX_NAME = 100;

		private Rule named(String name) {
			return new Rule(name, this.service, this.spanName, this.route, this.kind, this.agent, this.tenant,
					this.attributes, this.probability, this.rateLimit);
		}

		private void check(String key) {
			if (this.name != null && (this.name.isBlank() || this.name.length() > MAX_NAME
					|| this.name.chars().anyMatch(Character::isISOControl))) {
				throw new InvalidConfigurationPropertyValueException(key + ".name", this.name,
						"It must be from 1 to 100 characters in one line.");
			}
			checkPattern(key + ".service", this.service);
			checkPattern(key + ".span-name", this.spanName);
			checkPattern(key + ".agent", this.agent);
			checkPattern(key + ".tenant", this.tenant);
			this.attributes.forEach((attribute, pattern) -> checkPattern(key + ".attributes." + attribute, pattern));
			if (this.route != null && !RoutePattern.isValid(this.route)) {
				throw new InvalidConfigurationPropertyValueException(key + ".route", this.route,
						"It must be a path that begins with a slash, in which * stands for any part of a segment,"
								+ " {name} for a segment and ** for any number of segments.");
			}
			checkProbability(key + ".probability", this.probability);
			checkRate(key + ".rate-limit", this.rateLimit);
			if (this.service == null && this.spanName == null && this.route == null && this.kind == null
					&& this.agent == null && this.tenant == null && this.attributes.isEmpty()) {
				throw new InvalidConfigurationPropertyValueException(key, this,
						"It must have a condition: service, span-name, route, kind, agent, tenant or attributes.");
			}
			if (this.probability == null && this.rateLimit == null) {
				throw new InvalidConfigurationPropertyValueException(key, this,
						"It must have a probability, a rate-limit or both.");
			}
		}

		private static void checkPattern(String key, @Nullable String pattern) {
			if (pattern != null && pattern.isBlank()) {
				throw new InvalidConfigurationPropertyValueException(key, pattern,
						"It must be a text in which * stands for any characters.");
			}
		}

		/**
		 * What is set of the conditions and rates.
		 */
		Map<String, Object> written() {
			Map<String, Object> written = new LinkedHashMap<>();
			put(written, "service", this.service);
			put(written, "spanName", this.spanName);
			put(written, "route", this.route);
			put(written, "kind", (this.kind != null) ? this.kind.name().toLowerCase(Locale.ROOT) : null);
			put(written, "agent", this.agent);
			put(written, "tenant", this.tenant);
			put(written, "attributes", (!this.attributes.isEmpty()) ? this.attributes : null);
			put(written, "probability", this.probability);
			put(written, "rateLimit", this.rateLimit);
			return written;
		}

		private static void put(Map<String, Object> written, String key, @Nullable Object value) {
			if (value != null) {
				written.put(key, value);
			}
		}

		@Override
		public String toString() {
			return written().toString();
		}

	}

	/**
	 * Jaeger's strategies file.
	 *
	 * @param file Location of the file, such as file:/etc/jaeger/sampling.json.
	 * @param reloadInterval Time after which a change of the file is noticed at the
	 * latest, at least 100ms. 0 switches reloading off.
	 */
	public record Strategies(@Nullable Resource file, @DefaultValue("10s") Duration reloadInterval) {

	}

	/**
	 * Jaeger's remote sampling.
	 *
	 * @param endpoint URL of Jaeger's sampling endpoint. Unless set, it is
	 * http://localhost:5779 for gRPC and http://localhost:5778/api/sampling for HTTP.
	 * @param protocol Protocol by which Jaeger is asked.
	 * @param interval Time between two questions, from 100ms to 1 day.
	 * @param timeout Time that an answer may take.
	 * @param headers Headers of each question.
	 */
	public record Remote(@Nullable String endpoint, @DefaultValue("grpc") Protocol protocol,
			@DefaultValue("1m") Duration interval, @DefaultValue("5s") Duration timeout,
			@DefaultValue Map<String, String> headers) {

		// The tokens of RFC 9110, section 5.6.2.
		private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

		private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");

		private static final int MAX_PORT = 65535;

		private void check() {
			checkTime(PREFIX + "remote.interval", this.interval, MIN_INTERVAL, false);
			checkTime(PREFIX + "remote.timeout", this.timeout, Duration.ofMillis(1), false);
			if (this.endpoint != null) {
				checkEndpoint(this.endpoint);
			}
			this.headers.forEach((name, value) -> {
				if (!HEADER_NAME.matcher(name).matches()) {
					throw new InvalidConfigurationPropertyValueException(PREFIX + "remote.headers", MASK,
							"It must have the names of headers as keys, such as api-key.");
				}
				if (!HEADER_VALUE.matcher(value).matches()) {
					throw new InvalidConfigurationPropertyValueException(PREFIX + "remote.headers." + name, MASK,
							"It must be one line of printable ASCII characters.");
				}
			});
		}

		private void checkEndpoint(String endpoint) {
			URI uri = parse(endpoint);
			if (uri == null || uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > MAX_PORT
					|| !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
				throw new InvalidConfigurationPropertyValueException(PREFIX + "remote.endpoint", masked(endpoint),
						"It must be an http or https URL with a host, such as http://localhost:5779.");
			}
			String path = uri.getPath();
			if (this.protocol == Protocol.GRPC && path != null && !path.isEmpty() && !path.equals("/")) {
				throw new InvalidConfigurationPropertyValueException(PREFIX + "remote.endpoint", masked(endpoint),
						"It must have no path unless kosmos.tracing.sampling.remote.protocol is http.");
			}
		}

		private static @Nullable URI parse(String url) {
			try {
				return URI.create(url);
			}
			catch (IllegalArgumentException ex) {
				return null;
			}
		}

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

		static final Caller FOLLOWED = new Caller(Choice.FOLLOW, Choice.FOLLOW, null);

		private void check() {
			checkRate(PREFIX + "caller.rate-limit", this.rateLimit);
			if (this.rateLimit != null && this.sampled == Choice.DECIDE) {
				throw new InvalidConfigurationPropertyValueException(PREFIX + "caller.rate-limit", this.rateLimit,
						"It must not be set with kosmos.tracing.sampling.caller.sampled=decide, which follows no"
								+ " caller.");
			}
		}

		/**
		 * What becomes of the trace of a caller.
		 */
		public enum Choice {

			/** The caller is followed. */
			FOLLOW,

			/** The samplers of this service decide, as for a trace begun here. */
			DECIDE;

			/**
			 * As it is written.
			 */
			@Override
			public String toString() {
				return name().toLowerCase(Locale.ROOT);
			}

		}

	}

}
