package io.kosmos.tracing.autoconfigure.request;

import java.util.regex.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Tenant, user, conversation and request id.
 *
 * @param headers Headers of incoming requests that hold the ids.
 * @param mdc Whether tenantId, userId, conversationId and requestId are in the MDC.
 * @param writeUserId Whether the user is also written as user.id, the name that the
 * OpenTelemetry conventions have for it.
 */
@ConfigurationProperties("kosmos.tracing.request")
public record RequestProperties(@DefaultValue Headers headers, @DefaultValue("true") boolean mdc,
		@DefaultValue("false") boolean writeUserId) {

	/**
	 * Headers of incoming requests that hold the ids.
	 *
	 * @param tenant Header that holds the tenant. Empty, none does.
	 * @param user Header that holds the user. Empty, none does.
	 * @param conversation Header that holds the conversation. Empty, none does.
	 * @param request Header that holds the request id. Empty, none does.
	 */
	public record Headers(@DefaultValue("X-Tenant-Id") String tenant, @DefaultValue("X-User-Id") String user,
			@DefaultValue("X-Conversation-Id") String conversation, @DefaultValue("X-Request-Id") String request) {

		private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]*");

		/**
		 * Check the values.
		 */
		public Headers {
			check("tenant", tenant);
			check("user", user);
			check("conversation", conversation);
			check("request", request);
		}

		private static void check(String id, String header) {
			if (!NAME.matcher(header).matches()) {
				throw new InvalidConfigurationPropertyValueException("kosmos.tracing.request.headers." + id, header,
						"It must be the name of a header, or empty.");
			}
		}

	}

}
