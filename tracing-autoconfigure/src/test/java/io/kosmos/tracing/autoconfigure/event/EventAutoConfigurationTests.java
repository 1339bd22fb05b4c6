package io.kosmos.tracing.autoconfigure.event;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.SpanEvent;
import io.kosmos.tracing.SpanEvent.Type;
import io.kosmos.tracing.SpanEvents;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TracedSpan;
import io.kosmos.tracing.autoconfigure.BootTracing;
import io.kosmos.tracing.autoconfigure.event.EventProblems.Abandonment;
import io.kosmos.tracing.autoconfigure.event.EventProblems.Refusal;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.api.OpenTelemetry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class EventAutoConfigurationTests {

	private static final List<Type> NONE = List.of();

	private final ApplicationContextRunner runner = BootTracing.runner()
		.withConfiguration(AutoConfigurations.of(EventAutoConfiguration.class))
		.withPropertyValues("kosmos.tracing.exporter.enabled=false");

	@Test
	void shouldSupplyEventsAndMeters() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(SpanEvents.class).hasBean("kosmosEventMeters");
			assertThat(context.getBean(EventsProperties.class))
				.isEqualTo(new EventsProperties(NONE, NONE, Duration.ofMinutes(15), 10_000));
		});
	}

	@Test
	void shouldBackOffForTheEventsOfTheApplication() {
		SpanEvents own = new EventAutoConfiguration.DisabledConfiguration().kosmosDisabledSpanEvents();
		this.runner.withBean("own", SpanEvents.class, () -> own).run((context) -> {
			assertThat(context).getBean(SpanEvents.class).isSameAs(own);
			assertThat(context.getBeansOfType(MeterBinder.class)).containsKey("kosmosEventMeters");
		});
	}

	@Test
	void shouldSupplyEventsThatDoNothingWhenTracingIsDisabled() {
		this.runner.withPropertyValues("kosmos.tracing.enabled=false", "kosmos.tracing.events.max-open=0")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SpanEvents.class)
				.doesNotHaveBean(DefaultSpanEvents.class)
				.doesNotHaveBean(EventMeters.class));
	}

	@Test
	void shouldWorkWhenOpenTelemetryIsOff() {
		this.runner.withPropertyValues("management.opentelemetry.enabled=false").run((context) -> {
			DefaultSpanEvents events = context.getBean(DefaultSpanEvents.class);
			events.pre(SpanEvent.of(Type.LLM, "run", "gpt-4o").build());
			assertThat(events.open()).isEqualTo(1);
			assertThat(events.flush(Duration.ofSeconds(10))).isTrue();
			assertThat(events.open()).isZero();
		});
	}

	@Test
	void shouldWorkWithoutMicrometer() {
		this.runner.withClassLoader(new FilteredClassLoader(MeterBinder.class))
			.run((context) -> assertThat(context).hasSingleBean(SpanEvents.class).doesNotHaveBean("kosmosEventMeters"));
	}

	@Test
	void shouldBackOffWithoutOpenTelemetry() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(EventAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(OpenTelemetry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SpanEvents.class));
	}

	@ParameterizedTest
	@CsvSource({ "timeout, 0s", "timeout, -1s", "timeout, 366d", "max-open, 0", "max-open, -1" })
	void shouldFailForABadValue(String property, String value) {
		this.runner.withPropertyValues("kosmos.tracing.events." + property + "=" + value)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("kosmos.tracing.events." + property));
	}

	@Test
	void shouldLetACallWaitForTenMinutesAndNotForMoreThanTheTimeout() {
		this.runner.run((context) -> {
			AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
			try (DefaultSpanEvents events = events(context.getBean(Spans.class), context.getBean(AgentSpans.class),
					clock)) {
				events.pre(SpanEvent.of(Type.AGENT, "run", "slow").build());
				clock.addAndGet(TimeUnit.MINUTES.toNanos(10));
				events.pre(SpanEvent.of(Type.AGENT, "run", "fast").build());
				events.expire();
				assertThat(events.open()).isEqualTo(2);
				events.post(SpanEvent.of(Type.AGENT, "run", "slow").build());
				assertThat(events.open()).isEqualTo(1);
				clock.addAndGet(TimeUnit.MINUTES.toNanos(15) - 1);
				events.expire();
				assertThat(events.open()).isEqualTo(1);
				clock.addAndGet(1);
				events.expire();
				assertThat(events.open()).isZero();
				assertThat(events.problems().count(Abandonment.TIMEOUT)).isEqualTo(1);
			}
		});
	}

	@Test
	void shouldSpareTheFrameworkAFailureOfTheApplicationsSpans() {
		this.runner.withBean("brokenSpans", Spans.class, BrokenSpans::new).run((context) -> {
			DefaultSpanEvents events = context.getBean(DefaultSpanEvents.class);
			events.pre(SpanEvent.of(Type.CUSTOM, "run", "thought").build());
			assertThat(events.open()).isZero();
			assertThat(events.problems().count(Refusal.FAILURE)).isEqualTo(1);
		});
	}

	private static DefaultSpanEvents events(Spans spans, AgentSpans agents, AtomicLong clock) {
		return new DefaultSpanEvents(spans, agents, new EventsProperties(NONE, NONE, Duration.ofMinutes(15), 10_000),
				(nanos) -> true, clock::get);
	}

	private static final class BrokenSpans implements Spans {

		@Override
		public Builder span(String name) {
			throw new IllegalStateException("broken");
		}

		@Override
		public TracedSpan current() {
			throw new IllegalStateException("broken");
		}

	}

}
