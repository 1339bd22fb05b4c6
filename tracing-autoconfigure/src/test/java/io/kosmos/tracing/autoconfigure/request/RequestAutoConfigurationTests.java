package io.kosmos.tracing.autoconfigure.request;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.autoconfigure.BootTracing;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.tracing.otel.bridge.EventListener;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.Ordered;

import static org.assertj.core.api.Assertions.assertThat;

class RequestAutoConfigurationTests {

	private final ApplicationContextRunner runner = BootTracing.runner();

	private final WebApplicationContextRunner servlet = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RequestAutoConfiguration.class));

	private final ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RequestAutoConfiguration.class));

	@Test
	void shouldSupplyWhatNeedsNoWebServer() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(RequestContext.class)
			.hasSingleBean(RequestIdsSpanProcessor.class)
			.hasSingleBean(MdcListener.class)
			.hasBean("kosmosRefusedIdsMeter")
			.doesNotHaveBean(RequestIdsHandlerDecorator.class)
			.doesNotHaveBean("kosmosRequestIdsFilter"));
	}

	@Test
	void shouldSupplyTheEntryOfTheWebServerThatThereIs() {
		this.servlet.run((context) -> {
			FilterRegistrationBean<?> filter = context.getBean("kosmosRequestIdsFilter", FilterRegistrationBean.class);
			assertThat(filter.getOrder()).isEqualTo(Ordered.HIGHEST_PRECEDENCE);
			assertThat(filter.determineDispatcherTypes()).containsExactlyInAnyOrder(DispatcherType.REQUEST,
					DispatcherType.ASYNC, DispatcherType.ERROR);
			assertThat(context).doesNotHaveBean(RequestIdsHandlerDecorator.class);
		});
		this.reactive.run((context) -> assertThat(context).hasSingleBean(RequestIdsHandlerDecorator.class)
			.doesNotHaveBean("kosmosRequestIdsFilter"));
	}

	@Test
	void shouldBackOffForTheRequestContextOfTheApplication() {
		RequestContext own = new DefaultRequestContext(new RefusedIds());
		this.runner.withBean(RequestContext.class, () -> own)
			.run((context) -> assertThat(context).getBean(RequestContext.class).isSameAs(own));
	}

	@Test
	void shouldOnlyHoldIdsWhenTracingIsOff() {
		this.runner.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(RequestContext.class)
				.doesNotHaveBean(RequestIdsSpanProcessor.class)
				.doesNotHaveBean(MdcListener.class));
		this.servlet.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("kosmosRequestIdsFilter"));
		this.reactive.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(RequestIdsHandlerDecorator.class));
	}

	@Test
	void shouldLeaveTheMdcAloneWhenAskedTo() {
		this.runner.withPropertyValues("kosmos.tracing.request.mdc=false")
			.run((context) -> assertThat(context).doesNotHaveBean(MdcListener.class)
				.hasSingleBean(RequestIdsSpanProcessor.class));
	}

	@Test
	void shouldDoWithoutWhatIsOptional() {
		ApplicationContextRunner alone = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(RequestAutoConfiguration.class));
		alone
			.withClassLoader(new FilteredClassLoader(MDC.class, EventListener.class, MeterBinder.class,
					SpanProcessor.class, Filter.class))
			.run((context) -> assertThat(context).hasSingleBean(RequestContext.class)
				.doesNotHaveBean(MdcListener.class)
				.doesNotHaveBean(RequestIdsSpanProcessor.class)
				.doesNotHaveBean("kosmosRefusedIdsMeter"));
		this.reactive.withClassLoader(new FilteredClassLoader("io.micrometer.context", "io.micrometer.observation"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RequestIdsHandlerDecorator.class));
	}

	@Test
	void shouldTakeNoHarmFromAnyHeader() {
		this.runner.run((context) -> {
			RequestEdge edge = context.getBean(RequestEdge.class);
			Random random = new Random(42);
			long begin = System.nanoTime();
			int requests = 20_000;
			int entered = 0;
			for (int i = 0; i < requests; i++) {
				RequestIds ids = RequestIds.fromContext(edge.enter(random, Headers.RANDOM));
				for (String id : new String[] { ids.tenant(), ids.user(), ids.conversation(), ids.request() }) {
					assertThat(id == null || RequestIds.isAllowed(id)).isTrue();
					entered += (id != null) ? 1 : 0;
				}
			}
			assertThat(entered).isPositive();
			assertThat(context.getBean(RefusedIds.class).count()).isPositive();
			assertThat(Duration.ofNanos((System.nanoTime() - begin) / requests)).isLessThan(Duration.ofMillis(1));
			assertThat(Context.current()).isSameAs(Context.root());
		});
	}

	@Test
	void shouldLetARequestPassWhoseHeadersCannotBeRead() {
		this.servlet
			.run((context) -> assertThat(context.getBean(RequestEdge.class).enter(new Random(), Headers.UNREADABLE))
				.isSameAs(Context.root()));
	}

	private static Iterator<String> noise(Random random, String name) {
		if (random.nextInt(4) == 0) {
			return List.<String>of().iterator();
		}
		byte[] bytes = new byte[random.nextInt(300)];
		random.nextBytes(bytes);
		String value = new String(bytes, random.nextBoolean() ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
		return switch (random.nextInt(3)) {
			case 0 -> List.of(value).iterator();
			case 1 -> List.of(value.replaceAll("[^ -~]", "")).iterator();
			default -> List.of("kosmos.tenant.id=" + value, "kosmos.user.id=%0a%" + value, value).iterator();
		};
	}

	/**
	 * Headers of whatever request.
	 */
	private enum Headers implements TextMapGetter<Random> {

		RANDOM, UNREADABLE;

		@Override
		public Iterable<String> keys(Random request) {
			return List.of();
		}

		@Override
		public @Nullable String get(@Nullable Random request, String name) {
			Iterator<String> values = getAll(request, name);
			return values.hasNext() ? values.next() : null;
		}

		@Override
		public Iterator<String> getAll(@Nullable Random request, String name) {
			if (this == UNREADABLE || request == null) {
				throw new IllegalStateException("no headers");
			}
			return noise(request, name);
		}

	}

}
