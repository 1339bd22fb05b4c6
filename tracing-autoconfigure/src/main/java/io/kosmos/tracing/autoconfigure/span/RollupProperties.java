package io.kosmos.tracing.autoconfigure.span;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Sums of calls, tokens and cost across services.
 *
 * @param respond Whether HTTP responses tell the caller, in the header Kosmos-Usage, what
 * models and tools did for it. Everybody who may call the service can read it.
 * @param hosts Hosts whose Kosmos-Usage header is added to the sums of the agents and
 * workflows that call them. A name that begins with *. stands for all names below.
 */
@ConfigurationProperties("kosmos.tracing.rollup")
public record RollupProperties(@DefaultValue("false") boolean respond, @DefaultValue List<String> hosts) {

	private static final Pattern HOST = Pattern
		.compile("(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+]");

	public RollupProperties {
		for (String host : hosts) {
			if (!HOST.matcher(host).matches()) {
				throw new InvalidConfigurationPropertyValueException("kosmos.tracing.rollup.hosts", host,
						"It must be the name or address of a host without scheme, port and path, such as"
								+ " agents.example.com or *.example.com.");
			}
		}
		hosts = hosts.stream().map((host) -> host.toLowerCase(Locale.ROOT)).toList();
	}

	boolean trusts(String host) {
		String name = host.toLowerCase(Locale.ROOT);
		for (String allowed : this.hosts) {
			if (allowed.startsWith("*.") ? name.endsWith(allowed.substring(1)) : name.equals(allowed)) {
				return true;
			}
		}
		return false;
	}

}
