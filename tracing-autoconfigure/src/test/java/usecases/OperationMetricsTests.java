package usecases;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.DetachedSpan;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.ModelPrice;
import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.Spans;
import io.kosmos.tracing.TokenUsage;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.HistogramSupport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import usecases.TracedApplication.Running;

import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.prometheus.PrometheusExemplarsAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Metrics of agents, models, tools and workflows.
 */
class OperationMetricsTests {

	private static final String CALL = "gen_ai.client.operation.duration{error.type=none, gen_ai.operation.name=chat, "
			+ "gen_ai.provider.name=openai, gen_ai.request.model=gpt-4o, gen_ai.response.model=none}";

	@ParameterizedTest
	@ValueSource(strings = { "1.0", "0.0" })
	void shouldMeasureTheSameWhateverIsSampled(String probability) {
		measured("kosmos.tracing.sampling.probability=" + probability).run((application) -> {
			work(application);
			assertThat(application.ended()).hasSize("1.0".equals(probability) ? 5 : 0);
			assertThat(counts(application)).containsExactlyInAnyOrderEntriesOf(Map.of(CALL, 1.0,
					"gen_ai.client.operation.duration{error.type=none, gen_ai.operation.name=embeddings, "
							+ "gen_ai.provider.name=acme, gen_ai.request.model=acme-1, gen_ai.response.model=none}",
					1.0,
					"gen_ai.client.token.usage{gen_ai.operation.name=chat, gen_ai.provider.name=openai, "
							+ "gen_ai.request.model=gpt-4o, gen_ai.response.model=none, gen_ai.token.type=input}",
					1.0,
					"gen_ai.client.token.usage{gen_ai.operation.name=chat, gen_ai.provider.name=openai, "
							+ "gen_ai.request.model=gpt-4o, gen_ai.response.model=none, gen_ai.token.type=output}",
					1.0,
					"gen_ai.client.token.usage{gen_ai.operation.name=embeddings, gen_ai.provider.name=acme, "
							+ "gen_ai.request.model=acme-1, gen_ai.response.model=none, gen_ai.token.type=input}",
					1.0, "gen_ai.invoke_agent.duration{error.type=none, gen_ai.agent.name=zeus}", 1.0,
					"gen_ai.execute_tool.duration{error.type=none, gen_ai.agent.name=zeus, gen_ai.tool.name=search}",
					1.0, "gen_ai.invoke_workflow.duration{error.type=none, gen_ai.workflow.name=demo}", 1.0,
					"kosmos.llm.cost{gen_ai.agent.name=zeus, gen_ai.provider.name=openai, gen_ai.request.model=gpt-4o, "
							+ "gen_ai.response.model=none, kosmos.llm.cost_currency=USD}",
					0.0075, "kosmos.llm.cost.unknown{gen_ai.provider.name=acme, gen_ai.request.model=acme-1, "
							+ "gen_ai.response.model=none}",
					1.0));
			assertThat(totals(application, "gen_ai.client.token.usage")).containsExactlyInAnyOrder(1_000.0, 500.0, 7.0);
		});
	}

	@Test
	void shouldMeasureSeconds() {
		measured().run((application) -> {
			agents(application).tool("wait")
				.in(() -> new CompletableFuture<String>().completeOnTimeout("", 20, TimeUnit.MILLISECONDS).join());
			assertThat(totals(application, "gen_ai.execute_tool.duration")).singleElement()
				.satisfies((seconds) -> assertThat(seconds).isBetween(0.02, 10.0));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.0", "0.0" })
	void shouldMeasureAStreamToItsLastChunk(String probability) {
		measured("kosmos.tracing.sampling.probability=" + probability).run((application) -> {
			Flux<String> answer = agents(application).llm("openai", "gpt-4o").in(() -> Flux.just("a", "b"));
			assertThat(counts(application)).isEmpty();
			assertThat(answer.collectList().block()).hasSize(2);
			assertThat(counts(application)).containsExactlyInAnyOrderEntriesOf(Map.of(CALL, 1.0,
					"gen_ai.client.operation.time_to_first_chunk{gen_ai.operation.name=chat, "
							+ "gen_ai.provider.name=openai, gen_ai.request.model=gpt-4o, gen_ai.response.model=none}",
					1.0));
			assertThat(totals(application, "gen_ai.client.operation.time_to_first_chunk").get(0)).isPositive()
				.isLessThanOrEqualTo(totals(application, "gen_ai.client.operation.duration").get(0));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.0", "0.0" })
	void shouldTellWhatFailed(String probability) {
		measured("kosmos.tracing.sampling.probability=" + probability).run((application) -> {
			AgentSpans agents = agents(application);
			assertThatIllegalStateException().isThrownBy(() -> agents.tool("thrown").in(() -> {
				throw new IllegalStateException();
			}));
			agents.tool("status").in(() -> Span.current().setStatus(StatusCode.ERROR));
			agents.tool("attribute")
				.in(() -> Span.current().setStatus(StatusCode.ERROR).setAttribute("error.type", "429"));
			assertThat(counts(application).keySet()).containsExactlyInAnyOrder(
					"gen_ai.execute_tool.duration{error.type=java.lang.IllegalStateException, gen_ai.agent.name=none, "
							+ "gen_ai.tool.name=thrown}",
					"gen_ai.execute_tool.duration{error.type=_OTHER, gen_ai.agent.name=none, gen_ai.tool.name=status}",
					"gen_ai.execute_tool.duration{error.type=429, gen_ai.agent.name=none, gen_ai.tool.name=attribute}");
		});
	}

	@Test
	void shouldNotTakeACancellationForAFailure() {
		measured().run((application) -> {
			AgentSpans agents = agents(application);
			agents.tool("detached").start().cancel();
			agents.tool("thrown").start().fail(new CancellationException());
			agents.tool("flux").in(() -> Flux.never()).subscribe().dispose();
			assertThat(counts(application).keySet()).containsExactlyInAnyOrder(
					"gen_ai.execute_tool.duration{error.type=none, gen_ai.agent.name=none, gen_ai.tool.name=detached}",
					"gen_ai.execute_tool.duration{error.type=none, gen_ai.agent.name=none, gen_ai.tool.name=thrown}",
					"gen_ai.execute_tool.duration{error.type=none, gen_ai.agent.name=none, gen_ai.tool.name=flux}");
		});
	}

	@Test
	void shouldMeasureTheInnermostOfNestedCallsOfAModel() {
		measured().run((application) -> {
			AgentSpans agents = agents(application);
			agents.llm("proxy", "gpt-4o").in(() -> {
				agents.llm("openai", "gpt-4o").in(() -> agents.currentLlm().chunk().usage(TokenUsage.of(1, 2)));
				agents.currentLlm().chunk().usage(TokenUsage.of(1, 2));
			});
			assertThat(counts(application)).hasSize(5)
				.allSatisfy((name, value) -> assertThat(name).contains("gen_ai.provider.name=openai"));
		});
	}

	@Test
	void shouldMeasureRetrievalsAndMemory() {
		measured().run((application) -> {
			agents(application).retrieval("manuals").in(() -> {
			});
			agents(application).memory("search_memory").in(() -> {
			});
			agents(application).node("step").in(() -> {
			});
			agents(application).policy("risk").in(() -> "deny");
			agents(application).plan("route").in(() -> {
			});
			assertThat(counts(application).keySet()).containsExactlyInAnyOrder(
					"gen_ai.client.operation.duration{error.type=none, gen_ai.operation.name=retrieval, "
							+ "gen_ai.provider.name=none, gen_ai.request.model=none, gen_ai.response.model=none}",
					"gen_ai.client.operation.duration{error.type=none, gen_ai.operation.name=search_memory, "
							+ "gen_ai.provider.name=none, gen_ai.request.model=none, gen_ai.response.model=none}");
		});
	}

	@Test
	void shouldCountTheCostOfATenantWhenAsked() {
		measured("kosmos.tracing.metrics.tenant=true").run((application) -> {
			AgentSpans agents = agents(application);
			agents.agent("zeus").attribute(KosmosAttributes.TENANT_ID, "acme").in(() -> {
				call(agents);
				call(agents);
			});
			call(agents);
			assertThat(counts(application)).containsEntry(cost("zeus", "acme"), 0.015)
				.containsEntry(cost("none", "none"), 0.0075);
		});
	}

	@Test
	void shouldCountTheCostOfTheTenantOfTheRequest() {
		measured("kosmos.tracing.metrics.tenant=true").run((application) -> {
			AgentSpans agents = agents(application);
			application.bean(RequestContext.class).tenant("acme").in(() -> agents.agent("zeus").in(() -> call(agents)));
			assertThat(counts(application)).containsEntry(cost("zeus", "acme"), 0.0075);
		});
	}

	private static String cost(String agent, String tenant) {
		return "kosmos.llm.cost{gen_ai.agent.name=" + agent + ", gen_ai.provider.name=openai, "
				+ "gen_ai.request.model=gpt-4o, gen_ai.response.model=none, kosmos.llm.cost_currency=USD, "
				+ "kosmos.tenant.id=" + tenant + "}";
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void shouldBoundTheValuesOfATag(CapturedOutput output) {
		measured("kosmos.tracing.metrics.max-tag-values=2").run((application) -> {
			for (String tool : List.of("a", "b", "c", "a", "d")) {
				agents(application).tool(tool).in(() -> {
				});
			}
			assertThat(counts(application)).containsExactlyInAnyOrderEntriesOf(Map.of(
					"gen_ai.execute_tool.duration{error.type=none, gen_ai.agent.name=none, gen_ai.tool.name=a}", 2.0,
					"gen_ai.execute_tool.duration{error.type=none, gen_ai.agent.name=none, gen_ai.tool.name=b}", 1.0,
					"gen_ai.execute_tool.duration{error.type=none, gen_ai.agent.name=none, gen_ai.tool.name=other}",
					2.0));
			assertThat(output).containsOnlyOnce("The tag gen_ai.tool.name has 2 values");
		});
	}

	@Test
	void shouldMeasureNothingWhenDisabled() {
		for (String off : List.of("kosmos.tracing.metrics.enabled=false", "kosmos.tracing.enabled=false")) {
			measured(off).run((application) -> {
				work(application);
				assertThat(counts(application)).isEmpty();
			});
		}
	}

	@Test
	void shouldNotHaveAMeterThatBootSwitchesOff() {
		measured("management.metrics.enable.gen_ai.client.token.usage=false").run((application) -> {
			work(application);
			assertThat(counts(application)).hasSize(7)
				.allSatisfy((name, value) -> assertThat(name).doesNotContain("token"));
		});
	}

	@Test
	void shouldTraceWithoutMicrometersMeters() {
		new TracedApplication().without(MeterRegistry.class, MeterBinder.class).run((application) -> {
			work(application);
			assertThat(application.ended()).hasSize(5);
		});
	}

	@Test
	void shouldTraceWithoutARegistryOrWithoutOneToChoose() {
		new TracedApplication().run((application) -> {
			work(application);
			assertThat(application.ended()).hasSize(5);
		});
		new TracedApplication(Registries.class).run((application) -> {
			work(application);
			assertThat(application.ended()).hasSize(5);
		});
	}

	@Test
	void shouldSpareTheWorkAFailureOfMeters() {
		measured().with(FailingMeters.class).run((application) -> {
			assertThat(agents(application).tool("search").<String, RuntimeException>in(() -> "found"))
				.isEqualTo("found");
			DetachedSpan detached = agents(application).tool("search").start();
			detached.end();
			agents(application).tool("search").in(() -> Span.current().end());
			assertThat(application.ended()).hasSize(3);
			assertThat(counts(application)).isEmpty();
			application.context()
				.getBeanProvider(MeterBinder.class)
				.forEach((binder) -> binder.bindTo(application.bean(SimpleMeterRegistry.class)));
			assertThat(application.bean(SimpleMeterRegistry.class)
				.get("kosmos.tracing.failures")
				.functionCounter()
				.count()).isEqualTo(3);
		});
	}

	@Test
	void shouldHaveTheConventionsNamesInPrometheus() {
		measured().run((application) -> {
			work(application);
			agents(application).llm("openai", "gpt-4o").in(() -> agents(application).currentLlm().chunk());
			String scrape = application.bean(PrometheusMeterRegistry.class).scrape();
			assertThat(scrape.lines().filter((line) -> line.startsWith("# TYPE"))).contains(
					"# TYPE gen_ai_client_operation_duration_seconds histogram",
					"# TYPE gen_ai_client_operation_time_to_first_chunk_seconds histogram",
					"# TYPE gen_ai_client_token_usage histogram",
					"# TYPE gen_ai_execute_tool_duration_seconds histogram",
					"# TYPE gen_ai_invoke_agent_duration_seconds histogram",
					"# TYPE gen_ai_invoke_workflow_duration_seconds histogram", "# TYPE kosmos_llm_cost_total counter",
					"# TYPE kosmos_llm_cost_unknown_total counter");
			assertThat(scrape).contains("gen_ai_client_token_usage_bucket{gen_ai_operation_name=\"chat\","
					+ "gen_ai_provider_name=\"openai\",gen_ai_request_model=\"gpt-4o\",gen_ai_response_model=\"none\","
					+ "gen_ai_token_type=\"input\",le=\"1024.0\"} 1\n");
		});
	}

	@Test
	void shouldCountDurationsBelowASecondInTheirBucketsInPrometheus() {
		measured().run((application) -> {
			AgentSpans agents = agents(application);
			Instant started = Instant.now().minusSeconds(60);
			for (int millis : new int[] { 10, 13, 50, 300, 1_100 }) {
				for (Spans.Builder operation : List.of(agents.llm("openai", "gpt-4o"), agents.tool("search"),
						agents.agent("zeus"), agents.workflow("demo"))) {
					operation.startTimestamp(started).start().endTimestamp(started.plusMillis(millis)).end();
				}
			}
			String calls = "0.01=1 0.02=2 0.04=2 0.08=3 0.16=3 0.32=4 0.64=4 1.28=5 2.56=5 5.12=5 10.24=5 20.48=5 "
					+ "40.96=5 81.92=5 +Inf=5 sum=1.473";
			assertThat(scraped(application, "gen_ai_client_operation_duration_seconds")).isEqualTo(calls);
			assertThat(scraped(application, "gen_ai_execute_tool_duration_seconds")).isEqualTo(calls);
			assertThat(scraped(application, "gen_ai_invoke_agent_duration_seconds"))
				.isEqualTo("0.1=3 0.2=3 0.4=4 0.8=4 1.6=5 3.2=5 6.4=5 12.8=5 25.6=5 51.2=5 102.4=5 204.8=5 409.6=5 "
						+ "+Inf=5 sum=1.473");
			assertThat(scraped(application, "gen_ai_invoke_workflow_duration_seconds"))
				.isEqualTo("1.0=4 5.0=5 10.0=5 30.0=5 60.0=5 120.0=5 300.0=5 600.0=5 1800.0=5 3600.0=5 7200.0=5 "
						+ "+Inf=5 sum=1.473");
		});
	}

	@Test
	void shouldCountTheTimeFromAToldStartToTheFirstChunkInItsBucketInPrometheus() {
		measured().run((application) -> {
			AgentSpans agents = agents(application);
			DetachedSpan call = agents.llm("openai", "gpt-4o").startTimestamp(Instant.now().minusMillis(350)).start();
			agents.llmIn(call.context()).chunk();
			call.end();
			assertThat(scraped(application, "gen_ai_client_operation_time_to_first_chunk_seconds"))
				.startsWith("0.01=0 0.02=0 0.04=0 0.08=0 0.16=0 0.32=0 0.64=1 1.28=1 ");
		});
	}

	@Test
	void shouldCountTheTimeToAToldEndInItsBucketInPrometheus() {
		measured().run((application) -> {
			DetachedSpan tool = agents(application).tool("search").start();
			tool.endTimestamp(Instant.now().plusMillis(350)).end();
			assertThat(scraped(application, "gen_ai_execute_tool_duration_seconds"))
				.startsWith("0.01=0 0.02=0 0.04=0 0.08=0 0.16=0 0.32=0 0.64=1 1.28=1 ");
		});
	}

	/**
	 * Buckets and sum of the only histogram of a name.
	 */
	private static String scraped(Running application, String name) {
		return Pattern.compile("^" + name + "_(?:bucket\\{.*le=\"(.+)\"|(sum)\\{.*)\\} (.+)$", Pattern.MULTILINE)
			.matcher(application.bean(PrometheusMeterRegistry.class).scrape())
			.results()
			.map((line) -> ((line.group(1) != null) ? line.group(1) : line.group(2)) + "=" + line.group(3))
			.collect(Collectors.joining(" "));
	}

	@Test
	void shouldBeDocumented() throws IOException {
		List<String> rows = Files.readAllLines(Path.of("..", "docs", "metrics.md"));
		measured("kosmos.tracing.metrics.tenant=true").run((application) -> {
			work(application);
			agents(application).llm("openai", "gpt-4o").in(() -> agents(application).currentLlm().chunk());
			Map<String, Meter> meters = meters(application)
				.collect(Collectors.toMap((meter) -> meter.getId().getName(), (meter) -> meter, (one, other) -> one));
			assertThat(meters).hasSize(8);
			meters.forEach((name,
					meter) -> assertThat(rows.stream()
						.filter((row) -> row.startsWith("| `" + name + "` |"))
						.map((row) -> row.split(" *\\| *"))).singleElement().satisfies((cells) -> {
							assertThat(Arrays.asList(cells[3].replace("`", "").split(", "))).as(name)
								.containsExactlyInAnyOrderElementsOf(
										meter.getId().getTags().stream().map(Tag::getKey).toList());
							assertThat(cells[4]).as(name).isEqualTo(buckets(meter));
						}));
		});
	}

	private static String buckets(Meter meter) {
		if (!(meter instanceof HistogramSupport histogram)) {
			return "-";
		}
		return Arrays.stream(histogram.takeSnapshot().histogramCounts())
			.mapToDouble((count) -> (meter instanceof Timer) ? count.bucket(TimeUnit.SECONDS) : count.bucket())
			.filter(Double::isFinite)
			.mapToObj((boundary) -> BigDecimal.valueOf(boundary).stripTrailingZeros().toPlainString())
			.collect(Collectors.joining(", "));
	}

	@Test
	void shouldNameTheSpanOfTheOperationAsExemplar() {
		measured().run((application) -> {
			AgentSpans agents = agents(application);
			DetachedSpan call = agents.llm("openai", "gpt-4o").start();
			agents.llmIn(call.context()).chunk().usage(TokenUsage.of(1_000, 500));
			application.spans().span("other").in(() -> call.end());
			SpanData span = application.named("chat gpt-4o");
			for (String name : List.of("gen_ai_client_operation_duration_seconds_bucket",
					"gen_ai_client_operation_time_to_first_chunk_seconds_bucket", "gen_ai_client_token_usage_bucket",
					"kosmos_llm_cost_total")) {
				assertThat(exemplars(application, name)).as(name)
					.isNotEmpty()
					.allSatisfy(
							(line) -> assertThat(line).contains("span_id=\"" + span.getSpanContext().getSpanId() + "\"",
									"trace_id=\"" + span.getSpanContext().getTraceId() + "\""));
			}
			assertThat(Span.current().getSpanContext().isValid()).isFalse();
		});
	}

	@Test
	void shouldNameNoSpanAsExemplarWhenThatOfTheOperationIsNotSampled() {
		measured().with(NoTools.class).run((application) -> {
			DetachedSpan tool = agents(application).tool("search").start();
			application.spans().span("other").in(() -> tool.end());
			assertThat(application.only().getName()).isEqualTo("other");
			assertThat(counts(application)).hasSize(1);
			assertThat(exemplars(application, "gen_ai_execute_tool_duration_seconds_bucket")).isEmpty();
		});
	}

	private static List<String> exemplars(Running application, String name) {
		return application.bean(PrometheusMeterRegistry.class)
			.scrape("application/openmetrics-text; version=1.0.0; charset=utf-8")
			.lines()
			.filter((line) -> line.startsWith(name + "{") && Pattern.compile(" # \\{").matcher(line).find())
			.toList();
	}

	private static TracedApplication measured(String... properties) {
		return new TracedApplication(Prices.class)
			.withAutoConfiguration(MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
					PrometheusExemplarsAutoConfiguration.class, PrometheusMetricsExportAutoConfiguration.class)
			.with(properties);
	}

	private static AgentSpans agents(Running application) {
		return application.bean(AgentSpans.class);
	}

	/**
	 * Five operations.
	 */
	private static void work(Running application) {
		AgentSpans agents = agents(application);
		agents.workflow("demo").in(() -> agents.agent("zeus").in(() -> {
			agents.tool("search").in(() -> {
			});
			call(agents);
			agents.embeddings("acme", "acme-1")
				.in(() -> Span.current().setAttribute(GenAiAttributes.USAGE_INPUT_TOKENS, 7L));
		}));
	}

	private static void call(AgentSpans agents) {
		agents.llm("openai", "gpt-4o").in(() -> agents.currentLlm().usage(TokenUsage.of(1_000, 500)));
	}

	private static Stream<Meter> meters(Running application) {
		return application.bean(MeterRegistry.class)
			.getMeters()
			.stream()
			.filter((meter) -> meter.getId().getName().matches("(gen_ai|kosmos\\.llm)\\..*"));
	}

	/**
	 * How often each was recorded, or the sum of a counter.
	 */
	private static Map<String, Double> counts(Running application) {
		Map<String, Double> counts = new TreeMap<>();
		meters(application).forEach((meter) -> counts.put(meter.getId().getName() + new TreeSet<>(
				meter.getId().getTags().stream().map((tag) -> tag.getKey() + "=" + tag.getValue()).toList())
			.toString()
			.replace('[', '{')
			.replace(']', '}'), statistic(meter, Statistic.COUNT)));
		return counts;
	}

	private static List<Double> totals(Running application, String name) {
		return meters(application).filter((meter) -> meter.getId().getName().equals(name))
			.map((meter) -> statistic(meter, (meter instanceof Timer) ? Statistic.TOTAL_TIME : Statistic.TOTAL))
			.toList();
	}

	private static double statistic(Meter meter, Statistic statistic) {
		for (var measurement : meter.measure()) {
			if (measurement.getStatistic() == statistic) {
				return measurement.getValue();
			}
		}
		throw new AssertionError(meter.getId() + " has no " + statistic);
	}

	@Configuration(proxyBeanMethods = false)
	static class Prices {

		@Bean
		ModelPrices prices() {
			return (provider, model) -> (provider.equals("openai"))
					? new ModelPrice(new BigDecimal("2.50"), new BigDecimal("10.00"), null, "USD") : null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Registries {

		@Bean
		MeterRegistry one() {
			return new SimpleMeterRegistry();
		}

		@Bean
		MeterRegistry other() {
			return new SimpleMeterRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailingMeters {

		@Bean
		SimpleMeterRegistry registry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		MeterFilter failing() {
			return MeterFilter.denyUnless((id) -> {
				if (id.getName().startsWith("gen_ai.")) {
					throw new IllegalArgumentException("Not this one");
				}
				return true;
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoTools {

		@Bean
		Sampler sampler() {
			return new Sampler() {

				@Override
				public SamplingResult shouldSample(Context parent, String traceId, String name, SpanKind kind,
						Attributes attributes, List<LinkData> links) {
					return name.startsWith("execute_tool") ? SamplingResult.drop() : SamplingResult.recordAndSample();
				}

				@Override
				public String getDescription() {
					return "NoTools";
				}

			};
		}

	}

}
