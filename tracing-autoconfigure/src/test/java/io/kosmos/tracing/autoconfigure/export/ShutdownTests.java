package io.kosmos.tracing.autoconfigure.export;

import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.task.AsyncTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spans that end while the application ends.
 */
class ShutdownTests {

	@Test
	void shouldDeliverWhatEndsWhileTheApplicationEnds() throws Exception {
		try (OtlpReceiver receiver = new OtlpReceiver(null)) {
			SpringApplication application = new SpringApplication(Application.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			ConfigurableApplicationContext context = application.run(
					"--kosmos.tracing.exporter.endpoint=http://localhost:" + receiver.port(),
					"--spring.task.execution.shutdown.await-termination=true",
					"--spring.task.execution.shutdown.await-termination-period=20s");
			Tracer tracer = context.getBean(Tracer.class);
			context.getBean(Early.class).span = tracer.spanBuilder("of a bean").startSpan();
			CountDownLatch begun = new CountDownLatch(1);
			CountDownLatch closing = new CountDownLatch(1);
			context.addApplicationListener((ApplicationListener<ContextClosedEvent>) (event) -> closing.countDown());
			context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class).submit(() -> {
				Span span = tracer.spanBuilder("of a task").startSpan();
				begun.countDown();
				closing.await();
				span.end();
				return null;
			});
			begun.await();
			context.close();
			List<String> names = receiver.requests()
				.stream()
				.flatMap(OtlpReceiver.Request::spans)
				.map(io.opentelemetry.proto.trace.v1.Span::getName)
				.toList();
			assertThat(names).containsExactlyInAnyOrder("of a bean", "of a task");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Early early() {
			return new Early();
		}

	}

	/**
	 * Created before everything that has to do with tracing, and so destroyed after it.
	 */
	static class Early implements DisposableBean {

		private @Nullable Span span;

		@Override
		public void destroy() {
			if (this.span != null) {
				this.span.end();
			}
		}

	}

}
