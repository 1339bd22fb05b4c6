package usecases;

import java.math.BigDecimal;

import io.kosmos.tracing.AgentSpans;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.ModelPrice;
import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.TokenUsage;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sums of calls, tokens and cost that cross from one service to another.
 */
class RollupTests {

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void shouldAddWhatTheNextServiceDid(WebApplicationType type) {
		try (RunningService next = RunningService.start(type, Next.class, "kosmos.tracing.rollup.respond=true");
				RunningService caller = RunningService.start(WebApplicationType.NONE, Caller.class,
						"kosmos.tracing.rollup.hosts=127.0.0.1")) {
			String url = "http://127.0.0.1:" + next.port() + "/work";
			AgentSpans agents = caller.bean(AgentSpans.class);
			assertThat(agents.agent("rest-client")
				.<String, RuntimeException>in(() -> caller.bean(RestClient.Builder.class)
					.build()
					.get()
					.uri(url)
					.retrieve()
					.body(String.class)))
				.isEqualTo("done");
			agents.agent("rest-template")
				.in(() -> caller.bean(RestTemplateBuilder.class).build().getForObject(url, String.class));
			agents.agent("web-client")
				.in(() -> caller.bean(WebClient.Builder.class)
					.build()
					.get()
					.uri(url)
					.retrieve()
					.bodyToMono(String.class))
				.block();
			for (String client : new String[] { "rest-client", "rest-template", "web-client" }) {
				Attributes sums = caller.await((span) -> span.getName().equals("invoke_agent " + client))
					.getAttributes();
				assertThat(sums.get(KosmosAttributes.LLM_CALLS)).as(client).isEqualTo(2);
				assertThat(sums.get(KosmosAttributes.TOOL_CALLS)).as(client).isEqualTo(1);
				assertThat(sums.get(KosmosAttributes.LLM_TOTAL_TOKENS_AGGREGATED)).as(client).isEqualTo(30);
				assertThat(sums.get(KosmosAttributes.LLM_COST_AGGREGATED)).as(client).isEqualTo(0.00015);
				assertThat(sums.get(KosmosAttributes.LLM_COST_CURRENCY)).as(client).isEqualTo("USD");
			}
		}
	}

	@Test
	void shouldCountACallThatTheNextServiceMakesThereAlone() {
		try (RunningService next = RunningService.start(WebApplicationType.SERVLET, Next.class,
				"kosmos.tracing.rollup.respond=true");
				RunningService caller = RunningService.start(WebApplicationType.NONE, Caller.class,
						"kosmos.tracing.rollup.hosts=127.0.0.1")) {
			AgentSpans agents = caller.bean(AgentSpans.class);
			agents.agent("zeus").in(() -> agents.llm("kosmos", "mini").in(() -> {
				caller.bean(RestClient.Builder.class)
					.build()
					.get()
					.uri("http://127.0.0.1:" + next.port() + "/work")
					.retrieve()
					.toBodilessEntity();
				agents.currentLlm().usage(TokenUsage.of(20, 10));
			}));
			SpanData zeus = caller.await((span) -> span.getName().equals("invoke_agent zeus"));
			assertThat(zeus.getAttributes().get(KosmosAttributes.LLM_CALLS)).isEqualTo(2);
			assertThat(zeus.getAttributes().get(KosmosAttributes.LLM_TOTAL_TOKENS_AGGREGATED)).isEqualTo(30);
			SpanData chat = caller.await((span) -> span.getName().equals("chat mini"));
			assertThat(chat.getAttributes().get(KosmosAttributes.LLM_TOTAL_TOKENS)).isNull();
		}
	}

	@Test
	void shouldBelieveOnlyTheHostsThatAreNamed() {
		try (RunningService next = RunningService.start(WebApplicationType.SERVLET, Next.class,
				"kosmos.tracing.rollup.respond=true");
				RunningService caller = RunningService.start(WebApplicationType.NONE, Caller.class,
						"kosmos.tracing.rollup.hosts=agents.example.com,*.example.org")) {
			assertThat(next.get("/work"))
				.contains("Kosmos-Usage: calls=2, tools=1, tokens=30, cost=0.00015, currency=USD");
			caller.bean(AgentSpans.class)
				.agent("zeus")
				.in(() -> caller.bean(RestClient.Builder.class)
					.build()
					.get()
					.uri("http://127.0.0.1:" + next.port() + "/work")
					.retrieve()
					.toBodilessEntity());
			SpanData zeus = caller.await((span) -> span.getName().equals("invoke_agent zeus"));
			assertThat(zeus.getAttributes().get(KosmosAttributes.LLM_CALLS)).isZero();
		}
	}

	@Test
	void shouldTellNobodyUnlessAskedTo() {
		try (RunningService next = RunningService.start(WebApplicationType.SERVLET, Next.class)) {
			assertThat(next.get("/work")).contains("200").doesNotContain("Kosmos-Usage");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Caller {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Next {

		@Bean
		Work work(AgentSpans agents) {
			return new Work(agents);
		}

		@Bean
		ModelPrices prices() {
			return (provider, model) -> new ModelPrice(new BigDecimal("2.50"), new BigDecimal("10.00"), null, "USD");
		}

	}

	@RestController
	static class Work {

		private final AgentSpans agents;

		Work(AgentSpans agents) {
			this.agents = agents;
		}

		@GetMapping("/work")
		Mono<String> work() {
			return this.agents.agent("athena").in(() -> Mono.fromCallable(() -> {
				for (int i = 0; i < 2; i++) {
					this.agents.llm("kosmos", "mini").in(() -> this.agents.currentLlm().usage(TokenUsage.of(10, 5)));
				}
				return this.agents.tool("search").<String, RuntimeException>in(() -> "done");
			}));
		}

	}

}
