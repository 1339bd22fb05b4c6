package io.kosmos.tracing.autoconfigure.propagation;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The headers that carry a trace between processes.
 *
 * @param type Formats that are written to outgoing and read from incoming requests. The
 * first that an incoming request holds is taken.
 * @param produce Formats that are written to outgoing requests, if not those of type.
 * @param consume Formats that are read from incoming requests, if not those of type. The
 * first that a request holds is taken.
 * @param trust Callers whose context is taken over. That of others becomes a link.
 */
@ConfigurationProperties("kosmos.tracing.propagation")
public record PropagationProperties(@Nullable List<Type> type, @Nullable List<Type> produce,
		@Nullable List<Type> consume, @DefaultValue Trust trust) {

	private static final String PREFIX = "kosmos.tracing.propagation.";

	/**
	 * Check the values.
	 */
	public PropagationProperties {
		if (type != null && type.isEmpty()) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "type", "",
					"It must name at least one of w3c, b3, b3-multi, jaeger.");
		}
	}

	/**
	 * Callers whose context is taken over: those that satisfy each of the lists, of which
	 * an empty one is satisfied by everybody.
	 *
	 * @param networks Networks that the direct peer may be in, such as 10.0.0.0/8 or
	 * fd00::/8; none alone is no network at all. Empty, any.
	 * @param headers Headers of which a request holds one, each as name=value. Empty,
	 * any.
	 * @param paths Patterns that the path within the application may match, such as
	 * /internal/**. Empty, any.
	 * @param unknown Whether callers are trusted that tell neither address nor path, such
	 * as senders of messages.
	 */
	public record Trust(@DefaultValue List<String> networks, @DefaultValue List<String> headers,
			@DefaultValue List<String> paths, @DefaultValue("true") boolean unknown) {

		private static final String NONE = "none";

		private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+=[ -~]+");

		/**
		 * Check the values.
		 */
		public Trust {
			if (!networks.equals(List.of(NONE))) {
				check("networks", networks, (network) -> Network.parse(network) != null,
						"It must be networks such as 10.0.0.0/8, fd00::/8 or 127.0.0.1, or none alone.");
			}
			if (!headers.stream().allMatch(HEADER.asMatchPredicate())) {
				// The value may be what only the gateway knows.
				throw new InvalidConfigurationPropertyValueException(PREFIX + "trust.headers", "******",
						"It must be headers with their value, such as X-From-Gateway=yes.");
			}
			check("paths", paths, (path) -> path.startsWith("/"),
					"It must be patterns of paths that begin with a slash, such as /internal/**.");
		}

		private static void check(String property, List<String> values, Predicate<String> allowed, String reason) {
			for (String value : values) {
				if (!allowed.test(value)) {
					throw new InvalidConfigurationPropertyValueException(PREFIX + "trust." + property, value, reason);
				}
			}
		}

		boolean isEverybody() {
			return this.networks.isEmpty() && this.headers.isEmpty() && this.paths.isEmpty() && this.unknown;
		}

	}

	/**
	 * A propagation format.
	 */
	public enum Type {

		/** W3C Trace Context: traceparent and tracestate. */
		W3C,

		/** B3 in the single header b3. */
		B3,

		/** B3 in the headers X-B3-TraceId, X-B3-SpanId and X-B3-Sampled. */
		B3_MULTI,

		/** Jaeger: uber-trace-id, and uberctx- headers for baggage. */
		JAEGER

	}

}
