package io.kosmos.tracing.autoconfigure.mongodb;

import com.mongodb.MongoClientSettings;
import com.mongodb.event.CommandListener;
import com.mongodb.observability.micrometer.MicrometerObservabilitySettings;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.instrumentation.mongo.v3_1.MongoTelemetry;

import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.core.env.Environment;

/**
 * Adds the library's listener to clients that nobody observes yet.
 */
final class CommandTracingCustomizer implements MongoClientSettingsBuilderCustomizer {

	private static final String SEMCONV_OPT_IN = "otel.semconv-stability.opt-in";

	private final OpenTelemetry openTelemetry;

	private final Environment environment;

	CommandTracingCustomizer(OpenTelemetry openTelemetry, Environment environment) {
		this.openTelemetry = openTelemetry;
		this.environment = environment;
	}

	@Override
	public void customize(MongoClientSettings.Builder builder) {
		MongoClientSettings settings = builder.build();
		if (isObserved(settings)) {
			return;
		}
		builder.addCommandListener(new CallerCommandListener(listener()));
		if (settings.getContextProvider() == null) {
			builder.contextProvider(CallerContext.provider());
		}
	}

	private static boolean isObserved(MongoClientSettings settings) {
		if (settings.getObservabilitySettings() instanceof MicrometerObservabilitySettings micrometer) {
			ObservationRegistry registry = micrometer.getObservationRegistry();
			if (registry != null && !registry.isNoop()) {
				return true;
			}
		}
		return settings.getCommandListeners()
			.stream()
			.map((listener) -> listener.getClass().getName())
			.anyMatch((name) -> name.startsWith("io.opentelemetry.")
					|| name.startsWith("org.springframework.data.mongodb.obs"));
	}

	/*
	 * The library reads the wanted conventions once per class loader, from a system
	 * property or an environment variable only. The property is there just while it does,
	 * so that nothing else in the process sees a choice that the user did not make.
	 */
	private CommandListener listener() {
		synchronized (CommandTracingCustomizer.class) {
			String given = System.getProperty(SEMCONV_OPT_IN);
			System.setProperty(SEMCONV_OPT_IN, this.environment.getProperty(SEMCONV_OPT_IN, "database"));
			try {
				return MongoTelemetry.create(this.openTelemetry).createCommandListener();
			}
			finally {
				if (given != null) {
					System.setProperty(SEMCONV_OPT_IN, given);
				}
				else {
					System.clearProperty(SEMCONV_OPT_IN);
				}
			}
		}
	}

}
