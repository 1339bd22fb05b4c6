package io.kosmos.tracing.autoconfigure.mongodb;

import com.mongodb.MongoClientSettings;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.instrumentation.mongo.v3_1.MongoTelemetry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Makes each command of the MongoDB clients that Boot builds, synchronous and reactive, a
 * client span below the span of its caller, by the OpenTelemetry MongoDB library and in
 * the stable semantic conventions for databases. Values in commands are not recorded. A
 * command outside any trace is not traced.
 * <p>
 * Clients that are observed already stay as they are, and nothing is done when the
 * OpenTelemetry Java agent is attached.
 */
@AutoConfiguration(
		afterName = { "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration" },
		beforeName = { "org.springframework.boot.mongodb.autoconfigure.MongoAutoConfiguration",
				"org.springframework.boot.mongodb.autoconfigure.MongoReactiveAutoConfiguration" })
@ConditionalOnClass({ OpenTelemetry.class, MongoTelemetry.class, MongoClientSettings.class,
		MongoClientSettingsBuilderCustomizer.class })
@ConditionalOnMissingClass("io.opentelemetry.javaagent.OpenTelemetryAgent")
@ConditionalOnBean(OpenTelemetry.class)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.mongodb.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MongodbProperties.class)
public final class MongodbAutoConfiguration {

	/** After those of the application, to see what they did. */
	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	MongoClientSettingsBuilderCustomizer tracingMongoClientSettingsBuilderCustomizer(OpenTelemetry openTelemetry,
			Environment environment) {
		return new CommandTracingCustomizer(openTelemetry, environment);
	}

}
