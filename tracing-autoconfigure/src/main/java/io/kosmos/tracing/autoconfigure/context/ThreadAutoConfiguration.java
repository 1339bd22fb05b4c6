package io.kosmos.tracing.autoconfigure.context;

import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracingFailures;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.context.Context;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.util.function.SingletonSupplier;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of what takes the context to the
 * threads of executors and schedulers.
 */
@AutoConfiguration(after = TaskExecutionAutoConfiguration.class)
@ConditionalOnClass({ Context.class, ContextSnapshotFactory.class })
public final class ThreadAutoConfiguration {

	private static final String BOOT_SWITCH = "spring.task.execution.propagate-context";

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(AsyncConfigurer.class)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
	@EnableConfigurationProperties(ContextProperties.class)
	static class ExecutorConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static ExecutorBeanPostProcessor kosmosExecutorBeanPostProcessor(ConfigurableListableBeanFactory beanFactory,
				ObjectProvider<ContextProperties> properties, ObjectProvider<Spans> spans, TracingFailures failures,
				Environment environment) {
			TaskRuns runs = new TaskRuns(SingletonSupplier.of(spans::getObject), failures);
			return new ExecutorBeanPostProcessor(beanFactory, SingletonSupplier.of(properties::getObject),
					environment.getProperty(BOOT_SWITCH, Boolean.class, true), runs);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(AsyncConfigurer.class)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.context.executors", matchIfMissing = true)
	@ConditionalOnBooleanProperty(name = BOOT_SWITCH, matchIfMissing = true)
	static class AsyncConfiguration {

		@Bean
		@ConditionalOnMissingBean(AsyncConfigurer.class)
		DefaultAsyncExecutor kosmosDefaultAsyncExecutor(BeanFactory beanFactory, TracingFailures failures) {
			return new DefaultAsyncExecutor(beanFactory, failures);
		}

	}

}
