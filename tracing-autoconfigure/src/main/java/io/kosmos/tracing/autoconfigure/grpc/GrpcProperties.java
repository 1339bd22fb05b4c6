package io.kosmos.tracing.autoconfigure.grpc;

import java.util.List;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Configuration of the spans of gRPC calls.
 *
 * @param enabled Whether each call, as client and as server, becomes a span.
 * @param excludedServices Full names of services whose calls stay without spans, beside
 * those of health, reflection and channelz.
 * @param messageEvents Whether each message that a call sends or receives becomes an
 * event of its span.
 */
@ConfigurationProperties("kosmos.tracing.grpc")
public record GrpcProperties(@DefaultValue("true") boolean enabled, @DefaultValue List<String> excludedServices,
		@DefaultValue("false") boolean messageEvents) {

	private static final Pattern SERVICE = Pattern.compile("[A-Za-z_][0-9A-Za-z_]*(\\.[A-Za-z_][0-9A-Za-z_]*)*");

	/**
	 * Check the values.
	 */
	public GrpcProperties {
		for (String service : excludedServices) {
			if (!SERVICE.matcher(service).matches()) {
				throw new InvalidConfigurationPropertyValueException("kosmos.tracing.grpc.excluded-services", service,
						"It must be the full names of services, such as grpc.health.v1.Health.");
			}
		}
	}

}
