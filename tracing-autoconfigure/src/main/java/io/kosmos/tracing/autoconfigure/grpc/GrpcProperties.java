package io.kosmos.tracing.autoconfigure.grpc;

import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Configuration of the spans of gRPC calls.
 *
 * @param enabled Whether each call, as client and as server, becomes a span.
 * @param excludedServices Full names of the services whose calls stay without spans.
 * Unless set, those of gRPC itself: health, reflection and channelz.
 * @param messageEvents Whether each message that a call sends or receives becomes an
 * event of its span.
 */
@ConfigurationProperties("kosmos.tracing.grpc")
public record GrpcProperties(@DefaultValue("true") boolean enabled, @Nullable List<String> excludedServices,
		@DefaultValue("false") boolean messageEvents) {

	private static final Pattern SERVICE = Pattern.compile("[A-Za-z_][0-9A-Za-z_]*(\\.[A-Za-z_][0-9A-Za-z_]*)*");

	private static final List<String> OF_GRPC = List.of("grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
			"grpc.reflection.v1alpha.ServerReflection", "grpc.channelz.v1.Channelz");

	/**
	 * Check the values.
	 */
	public GrpcProperties {
		for (String service : (excludedServices != null) ? excludedServices : OF_GRPC) {
			if (!SERVICE.matcher(service).matches()) {
				throw new InvalidConfigurationPropertyValueException("kosmos.tracing.grpc.excluded-services", service,
						"It must be the full names of services, such as grpc.health.v1.Health.");
			}
		}
	}

	boolean isExcluded(String service) {
		return ((this.excludedServices != null) ? this.excludedServices : OF_GRPC).contains(service);
	}

}
