package io.kosmos.tracing.autoconfigure.propagation;

import java.util.List;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * What goes to other services as baggage beside the trace: what is named here, to hosts
 * that are named here. The ids of the request are kosmos.tenant.id, kosmos.user.id,
 * kosmos.conversation.id and kosmos.request.id.
 *
 * @param keys Keys of the baggage that is sent, and of the ids that are read from the
 * baggage of incoming requests.
 * @param hosts Hosts to which baggage is sent, such as inventory or *.internal.example
 * for every host below it.
 */
@ConfigurationProperties("kosmos.tracing.baggage")
public record BaggageProperties(@DefaultValue List<String> keys, @DefaultValue List<String> hosts) {

	private static final Pattern KEY = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	private static final Pattern HOST = Pattern
		.compile("(\\*\\.)?[0-9A-Za-z_-]+(\\.[0-9A-Za-z_-]+)*|\\[[0-9A-Fa-f:.]+]");

	/**
	 * Check the values.
	 */
	public BaggageProperties {
		keys.forEach((key) -> check("keys", key, KEY,
				"It must be the keys of baggage entries, each a token" + " such as kosmos.tenant.id."));
		hosts.forEach((host) -> check("hosts", host, HOST, "It must be the names of hosts without scheme, port and"
				+ " path, such as inventory or *.internal.example; * alone would be every host."));
	}

	private static void check(String property, String value, Pattern allowed, String reason) {
		if (!allowed.matcher(value).matches()) {
			throw new InvalidConfigurationPropertyValueException("kosmos.tracing.baggage." + property, value, reason);
		}
	}

}
