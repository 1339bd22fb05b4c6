package io.kosmos.tracing.autoconfigure.springai;

import com.openai.models.completions.CompletionUsage;
import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.ResultMapper;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracingFailures;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.okhttp3.OkHttpContext;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelSpan;
import io.micrometer.tracing.propagation.Propagator;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

import org.springframework.ai.chat.client.ChatClientBuilderCustomizer;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.observation.conventions.AiObservationMetricNames;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.vectorstore.observation.VectorStoreObservationContext;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.Order;

/**
 * Makes what Spring AI observes of models, tools, vector stores and chat clients spans of
 * ours, in the place of those that Micrometer would make. An application's own handler of
 * such an observation wins if it is ordered before
 * {@value SpringAiAutoConfiguration#HANDLER_ORDER}.
 */
@AutoConfiguration(after = OpenTelemetryTracingAutoConfiguration.class,
		before = MicrometerTracingAutoConfiguration.class)
@ConditionalOnClass({ ChatModelObservationContext.class, ObservationRegistry.class, OtelSpan.class,
		ProxyFactory.class })
@ConditionalOnBean(Tracer.class)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.spring-ai.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SpringAiProperties.class)
public final class SpringAiAutoConfiguration {

	/**
	 * {@code @Order} of the handlers of Spring AI's observations.
	 */
	public static final int HANDLER_ORDER = 3000;

	private static final int REQUEST_HANDLER_ORDER = MicrometerTracingAutoConfiguration.SENDER_TRACING_OBSERVATION_HANDLER_ORDER
			- 1;

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ScopeHistory springAiScopeHistory() {
		return new ScopeHistory();
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ToolErrorBeanPostProcessor springAiToolErrorBeanPostProcessor(ObjectProvider<Spans> spans) {
		return new ToolErrorBeanPostProcessor(spans);
	}

	@Bean
	SpringAiTracing springAiTracing(AgentSpans agents, Spans spans, Tracer tracer, ScopeHistory history,
			TracingFailures failures) {
		return new SpringAiTracing(agents, spans, tracer, history, failures);
	}

	@Bean
	@Order(HANDLER_ORDER)
	ChatModelHandler springAiChatModelHandler(SpringAiTracing tracing) {
		return new ChatModelHandler(tracing);
	}

	@Bean
	@Order(HANDLER_ORDER)
	EmbeddingModelHandler springAiEmbeddingModelHandler(SpringAiTracing tracing) {
		return new EmbeddingModelHandler(tracing);
	}

	@Bean
	@Order(HANDLER_ORDER)
	ToolCallingHandler springAiToolCallingHandler(SpringAiTracing tracing) {
		return new ToolCallingHandler(tracing);
	}

	@Bean
	ResultMapper springAiResultMapper(ObjectProvider<ReasoningTokens> reasoningTokens) {
		return new ChatResponseMapper(reasoningTokens.getIfAvailable(() -> (usage) -> null));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ChatClientBuilderCustomizer.class)
	static class ChatClientConfiguration {

		@Bean
		@Order(HANDLER_ORDER)
		ChatClientHandler springAiChatClientHandler(SpringAiTracing tracing) {
			return new ChatClientHandler(tracing);
		}

		@Bean
		@Order(HANDLER_ORDER)
		AdvisorHandler springAiAdvisorHandler(SpringAiTracing tracing) {
			return new AdvisorHandler(tracing);
		}

		@Bean
		ChatClientBuilderCustomizer springAiChunkAdvisorCustomizer(SpringAiTracing tracing,
				ObjectProvider<RequestMarker> markers) {
			ChunkAdvisor advisor = new ChunkAdvisor(tracing, markers.orderedStream().toList());
			return (builder) -> builder.defaultAdvisors(advisor);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(VectorStoreObservationContext.class)
	static class VectorStoreConfiguration {

		@Bean
		@Order(HANDLER_ORDER)
		VectorStoreHandler springAiVectorStoreHandler(SpringAiTracing tracing) {
			return new VectorStoreHandler(tracing);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ CompletionUsage.class, OpenAiChatOptions.class, OkHttpContext.class, Request.class })
	@ConditionalOnBean(Propagator.class)
	static class OpenAiConfiguration {

		@Bean
		OpenAiRequests springAiOpenAiRequests(ObjectProvider<ObservationRegistry> observations) {
			return new OpenAiRequests(observations::getObject);
		}

		@Bean
		@Order(REQUEST_HANDLER_ORDER)
		OpenAiRequestHandler springAiOpenAiRequestHandler(OpenAiRequests requests, Tracer tracer,
				Propagator propagator) {
			return new OpenAiRequestHandler(requests,
					new PropagatingSenderTracingObservationHandler<>(tracer, propagator));
		}

		@Bean
		ReasoningTokens springAiOpenAiReasoningTokens() {
			return (usage) -> (usage instanceof CompletionUsage told)
					? told.completionTokensDetails().flatMap((details) -> details.reasoningTokens()).orElse(null)
					: null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterFilter.class)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.metrics.enabled", matchIfMissing = true)
	static class MeterConfiguration {

		/**
		 * Of the two meters of this name the one that is no histogram goes: Spring AI's.
		 */
		@Bean
		MeterFilter springAiTokenCounterMeterFilter() {
			return new MeterFilter() {

				@Override
				public MeterFilterReply accept(Meter.Id id) {
					return (id.getType() == Meter.Type.COUNTER
							&& id.getName().equals(AiObservationMetricNames.TOKEN_USAGE.value()))
									? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
				}

			};
		}

	}

	/**
	 * Reads the tokens spent on reasoning out of what a provider itself says of usage.
	 */
	@FunctionalInterface
	interface ReasoningTokens {

		/**
		 * Read the tokens.
		 * @param usage what the provider says
		 * @return the tokens, or {@code null} if it does not tell
		 */
		@Nullable Long of(Object usage);

	}

}
