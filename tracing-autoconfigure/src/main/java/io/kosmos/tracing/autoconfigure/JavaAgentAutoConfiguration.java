package io.kosmos.tracing.autoconfigure;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for an application that the
 * OpenTelemetry Java agent is attached to: our spans are made by the agent's
 * OpenTelemetry, and so are sampled, limited and exported with its own.
 */
@AutoConfiguration(before = OpenTelemetrySdkAutoConfiguration.class)
@ConditionalOnClass({ GlobalOpenTelemetry.class, OpenTelemetrySdkAutoConfiguration.class })
@Conditional(JavaAgentAutoConfiguration.OnJavaAgent.class)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
public final class JavaAgentAutoConfiguration {

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	JavaAgentAutoConfiguration() {
		logger.info("The OpenTelemetry Java agent is attached: it samples, exports and traces everything but"
				+ " @Traced methods, agents and models, which become part of its traces;"
				+ " the kosmos.tracing properties of all else have no effect");
	}

	@Bean
	@ConditionalOnMissingBean
	OpenTelemetry kosmosJavaAgentOpenTelemetry() {
		return GlobalOpenTelemetry.get();
	}

	static final class OnJavaAgent extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			ConditionMessage.Builder message = ConditionMessage.forCondition("OpenTelemetry Java agent");
			return (JavaAgent.isAttached()) ? ConditionOutcome.match(message.because("it is attached"))
					: ConditionOutcome.noMatch(message.because("it is not attached"));
		}

	}

}
