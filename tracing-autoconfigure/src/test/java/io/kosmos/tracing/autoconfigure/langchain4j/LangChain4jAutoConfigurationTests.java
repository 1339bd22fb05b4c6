package io.kosmos.tracing.autoconfigure.langchain4j;

import java.util.List;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.query.Query;
import io.kosmos.tracing.ResultMapper;
import io.kosmos.tracing.autoconfigure.span.SpansAutoConfiguration;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.Test;

import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class LangChain4jAutoConfigurationTests {

	private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SpansAutoConfiguration.class, LangChain4jAutoConfiguration.class))
		.withBean(OpenTelemetry.class, () -> OpenTelemetrySdk.builder()
			.setTracerProvider(
					SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(this.exporter)).build())
			.build());

	@Test
	void shouldTraceModelsAndReadTheirAnswers() {
		this.runner.withUserConfiguration(Models.class).run((context) -> {
			assertThat(context).hasSingleBean(ResultMapper.class);
			assertThat(context.getBean(OpenModel.class).chat("Where?")).isEqualTo("Here");
			assertThat(this.exporter.getFinishedSpanItems()).extracting(SpanData::getName).containsExactly("chat");
		});
	}

	@Test
	void shouldTraceAModelOfAFinalClassByItsInterface() {
		this.runner.withBean("model", ChatModel.class, ClosedModel::new).run((context) -> {
			ChatModel model = context.getBean(ChatModel.class);
			assertThat(AopUtils.isJdkDynamicProxy(model)).isTrue();
			assertThat(model.chat("Where?")).isEqualTo("Here");
			assertThat(this.exporter.getFinishedSpanItems()).extracting(SpanData::getName).containsExactly("chat");
		});
	}

	@Test
	void shouldTraceAModelWithAFinalMethodByItsInterface() {
		this.runner.withBean("model", ChatModel.class, HalfOpenModel::new).run((context) -> {
			assertThat(AopUtils.isJdkDynamicProxy(context.getBean(ChatModel.class))).isTrue();
			assertThat(context.getBean(ChatModel.class).chat("Where?")).isEqualTo("Here");
		});
	}

	@Test
	void shouldKeepAMethodThatAModelAnswersItself() {
		this.runner.withBean(TextModel.class).run((context) -> {
			assertThat(context.getBean(TextModel.class).chat("Where?")).isEqualTo("There");
			assertThat(this.exporter.getFinishedSpanItems()).extracting(SpanData::getName).containsExactly("chat");
		});
	}

	@Test
	void shouldPassOnWhatAModelThrows() {
		this.runner.withBean(FailingModel.class).run((context) -> {
			assertThatIllegalStateException().isThrownBy(() -> context.getBean(FailingModel.class).chat("Where?"))
				.withMessage("No answer");
			assertThat(this.exporter.getFinishedSpanItems()).hasSize(1);
		});
	}

	@Test
	void shouldCallAModelThatCannotTellItsName() {
		this.runner.withBean(NamelessModel.class).run((context) -> {
			assertThat(context.getBean(NamelessModel.class)
				.chat(ChatRequest.builder().messages(dev.langchain4j.data.message.UserMessage.from("Where?")).build())
				.aiMessage()
				.text()).isEqualTo("Here");
			assertThat(this.exporter.getFinishedSpanItems()).hasSize(1);
		});
	}

	@Test
	void shouldTraceARetrieverByTheNameOfItsBean() {
		this.runner.withBean("manuals", ContentRetriever.class, () -> (query) -> List.of()).run((context) -> {
			assertThat(context.getBean(ContentRetriever.class).retrieve(Query.from("Where?"))).isEmpty();
			assertThat(this.exporter.getFinishedSpanItems()).extracting(SpanData::getName)
				.containsExactly("retrieval manuals");
		});
	}

	@Test
	void shouldBackOffWithoutLangChain4j() {
		this.runner.withClassLoader(new FilteredClassLoader("dev.langchain4j"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(LangChain4jAutoConfiguration.class));
	}

	@Test
	void shouldTraceModelsWithoutTheRestOfLangChain4j() {
		this.runner
			.withClassLoader(new FilteredClassLoader("dev.langchain4j.agentic", "dev.langchain4j.http",
					"dev.langchain4j.model.openai", "dev.langchain4j.service"))
			.withUserConfiguration(Models.class)
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.doesNotHaveBean("kosmosAgentTracing")
					.doesNotHaveBean("kosmosAiServiceTracing")
					.doesNotHaveBean("kosmosHttpClientTracing");
				assertThat(AopUtils.isAopProxy(context.getBean(OpenModel.class))).isTrue();
			});
	}

	@Test
	void shouldBackOffWhenDisabled() {
		this.runner.withUserConfiguration(Models.class)
			.withPropertyValues("kosmos.tracing.langchain4j.enabled=false")
			.run((context) -> assertThat(AopUtils.isAopProxy(context.getBean(OpenModel.class))).isFalse());
		this.runner.withUserConfiguration(Models.class)
			.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(AopUtils.isAopProxy(context.getBean(OpenModel.class))).isFalse());
	}

	@Test
	void shouldForgetAnApplicationThatIsClosed() {
		this.runner
			.run((context) -> assertThat(AiServiceTracing.latest()).isSameAs(context.getBean(LangChain4jSpans.class)));
		assertThat(AiServiceTracing.latest()).isNull();
	}

	@Configuration(proxyBeanMethods = false)
	static class Models {

		@Bean
		OpenModel model() {
			return new OpenModel();
		}

	}

	static class OpenModel implements ChatModel {

		@Override
		public ChatResponse doChat(ChatRequest request) {
			return ChatResponse.builder().aiMessage(AiMessage.from("Here")).build();
		}

	}

	static final class ClosedModel extends OpenModel {

	}

	static class HalfOpenModel extends OpenModel {

		@Override
		public final ChatResponse doChat(ChatRequest request) {
			return super.doChat(request);
		}

	}

	static class TextModel implements ChatModel {

		@Override
		public String chat(String text) {
			return "There";
		}

	}

	static class FailingModel implements ChatModel {

		@Override
		public ChatResponse doChat(ChatRequest request) {
			throw new IllegalStateException("No answer");
		}

	}

	static class NamelessModel implements ChatModel {

		private boolean asked;

		@Override
		public dev.langchain4j.model.chat.request.ChatRequestParameters defaultRequestParameters() {
			if (!this.asked) {
				this.asked = true;
				throw new UnsupportedOperationException();
			}
			return ChatModel.super.defaultRequestParameters();
		}

		@Override
		public ChatResponse doChat(ChatRequest request) {
			return ChatResponse.builder().aiMessage(AiMessage.from("Here")).build();
		}

	}

}
