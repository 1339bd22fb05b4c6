package io.kosmos.tracing.autoconfigure.propagation;

import java.util.List;
import java.util.Map;

import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class CallingAgentTests {

	@ParameterizedTest
	@ValueSource(strings = { "parentbased_always_on", "parentbased_always_off" })
	void shouldBeInTheTracestateOfWhatTheAgentDoesSampledOrNot(String sampling) {
		Sampler sampler = Sampler.parentBased(sampling.endsWith("on") ? Sampler.alwaysOn() : Sampler.alwaysOff());
		try (SdkTracerProvider provider = SdkTracerProvider.builder()
			.setSampler(new CallingAgentSampler(sampler))
			.build()) {
			Tracer tracer = provider.get("test");
			Span agent = agent(tracer, "zeus");
			try (Scope scope = agent.makeCurrent()) {
				Span below = tracer.spanBuilder("work").startSpan();
				assertThat(below.getSpanContext().isSampled()).isEqualTo(sampling.endsWith("on"));
				assertThat(below.getSpanContext().getTraceState().get("kosmos")).isEqualTo("agent:zeus");
				assertThat(agent(tracer, "hera").getSpanContext().getTraceState().asMap())
					.isEqualTo(Map.of("kosmos", "agent:hera"));
			}
			assertThat(tracer.spanBuilder("work").startSpan().getSpanContext().getTraceState().isEmpty()).isTrue();
		}
	}

	private static Span agent(Tracer tracer, String name) {
		return tracer.spanBuilder("invoke_agent " + name)
			.setAttribute(GenAiAttributes.OPERATION_NAME, "invoke_agent")
			.setAttribute(KosmosAttributes.AGENT_NAME, name)
			.startSpan();
	}

	@Test
	void shouldGoByTheNameOfTheSamplerInside() {
		Sampler inside = Sampler.parentBased(Sampler.alwaysOn());
		assertThat(new CallingAgentSampler(inside)).hasToString(inside.getDescription())
			.returns(inside.getDescription(), Sampler::getDescription);
	}

	@Test
	void shouldBeToldByOperationOrNameOfTheSpan() {
		Attributes both = Attributes.of(GenAiAttributes.OPERATION_NAME, "invoke_agent", KosmosAttributes.AGENT_NAME,
				"zeus");
		assertThat(CallingAgent.of("any", both)).isEqualTo("zeus");
		assertThat(CallingAgent.of("invoke_agent zeus", Attributes.of(KosmosAttributes.AGENT_NAME, "zeus")))
			.isEqualTo("zeus");
		assertThat(CallingAgent.of("any",
				Attributes.of(GenAiAttributes.OPERATION_NAME, "invoke_agent", GenAiAttributes.AGENT_NAME, "zeus")))
			.isEqualTo("zeus");
		assertThat(CallingAgent.of("execute_tool x",
				Attributes.of(GenAiAttributes.OPERATION_NAME, "execute_tool", KosmosAttributes.AGENT_NAME, "zeus")))
			.isNull();
		assertThat(CallingAgent.of("invoke_agent zeus", Attributes.empty())).isNull();
	}

	@Test
	void shouldComeFirstAndLeaveTheOthers() {
		TraceState state = TraceState.builder().put("b", "2").put("kosmos", "agent:hera").put("a", "1").build();
		assertThat(entries(CallingAgent.write(state, "zeus"))).containsExactly("kosmos=agent:zeus", "a=1", "b=2");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a,b", "a=b", "zeüs", "a\nb", "", " ", "a ", "\ud83d\ude00" })
	void shouldBeLeftOutWhenItCannotBeWritten(String name) {
		TraceState state = TraceState.builder().put("a", "1").put("kosmos", "agent:hera").build();
		assertThat(entries(CallingAgent.write(state, name))).containsExactly("a=1");
		assertThat(CallingAgent.write(TraceState.getDefault(), "x".repeat(251)).isEmpty()).isTrue();
		assertThat(CallingAgent.write(TraceState.getDefault(), "x".repeat(250)).isEmpty()).isFalse();
	}

	@Test
	void shouldNotPushOutOthers() {
		TraceStateBuilder full = TraceState.builder();
		for (int i = 0; i < 32; i++) {
			full.put("k" + i, "v");
		}
		assertThat(CallingAgent.write(full.build(), "zeus")).isEqualTo(full.build());
		TraceState withOurs = full.remove("k0").build().toBuilder().put("kosmos", "agent:hera").build();
		assertThat(withOurs.size()).isEqualTo(32);
		assertThat(CallingAgent.write(withOurs, "zeus").get("kosmos")).isEqualTo("agent:zeus");
		assertThat(CallingAgent.write(withOurs, "zeus").size()).isEqualTo(32);
	}

	private static List<String> entries(TraceState state) {
		return state.asMap().entrySet().stream().map(Object::toString).toList();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			kosmos=agent:zeus,     zeus
			'a=1,kosmos=agent:zeus', zeus
			kosmos=agent:Zeus the 1st, Zeus the 1st
			kosmos=zeus,
			kosmos=agent:,
			'kosmos=agent: ',
			kosmos=agent:a=b,
			'kosmos=agent:a\u0085b',
			kosmos@x=agent:zeus,
			'',
			""")
	void shouldBeOnTheSpanThatARemoteCallBeginsWith(String tracestate, String agent) {
		InMemorySpanExporter exporter = InMemorySpanExporter.create();
		try (SdkTracerProvider provider = SdkTracerProvider.builder()
			.addSpanProcessor(new CallerSpanProcessor())
			.addSpanProcessor(SimpleSpanProcessor.create(exporter))
			.build()) {
			Map<String, String> headers = Map.of("traceparent",
					"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate", tracestate);
			Context remote = W3CTraceContextPropagator.getInstance()
				.extract(Context.root(), headers, new HeaderGetter());
			Tracer tracer = provider.get("test");
			Span server = tracer.spanBuilder("server").setParent(remote).startSpan();
			tracer.spanBuilder("inside").setParent(remote.with(server)).startSpan().end();
			server.end();
			assertThat(exporter.getFinishedSpanItems().get(0).getAttributes().isEmpty()).isTrue();
			assertThat(exporter.getFinishedSpanItems().get(1).getAttributes().get(KosmosAttributes.CALLER_AGENT))
				.isEqualTo(agent);
		}
	}

	@Test
	void shouldNotBeOnSpansOfOtherLocalTraces() {
		InMemorySpanExporter exporter = InMemorySpanExporter.create();
		try (SdkTracerProvider provider = SdkTracerProvider.builder()
			.addSpanProcessor(new CallerSpanProcessor())
			.addSpanProcessor(SimpleSpanProcessor.create(exporter))
			.build()) {
			SpanContext local = SpanContext.create("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331",
					TraceFlags.getSampled(), TraceState.builder().put("kosmos", "agent:zeus").build());
			provider.get("test")
				.spanBuilder("work")
				.setParent(Context.root().with(Span.wrap(local)))
				.setSpanKind(SpanKind.CLIENT)
				.startSpan()
				.end();
			assertThat(exporter.getFinishedSpanItems().get(0).getAttributes().isEmpty()).isTrue();
		}
	}

}
