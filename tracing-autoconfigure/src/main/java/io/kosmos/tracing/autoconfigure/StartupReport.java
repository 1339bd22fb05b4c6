package io.kosmos.tracing.autoconfigure;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Says in one line what was decided: read from the beans that are really there, so that
 * it is right also when the application supplies some of them.
 */
final class StartupReport implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	// The exporters keep their endpoint to themselves but for their description.
	private static final Pattern ENDPOINT = Pattern.compile("endpoint=([^\\s}]+?),?(?=[\\s}]|$)");

	// As the processor that delivers spans describes itself.
	private static final Pattern DESTINATION = Pattern.compile("endpoint=(\\S+) protocol=(\\w+)");

	private static final Pattern PARENT_BASED_ROOT = Pattern
		.compile("^ParentBased\\{root:(.+),remoteParentSampled:(.+),localParentSampled:");

	private static final String CALLER_IS_FOLLOWED = "AlwaysOnSampler,remoteParentNotSampled:AlwaysOffSampler";

	// What may hold a secret: user information and the query.
	private static final Pattern SECRET = Pattern.compile("(?<=//)[^/]*@|\\?.*$");

	private final boolean off;

	private final ObjectProvider<SdkTracerProvider> tracerProvider;

	private final ObjectProvider<Resource> resource;

	private final ObjectProvider<Sampler> sampler;

	private final ObjectProvider<SpanProcessor> processors;

	private final ObjectProvider<SpanExporter> exporters;

	private final ObjectProvider<ContextPropagators> propagators;

	StartupReport(boolean off, ObjectProvider<SdkTracerProvider> tracerProvider, ObjectProvider<Resource> resource,
			ObjectProvider<Sampler> sampler, ObjectProvider<SpanProcessor> processors,
			ObjectProvider<SpanExporter> exporters, ObjectProvider<ContextPropagators> propagators) {
		this.off = off;
		this.tracerProvider = tracerProvider;
		this.resource = resource;
		this.sampler = sampler;
		this.processors = processors;
		this.exporters = exporters;
		this.propagators = propagators;
	}

	@Override
	public void afterSingletonsInstantiated() {
		logger.info(describe());
	}

	String describe() {
		if (this.off) {
			return "There are no traces, because kosmos.tracing.enabled is false or the OpenTelemetry Java agent is"
					+ " attached, and the application was built for neither";
		}
		if (this.tracerProvider.stream().findAny().isEmpty()) {
			return "There are no traces, because OpenTelemetry is off (OTEL_SDK_DISABLED or"
					+ " management.opentelemetry.enabled)";
		}
		Resource resource = this.resource.getIfUnique();
		Sampler sampler = this.sampler.getIfUnique();
		ContextPropagators propagators = this.propagators.getIfUnique();
		List<String> destinations = Stream
			.concat(this.processors.orderedStream().flatMap(StartupReport::describe),
					this.exporters.orderedStream().map(StartupReport::describe))
			.toList();
		return "Traces of service '"
				+ ((resource != null) ? resource.getAttribute(AttributeKey.stringKey("service.name")) : "unknown")
				+ "' go to " + (destinations.isEmpty() ? "no destination" : String.join(" and ", destinations))
				+ ", sampled by " + ((sampler != null) ? describe(sampler) : "nobody") + ", propagated in "
				+ ((propagators != null) ? propagators.getTextMapPropagator().fields() : List.of());
	}

	private static String describe(Sampler sampler) {
		Matcher root = PARENT_BASED_ROOT.matcher(sampler.getDescription());
		if (!root.find()) {
			return sampler.getDescription();
		}
		return (root.group(2).equals(CALLER_IS_FOLLOWED) ? "the caller, else "
				: "the caller as kosmos.tracing.sampling.caller has it, else ") + root.group(1);
	}

	private static Stream<String> describe(SpanProcessor processor) {
		return DESTINATION.matcher(processor.toString())
			.results()
			.map((destination) -> destination.group(1) + " (" + destination.group(2) + ")");
	}

	private static String describe(SpanExporter exporter) {
		String name = exporter.getClass().getSimpleName();
		Matcher endpoint = ENDPOINT.matcher(exporter.toString());
		return endpoint.find() ? SECRET.matcher(endpoint.group(1)).replaceAll("") + " (" + name + ")" : name;
	}

}
