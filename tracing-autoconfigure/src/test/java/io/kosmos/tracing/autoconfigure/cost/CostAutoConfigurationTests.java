package io.kosmos.tracing.autoconfigure.cost;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;

import io.kosmos.tracing.ModelPrice;
import io.kosmos.tracing.ModelPrices;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class CostAutoConfigurationTests {

	private static final ModelPrice GPT_4O = price("2.5", "10", "1.25");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CostAutoConfiguration.class));

	@Test
	void shouldKnowThePricesOfTheBundledTable() {
		this.runner.run((context) -> {
			ModelPrices prices = context.getBean(ModelPrices.class);
			assertThat(prices.find("openai", "gpt-4o")).isEqualTo(GPT_4O);
			assertThat(prices.find("openai", "text-embedding-3-small")).isEqualTo(price("0.02", "0", null));
			assertThat(prices.find("anthropic", "claude-sonnet-4")).isEqualTo(price("3", "15", "0.3"));
		});
	}

	@ParameterizedTest
	@CsvSource({ "openai, gpt-4o-2024-08-06, gpt-4o", "openai, gpt-4o-mini-2024-07-18, gpt-4o-mini",
			"openai, gpt-4.1-mini-2025-04-14, gpt-4.1-mini", "openai, o3-2025-04-16, o3",
			"anthropic, claude-sonnet-4-20250514, claude-sonnet-4",
			"anthropic, claude-sonnet-4-5-20250929, claude-sonnet-4-5",
			"anthropic, claude-opus-4-1-20250805, claude-opus-4-1" })
	void shouldKnowADatedNameByTheNameBeforeTheDate(String provider, String dated, String model) {
		this.runner.run((context) -> {
			ModelPrices prices = context.getBean(ModelPrices.class);
			assertThat(prices.find(provider, dated)).isNotNull().isSameAs(prices.find(provider, model));
		});
	}

	@Test
	void shouldPreferADatedNameThatIsListed() {
		this.runner.run((context) -> assertThat(context.getBean(ModelPrices.class).find("openai", "gpt-4o-2024-05-13"))
			.isEqualTo(price("5", "15", null)));
	}

	@ParameterizedTest
	@CsvSource({ "openai, gpt-4o-2024-8-6", "openai, gpt-4o-2024-08", "openai, gpt-4o-2024-08-06-preview",
			"openai, gpt-4o-latest", "openai, gpt-4o2024-08-06", "openai, gpt-4o-202408060", "openai, gpt-4o-2024-0806",
			"openai, gpt-4o-2024-08-06-2024-08-06", "openai, -2024-08-06", "openai, GPT-4o", "openai, gpt",
			"openai, ''", "openai, gpt-4o-\u0662\u0660\u0662\u0664\u0660\u0668\u0660\u0666", "OpenAI, gpt-4o",
			"anthropic, gpt-4o", "'', ''" })
	void shouldNotGuess(String provider, String model) {
		this.runner.run((context) -> assertThat(context.getBean(ModelPrices.class).find(provider, model)).isNull());
	}

	@Test
	void shouldPreferConfiguredPricesToTheTable() {
		this.runner
			.withPropertyValues("kosmos.tracing.cost.prices[0].provider=openai",
					"kosmos.tracing.cost.prices[0].model=gpt-4o", "kosmos.tracing.cost.prices[0].input=2.20",
					"kosmos.tracing.cost.prices[0].output=8.80", "kosmos.tracing.cost.prices[0].currency=EUR",
					"kosmos.tracing.cost.prices[1].provider=kosmos", "kosmos.tracing.cost.prices[1].model=kosmos-mini",
					"kosmos.tracing.cost.prices[1].input=0.1", "kosmos.tracing.cost.prices[1].output=0.2",
					"kosmos.tracing.cost.prices[1].cached-input=0.05", "kosmos.tracing.cost.prices[1].currency=USD")
			.run((context) -> {
				ModelPrices prices = context.getBean(ModelPrices.class);
				ModelPrice configured = new ModelPrice(new BigDecimal("2.2"), new BigDecimal("8.8"), null, "EUR");
				assertThat(prices.find("openai", "gpt-4o")).isEqualTo(configured);
				assertThat(prices.find("openai", "gpt-4o-2024-08-06")).isEqualTo(configured);
				assertThat(prices.find("openai", "gpt-4o-2024-05-13")).isEqualTo(price("5", "15", null));
				assertThat(prices.find("kosmos", "kosmos-mini")).isEqualTo(price("0.1", "0.2", "0.05"));
				assertThat(prices.find("openai", "gpt-4o-mini")).isEqualTo(price("0.15", "0.6", "0.075"));
			});
	}

	@Test
	void shouldReplaceTheTable(@TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("prices.csv"),
				PriceTableFile.COLUMNS + "\nacme, acme-1, 1, 2, , USD\n");
		this.runner.withPropertyValues("kosmos.tracing.cost.location=" + file.toUri()).run((context) -> {
			ModelPrices prices = context.getBean(ModelPrices.class);
			assertThat(prices.find("acme", "acme-1")).isEqualTo(price("1", "2", null));
			assertThat(prices.find("openai", "gpt-4o")).isNull();
		});
	}

	@Test
	void shouldFailForAPriceConfiguredTwice() {
		this.runner
			.withPropertyValues("kosmos.tracing.cost.prices[0].provider=acme",
					"kosmos.tracing.cost.prices[0].model=acme-1", "kosmos.tracing.cost.prices[0].input=1",
					"kosmos.tracing.cost.prices[0].output=2", "kosmos.tracing.cost.prices[0].currency=USD",
					"kosmos.tracing.cost.prices[1].provider=acme", "kosmos.tracing.cost.prices[1].model=acme-1",
					"kosmos.tracing.cost.prices[1].input=1", "kosmos.tracing.cost.prices[1].output=3",
					"kosmos.tracing.cost.prices[1].currency=USD")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessage("Property kosmos.tracing.cost.prices[1].model with value 'acme-1' is invalid:"
						+ " It must not be listed twice for provider 'acme'."));
	}

	@Test
	void shouldBackOffForThePricesOfTheApplication() {
		ModelPrices own = (provider, model) -> null;
		this.runner.withBean("own", ModelPrices.class, () -> own)
			.run((context) -> assertThat(context).getBean(ModelPrices.class).isSameAs(own));
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos.tracing.enabled", "kosmos.tracing.cost.enabled" })
	void shouldKnowNoPricesWhenSwitchedOff(String property) {
		this.runner.withPropertyValues(property + "=false", "kosmos.tracing.cost.location=classpath:nowhere.csv")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ModelPrices.class));
	}

	private static ModelPrice price(String input, String output, @Nullable String cachedInput) {
		return new ModelPrice(new BigDecimal(input), new BigDecimal(output),
				(cachedInput != null) ? new BigDecimal(cachedInput) : null, "USD");
	}

}
