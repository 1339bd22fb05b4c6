package io.kosmos.tracing.autoconfigure.jdbc;

import io.kosmos.tracing.TracingFailures;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.instrumentation.jdbc.datasource.JdbcTelemetry;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Makes each statement that goes through a {@code DataSource} bean a client span below
 * the current span, by the OpenTelemetry JDBC library and in the stable semantic
 * conventions for databases. The SQL is recorded without its literals. Commits, rollbacks
 * and long waits for a connection have spans too. A connection that is taken outside any
 * trace is not traced.
 * <p>
 * A data source that is traced already stays as it is, and nothing is done when
 * datasource-micrometer traces them or the OpenTelemetry Java agent is attached.
 */
@AutoConfiguration(afterName = "net.ttddyy.observation.boot.autoconfigure.DataSourceObservationAutoConfiguration")
@ConditionalOnClass({ OpenTelemetry.class, JdbcTelemetry.class, DelegatingDataSource.class, ProxyFactory.class })
@ConditionalOnMissingClass("io.opentelemetry.javaagent.OpenTelemetryAgent")
@ConditionalOnMissingBean(type = "net.ttddyy.observation.boot.autoconfigure.DataSourceObservationBeanPostProcessor")
@ConditionalOnBooleanProperty(name = "kosmos.tracing.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "kosmos.tracing.jdbc.enabled", matchIfMissing = true)
@EnableConfigurationProperties(JdbcProperties.class)
public final class JdbcAutoConfiguration {

	private JdbcAutoConfiguration() {
	}

	@Bean
	static DataSourceTracingBeanPostProcessor dataSourceTracingBeanPostProcessor(
			ConfigurableListableBeanFactory beanFactory, ObjectProvider<OpenTelemetry> openTelemetry,
			ObjectProvider<JdbcProperties> properties, ObjectProvider<TracingFailures> failures,
			Environment environment) {
		return new DataSourceTracingBeanPostProcessor(beanFactory,
				new StatementTelemetry(openTelemetry, properties, failures, environment));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DataSourcePoolMetadataProvider.class)
	static class PoolMetadataConfiguration {

		@Bean
		static PoolMetadataBeanPostProcessor poolMetadataBeanPostProcessor() {
			return new PoolMetadataBeanPostProcessor();
		}

	}

}
