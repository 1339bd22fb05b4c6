package io.kosmos.tracing.autoconfigure.export;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.kosmos.tracing.autoconfigure.BootTracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Delivery} with a {@link TailBuffer}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TailDeliveryTests {

	private final ApplicationContextRunner runner = BootTracing.runner()
		.withPropertyValues("kosmos.tracing.tail.enabled=true", "kosmos.tracing.tail.probability=0");

	@Test
	void shouldHaveNoBufferUnlessEnabled() {
		BootTracing.runner().run((context) -> assertThat(context).doesNotHaveBean(TailBuffer.class));
		this.runner.run((context) -> assertThat(context).hasSingleBean(TailBuffer.class)
			.hasSingleBean(TailSection.class)
			.hasSingleBean(TailMeters.class));
	}

	@Test
	void shouldKeepTheLedgerWhileSpansAreHeldAndDecideAllAtTheEnd() throws Exception {
		try (OtlpReceiver receiver = new OtlpReceiver(null)) {
			this.runner.withPropertyValues("kosmos.tracing.exporter.endpoint=http://localhost:" + receiver.port())
				.run((context) -> {
					Tracer tracer = context.getBean(Tracer.class);
					Delivery delivery = context.getBean(Delivery.class);
					Span root = begin(tracer, "child", StatusCode.UNSET);
					assertThat(delivery.flush(Duration.ofSeconds(5))).isTrue();
					DestinationState held = delivery.destinations().get(0);
					assertThat(held.ended()).isEqualTo(1);
					assertThat(held.pending()).isEqualTo(1);
					assertThat(context.getBean(TailBuffer.class).state().spans()).isEqualTo(1);
					root.end();
					await().untilAsserted(() -> {
						DestinationState state = delivery.destinations().get(0);
						assertThat(state.dropped()).isEqualTo(Map.of(DropReason.TAIL, 2L));
						assertThat(state.ended()).isEqualTo(2);
						assertThat(state.pending()).isZero();
					});
					begin(tracer, "failed child", StatusCode.ERROR);
					begin(tracer, "other child", StatusCode.OK);
				});
			List<String> names = receiver.requests()
				.stream()
				.flatMap((request) -> request.spans())
				.map((span) -> span.getName())
				.toList();
			assertThat(names).containsExactly("failed child");
		}
	}

	@Test
	void shouldWarnWhenTheSamplerDropsMost(CapturedOutput output) {
		this.runner.run((context) -> assertThat(output).doesNotContain("The tail buffer sees few traces"));
		this.runner.withPropertyValues("kosmos.tracing.sampling.probability=0.1")
			.run((context) -> assertThat(output)
				.containsOnlyOnce("The tail buffer sees few traces, since kosmos.tracing.sampling.probability=0.1"));
	}

	private static Span begin(Tracer tracer, String child, StatusCode status) {
		Span root = tracer.spanBuilder("root").startSpan();
		try (Scope scope = root.makeCurrent()) {
			tracer.spanBuilder(child).startSpan().setStatus(status).end();
		}
		return root;
	}

}
