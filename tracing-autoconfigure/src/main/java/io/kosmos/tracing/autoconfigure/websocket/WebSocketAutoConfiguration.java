package io.kosmos.tracing.autoconfigure.websocket;

import io.kosmos.tracing.Spans;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.context.Context;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.web.reactive.socket.server.support.WebSocketHandlerAdapter;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the trace in handlers of
 * WebSockets.
 */
@AutoConfiguration
@ConditionalOnWebApplication
@ConditionalOnClass(Context.class)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.websocket.enabled", matchIfMissing = true)
@EnableConfigurationProperties(WebSocketProperties.class)
public final class WebSocketAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass(WebSocketHandlerMapping.class)
	static class ServletConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static ServletMappingBeanPostProcessor kosmosWebSocketTracing(ObjectProvider<Spans> spans,
				ObjectProvider<WebSocketProperties> properties) {
			return new ServletMappingBeanPostProcessor(
					() -> new WebSocketMessageSpans(spans::getObject, properties.getObject().messages()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	@ConditionalOnClass({ WebSocketHandlerAdapter.class, Mono.class, ContextSnapshotFactory.class })
	static class ReactiveConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static ReactiveAdapterBeanPostProcessor kosmosWebSocketTracing(ObjectProvider<Spans> spans,
				ObjectProvider<WebSocketProperties> properties) {
			return new ReactiveAdapterBeanPostProcessor(
					() -> new WebSocketMessageSpans(spans::getObject, properties.getObject().messages()));
		}

	}

}
