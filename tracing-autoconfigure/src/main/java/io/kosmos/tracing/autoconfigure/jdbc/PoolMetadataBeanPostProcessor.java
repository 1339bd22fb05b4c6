package io.kosmos.tracing.autoconfigure.jdbc;

import javax.sql.DataSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;

/**
 * Shows the pool behind a traced data source to what reads its state. Boot reads that of
 * a Hikari pool from a field, which is empty in a proxy, and the metrics of active and
 * idle connections would be missing.
 */
final class PoolMetadataBeanPostProcessor implements BeanPostProcessor {

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof DataSourcePoolMetadataProvider provider) {
			return (DataSourcePoolMetadataProvider) (dataSource) -> {
				DataSource pool = DataSourceTracingBeanPostProcessor.target(dataSource);
				return provider.getDataSourcePoolMetadata((pool != null) ? pool : dataSource);
			};
		}
		return bean;
	}

}
