package io.kosmos.tracing.autoconfigure.cost;

import io.kosmos.tracing.ModelPrices;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the prices of models.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@EnableConfigurationProperties(CostProperties.class)
@ImportRuntimeHints(CostAutoConfiguration.PriceFileHints.class)
public final class CostAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "kosmos.tracing.cost.enabled", matchIfMissing = true)
	ModelPrices kosmosModelPrices(CostProperties properties) {
		PriceTable table = new PriceTableFile(properties.location()).read();
		table.addAll(properties.configured());
		return table;
	}

	static final class PriceFileHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("io/kosmos/tracing/autoconfigure/cost/model-prices.csv");
		}

	}

}
