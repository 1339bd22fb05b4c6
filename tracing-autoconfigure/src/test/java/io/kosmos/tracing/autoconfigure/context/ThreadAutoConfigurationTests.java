package io.kosmos.tracing.autoconfigure.context;

import java.util.concurrent.Executor;

import io.kosmos.tracing.CurrentContext;
import io.kosmos.tracing.TracingFailures;
import io.kosmos.tracing.autoconfigure.BootTracing;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

class ThreadAutoConfigurationTests {

	@Test
	void shouldSupplyTheContextAndTheProcessor() {
		BootTracing.runner()
			.run((context) -> assertThat(context).hasSingleBean(CurrentContext.class)
				.hasSingleBean(ExecutorBeanPostProcessor.class));
	}

	@Test
	void shouldBackOffForTheContextOfTheApplication() {
		CurrentContext own = new DefaultCurrentContext((site, failure) -> {
		});
		BootTracing.runner()
			.withBean("own", CurrentContext.class, () -> own)
			.run((context) -> assertThat(context).getBean(CurrentContext.class).isSameAs(own));
	}

	@Test
	void shouldLeaveExecutorsAloneWhenTracingIsOff() {
		BootTracing.runner()
			.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(CurrentContext.class)
				.doesNotHaveBean(ExecutorBeanPostProcessor.class)
				.doesNotHaveBean(DefaultAsyncExecutor.class));
	}

	@Test
	void shouldCarrySpansByItself() {
		ApplicationContextRunner alone = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(CurrentContextAutoConfiguration.class))
			.withBean(TracingFailures.class, () -> (site, failure) -> {
			});
		ContextRegistry registry = ContextRegistry.getInstance();
		registry.removeThreadLocalAccessor(OpenTelemetryContextAccessor.KEY);
		alone.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(registry.getThreadLocalAccessors())
				.doesNotContain(OpenTelemetryContextAccessor.INSTANCE));
		alone.run((context) -> assertThat(registry.getThreadLocalAccessors())
			.endsWith(OpenTelemetryContextAccessor.INSTANCE));
	}

	@Test
	void shouldBackOffWithoutContextPropagation() {
		BootTracing.runner()
			.withClassLoader(new FilteredClassLoader(ContextSnapshotFactory.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ThreadAutoConfiguration.class));
	}

	@Test
	void shouldStandInForTheExecutorOfAsynchronousMethodsOnlyWhenNobodyElseHasOne() {
		BootTracing.runner()
			.withUserConfiguration(Asynchronous.class)
			.withBean("one", ThreadPoolTaskExecutor.class, ThreadPoolTaskExecutor::new)
			.run((context) -> assertThat(context.getBean(AsyncConfigurer.class).getAsyncExecutor()).isNull());
		BootTracing.runner()
			.withUserConfiguration(Asynchronous.class)
			.withBean("one", ThreadPoolTaskExecutor.class, ThreadPoolTaskExecutor::new)
			.withBean("two", ThreadPoolTaskExecutor.class, ThreadPoolTaskExecutor::new)
			.run((context) -> assertThat(context.getBean(AsyncConfigurer.class).getAsyncExecutor()).isNotNull());
		AsyncConfigurer own = new AsyncConfigurer() {

			@Override
			public Executor getAsyncExecutor() {
				return Runnable::run;
			}

		};
		BootTracing.runner()
			.withUserConfiguration(Asynchronous.class)
			.withBean("own", AsyncConfigurer.class, () -> own)
			.run((context) -> assertThat(context).hasSingleBean(AsyncConfigurer.class)
				.doesNotHaveBean(DefaultAsyncExecutor.class));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class Asynchronous {

	}

}
