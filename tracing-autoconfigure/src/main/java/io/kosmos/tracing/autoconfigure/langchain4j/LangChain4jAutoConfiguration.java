package io.kosmos.tracing.autoconfigure.langchain4j;

import dev.langchain4j.agentic.internal.InternalAgent;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.spi.OpenAiChatModelBuilderFactory;
import dev.langchain4j.model.openai.spi.OpenAiEmbeddingModelBuilderFactory;
import dev.langchain4j.model.openai.spi.OpenAiStreamingChatModelBuilderFactory;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.service.AiServiceContext;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.spi.services.AiServiceContextFactory;
import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.ResultMapper;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracingFailures;
import io.kosmos.tracing.autoconfigure.langchain4j.AiServiceInterceptor.Identity;
import io.kosmos.tracing.autoconfigure.langchain4j.TracingBeanPostProcessor.Tracing;
import io.opentelemetry.api.OpenTelemetry;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.util.ClassUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of spans for LangChain4j: calls of
 * models and retrievers that are beans, with the HTTP calls below them, executions of
 * tools, AI services and agents that are beans.
 */
@AutoConfiguration
@ConditionalOnClass({ OpenTelemetry.class, ChatModel.class, ProxyFactory.class })
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.langchain4j.enabled", matchIfMissing = true)
@EnableConfigurationProperties(LangChain4jProperties.class)
public final class LangChain4jAutoConfiguration {

	/** Before that of AI services, which agents are too. */
	private static final int AGENTS = 0;

	private static final int OTHERS = 1;

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static LangChain4jSpans kosmosLangChain4jSpans(ObjectProvider<AgentSpans> agents, ObjectProvider<Spans> spans,
			ObjectProvider<OpenTelemetry> openTelemetry, ObjectProvider<TracingFailures> failures) {
		return new LangChain4jSpans(agents::getObject, httpCalls(spans, openTelemetry, failures), failures::getObject);
	}

	private static @Nullable HttpCalls httpCalls(ObjectProvider<Spans> spans,
			ObjectProvider<OpenTelemetry> openTelemetry, ObjectProvider<TracingFailures> failures) {
		ClassLoader classLoader = LangChain4jAutoConfiguration.class.getClassLoader();
		boolean possible = ClassUtils.isPresent("dev.langchain4j.http.client.HttpClient", classLoader)
				&& !ClassUtils.isPresent("io.opentelemetry.javaagent.OpenTelemetryAgent", classLoader);
		return possible ? new HttpCalls(spans::getObject,
				() -> openTelemetry.getIfAvailable(OpenTelemetry::noop).getPropagators().getTextMapPropagator(),
				failures::getObject) : null;
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static TracingBeanPostProcessor kosmosModelTracing(LangChain4jSpans spans) {
		Tracing tracing = (bean, beanName) -> {
			if (bean instanceof ChatModel || bean instanceof StreamingChatModel || bean instanceof EmbeddingModel) {
				return new ModelInterceptor(spans);
			}
			return (bean instanceof ContentRetriever) ? new RetrieverInterceptor(spans, beanName) : null;
		};
		return new TracingBeanPostProcessor(tracing, OTHERS);
	}

	@Bean
	ResultMapper kosmosLangChain4jResultMapper() {
		return new ResponseMapper();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HttpClientBuilder.class)
	static class HttpClientConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static TracingBeanPostProcessor kosmosHttpClientTracing() {
			MethodInterceptor interceptor = (invocation) -> {
				Object result = invocation.proceed();
				return (result instanceof HttpClient client) ? TracedHttpClientBuilder.trace(client) : result;
			};
			return new TracingBeanPostProcessor(
					(bean, beanName) -> (bean instanceof HttpClientBuilder) ? interceptor : null, OTHERS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(AiServices.class)
	static class AiServiceConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static AiServiceTracing.Application kosmosAiServiceApplication(LangChain4jSpans spans) {
			return new AiServiceTracing.Application(spans);
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static TracingBeanPostProcessor kosmosAiServiceTracing(AiServiceTracing.Application application) {
			Tracing tracing = (bean, beanName) -> {
				Class<?> type = AiServiceTracing.typeOf(bean);
				if (type == null) {
					return null;
				}
				Identity identity = new Identity(type, type.getSimpleName(), null);
				return new AiServiceInterceptor(application.spans(), () -> identity);
			};
			return new TracingBeanPostProcessor(tracing, OTHERS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ InternalAgent.class, AiServices.class })
	static class AgentConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static TracingBeanPostProcessor kosmosAgentTracing(LangChain4jSpans spans) {
			SubagentListener listener = new SubagentListener(spans);
			Tracing tracing = (bean, beanName) -> {
				if (!(bean instanceof InternalAgent agent)) {
					return null;
				}
				agent.registerInheritedParentListener(listener);
				return new AiServiceInterceptor(spans,
						() -> new Identity(agent.agentId(), agent.name(), SubagentListener.id(agent)));
			};
			return new TracingBeanPostProcessor(tracing, AGENTS);
		}

	}

	/**
	 * Gives AI services traced tools. Called by LangChain4j, also without an application.
	 */
	public static final class AiServiceContexts implements AiServiceContextFactory {

		@Override
		public AiServiceContext create(Class<?> aiServiceClass) {
			return AiServiceTracing.context(aiServiceClass);
		}

	}

	/**
	 * Gives OpenAI's chat models a traced HTTP client. Called by LangChain4j, also
	 * without an application.
	 */
	public static final class OpenAiChatModels implements OpenAiChatModelBuilderFactory {

		@Override
		public OpenAiChatModel.OpenAiChatModelBuilder get() {
			return new OpenAiChatModel.OpenAiChatModelBuilder() {

				@Override
				public OpenAiChatModel.OpenAiChatModelBuilder httpClientBuilder(@Nullable HttpClientBuilder builder) {
					return super.httpClientBuilder(TracedHttpClientBuilder.of(builder));
				}

			}.httpClientBuilder(null);
		}

	}

	/**
	 * Gives OpenAI's streaming chat models a traced HTTP client. Called by LangChain4j,
	 * also without an application.
	 */
	public static final class OpenAiStreamingChatModels implements OpenAiStreamingChatModelBuilderFactory {

		@Override
		public OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder get() {
			return new OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder() {

				@Override
				public OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder httpClientBuilder(
						@Nullable HttpClientBuilder builder) {
					return super.httpClientBuilder(TracedHttpClientBuilder.of(builder));
				}

			}.httpClientBuilder(null);
		}

	}

	/**
	 * Gives OpenAI's embedding models a traced HTTP client. Called by LangChain4j, also
	 * without an application.
	 */
	public static final class OpenAiEmbeddingModels implements OpenAiEmbeddingModelBuilderFactory {

		@Override
		public OpenAiEmbeddingModel.OpenAiEmbeddingModelBuilder get() {
			return new OpenAiEmbeddingModel.OpenAiEmbeddingModelBuilder() {

				@Override
				public OpenAiEmbeddingModel.OpenAiEmbeddingModelBuilder httpClientBuilder(
						@Nullable HttpClientBuilder builder) {
					return super.httpClientBuilder(TracedHttpClientBuilder.of(builder));
				}

			}.httpClientBuilder(null);
		}

	}

}
