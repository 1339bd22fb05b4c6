package io.kosmos.tracing.autoconfigure.span;

import io.kosmos.tracing.Traced;

import org.springframework.aop.Advisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the aspect behind
 * {@link Traced @Traced}.
 */
@AutoConfiguration(after = SpansAutoConfiguration.class)
@ConditionalOnClass(Advisor.class)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.annotation.enabled", matchIfMissing = true)
@EnableConfigurationProperties(AnnotationProperties.class)
public final class AnnotationAutoConfiguration {

	// Outside transactions, retries and caches, which come last unless told otherwise, so
	// that the span sees what the caller sees.
	private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 1000;

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static TracedMethods kosmosTracedMethods() {
		return new TracedMethods();
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static TracedInterceptor kosmosTracedInterceptor(TracedMethods methods, SpanLifecycle lifecycle) {
		return new TracedInterceptor(methods, lifecycle);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static DefaultPointcutAdvisor kosmosTracedAdvisor(TracedMethods methods, TracedInterceptor interceptor) {
		DefaultPointcutAdvisor advisor = new DefaultPointcutAdvisor(methods, interceptor);
		advisor.setOrder(ORDER);
		return advisor;
	}

	@Bean
	UnsupportedMethods kosmosUnsupportedMethods(ConfigurableListableBeanFactory beanFactory, TracedMethods methods,
			AnnotationProperties properties) {
		return new UnsupportedMethods(beanFactory, methods, properties.unsupported());
	}

}
