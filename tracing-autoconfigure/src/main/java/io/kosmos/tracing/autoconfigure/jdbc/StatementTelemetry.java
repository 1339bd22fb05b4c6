package io.kosmos.tracing.autoconfigure.jdbc;

import javax.sql.DataSource;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.instrumentation.jdbc.datasource.JdbcTelemetry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;

/**
 * The library that traces statements, created when the first connection is asked for: a
 * data source may be needed before OpenTelemetry is, even by it. Thread-safe.
 */
final class StatementTelemetry {

	private static final String SEMCONV_OPT_IN = "otel.semconv-stability.opt-in";

	private final ObjectProvider<OpenTelemetry> openTelemetry;

	private final Environment environment;

	private volatile @Nullable JdbcTelemetry telemetry;

	StatementTelemetry(ObjectProvider<OpenTelemetry> openTelemetry, Environment environment) {
		this.openTelemetry = openTelemetry;
		this.environment = environment;
	}

	/**
	 * Wraps a data source.
	 * @param dataSource what connections come from
	 * @return a data source whose statements are traced, or {@code null} when there is no
	 * OpenTelemetry yet or any more
	 */
	@Nullable DataSource wrap(DataSource dataSource) {
		JdbcTelemetry telemetry = this.telemetry;
		if (telemetry == null) {
			try {
				OpenTelemetry openTelemetry = this.openTelemetry.getIfUnique();
				if (openTelemetry == null) {
					return null;
				}
				telemetry = create(openTelemetry);
				this.telemetry = telemetry;
			}
			catch (BeansException ex) {
				return null;
			}
		}
		return telemetry.wrap(dataSource);
	}

	/*
	 * The library reads the wanted conventions once per class loader, from a system
	 * property or an environment variable only. The property is there just while it does,
	 * so that nothing else in the process sees a choice that the user did not make.
	 */
	private JdbcTelemetry create(OpenTelemetry openTelemetry) {
		synchronized (StatementTelemetry.class) {
			String given = System.getProperty(SEMCONV_OPT_IN);
			System.setProperty(SEMCONV_OPT_IN, this.environment.getProperty(SEMCONV_OPT_IN, "database"));
			try {
				return JdbcTelemetry.create(openTelemetry);
			}
			finally {
				if (given != null) {
					System.setProperty(SEMCONV_OPT_IN, given);
				}
				else {
					System.clearProperty(SEMCONV_OPT_IN);
				}
			}
		}
	}

}
