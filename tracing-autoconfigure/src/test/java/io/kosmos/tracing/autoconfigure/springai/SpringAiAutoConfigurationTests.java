package io.kosmos.tracing.autoconfigure.springai;

import java.util.List;

import com.openai.client.OpenAIClient;
import io.kosmos.tracing.autoconfigure.span.SpansAutoConfiguration;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.ChatClientBuilderCustomizer;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.EmptyUsage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.execution.ToolExecutionExceptionProcessor;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SpringAiAutoConfiguration}.
 */
class SpringAiAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ObservationAutoConfiguration.class, OpenTelemetrySdkAutoConfiguration.class,
						OpenTelemetryTracingAutoConfiguration.class, MicrometerTracingAutoConfiguration.class,
						SpansAutoConfiguration.class, SpringAiAutoConfiguration.class))
		.withUserConfiguration(RecordedSpans.class)
		.withPropertyValues("management.tracing.sampling.probability=1.0");

	@Test
	void shouldSupplyHandlersAMapperAndAnAdvisor() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(ChatModelHandler.class)
			.hasSingleBean(EmbeddingModelHandler.class)
			.hasSingleBean(ToolCallingHandler.class)
			.hasSingleBean(ChatClientHandler.class)
			.hasSingleBean(AdvisorHandler.class)
			.hasSingleBean(VectorStoreHandler.class)
			.hasSingleBean(OpenAiRequestHandler.class)
			.hasBean("springAiResultMapper")
			.hasSingleBean(ChatClientBuilderCustomizer.class)
			.hasSingleBean(MeterFilter.class));
	}

	@Test
	void shouldMakeOneSpanInPlaceOfMicrometers() {
		this.contextRunner.run((context) -> {
			observe(context, "openai");
			assertThat(spans(context)).extracting(SpanData::getName).containsExactly("chat gpt-4o");
		});
	}

	@ParameterizedTest
	@CsvSource({ "openai, openai", "anthropic, anthropic", "bedrock_converse, aws.bedrock", "google_genai, gcp.gen_ai",
			"vertex_ai, gcp.vertex_ai", "mistral_ai, mistral_ai", "deepseek, deepseek", "ollama, ollama" })
	void shouldNameTheProviderAsTheConventionsDo(String provider, String conventional) {
		this.contextRunner.run((context) -> {
			observe(context, provider);
			assertThat(spans(context)).singleElement()
				.satisfies((span) -> assertThat(span.getAttributes().asMap().toString())
					.contains("gen_ai.provider.name=" + conventional));
		});
	}

	@Test
	void shouldKeepWhatTheApplicationAddsToAnObservation() {
		this.contextRunner.run((context) -> {
			Observation.createNotStarted("chat", () -> observed("openai"), context.getBean(ObservationRegistry.class))
				.highCardinalityKeyValue("shop.basket", "b1")
				.lowCardinalityKeyValue("gen_ai.system", "openai")
				.observe(() -> {
				});
			assertThat(spans(context)).singleElement()
				.satisfies((span) -> assertThat(span.getAttributes().asMap().toString()).contains("shop.basket=b1")
					.doesNotContain("gen_ai.system"));
		});
	}

	@Test
	void shouldLeaveOutUsageThatTheProviderDidNotTell() {
		ChatResponse response = new ChatResponse(List.of(new Generation(new AssistantMessage("Here"))),
				ChatResponseMetadata.builder().usage(new EmptyUsage()).build());
		assertThat(new ChatResponseMapper((usage) -> null).map(response).isEmpty()).isTrue();
	}

	@Test
	void shouldGiveWayToAHandlerOfTheApplication() {
		this.contextRunner.withUserConfiguration(OwnHandler.class).run((context) -> {
			observe(context, "openai");
			assertThat(spans(context)).extracting(SpanData::getName).containsExactly("own");
		});
	}

	@Test
	void shouldKeepTheTypeOfAnOwnProcessorOfToolErrors() {
		this.contextRunner.withUserConfiguration(OwnProcessor.class)
			.run((context) -> assertThat(context).hasSingleBean(OwnProcessor.Processor.class)
				.hasSingleBean(ToolExecutionExceptionProcessor.class));
	}

	@Test
	void shouldBackOffWithoutSpringAi() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.ai"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SpringAiAutoConfiguration.class)
				.doesNotHaveBean("springAiResultMapper"));
	}

	@Test
	void shouldDoWithTheModelsAlone() {
		this.contextRunner
			.withClassLoader(new FilteredClassLoader(ChatClient.class.getPackageName(),
					VectorStore.class.getPackageName(), OpenAiChatOptions.class.getPackageName(),
					OpenAIClient.class.getPackageName(), "com.openai", "okhttp3"))
			.run((context) -> {
				assertThat(context).hasSingleBean(ChatModelHandler.class)
					.doesNotHaveBean("springAiChatClientHandler")
					.doesNotHaveBean("springAiVectorStoreHandler")
					.doesNotHaveBean("springAiOpenAiRequestHandler");
				observe(context, "ollama");
				assertThat(spans(context)).hasSize(1);
			});
	}

	@Test
	void shouldDoWithoutMeters() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ChatModelHandler.class)
				.doesNotHaveBean("springAiTokenCounterMeterFilter"));
	}

	@ParameterizedTest
	@CsvSource({ "kosmos.tracing.enabled", "kosmos.tracing.spring-ai.enabled" })
	void shouldBeSwitchedOff(String property) {
		this.contextRunner.withPropertyValues(property + "=false").run((context) -> {
			assertThat(context).doesNotHaveBean(SpringAiAutoConfiguration.class);
			observe(context, "openai");
			assertThat(spans(context)).extracting(SpanData::getName).containsExactly("chat");
		});
	}

	@Test
	void shouldBackOffWithoutTracing() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class, SpansAutoConfiguration.class,
					SpringAiAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SpringAiAutoConfiguration.class));
	}

	private static void observe(ApplicationContext context, String provider) {
		Observation.createNotStarted("chat", () -> observed(provider), context.getBean(ObservationRegistry.class))
			.observe(() -> {
			});
	}

	private static ChatModelObservationContext observed(String provider) {
		return ChatModelObservationContext.builder()
			.prompt(new Prompt("Where?", ChatOptions.builder().model("gpt-4o").build()))
			.provider(provider)
			.build();
	}

	private static List<SpanData> spans(ApplicationContext context) {
		return context.getBean(Recorder.class).exporter().getFinishedSpanItems();
	}

	record Recorder(InMemorySpanExporter exporter) {

	}

	@Configuration(proxyBeanMethods = false)
	static class RecordedSpans {

		@Bean
		Recorder recorder() {
			return new Recorder(InMemorySpanExporter.create());
		}

		@Bean
		SpanProcessor recordingSpanProcessor(Recorder recorder) {
			return SimpleSpanProcessor.create(recorder.exporter());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnHandler {

		@Bean
		@Order(SpringAiAutoConfiguration.HANDLER_ORDER - 1)
		DefaultTracingObservationHandler ownHandler(Tracer tracer) {
			return new DefaultTracingObservationHandler(tracer) {

				@Override
				public boolean supportsContext(Observation.Context context) {
					return context instanceof ChatModelObservationContext;
				}

				@Override
				public String getSpanName(Observation.Context context) {
					return "own";
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnProcessor {

		@Bean
		Processor processor() {
			return new Processor();
		}

		static class Processor implements ToolExecutionExceptionProcessor {

			@Override
			public String process(ToolExecutionException exception) {
				return "failed";
			}

		}

	}

}
