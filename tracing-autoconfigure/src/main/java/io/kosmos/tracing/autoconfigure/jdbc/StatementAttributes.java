package io.kosmos.tracing.autoconfigure.jdbc;

import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.context.Context;
import io.opentelemetry.instrumentation.api.incubator.semconv.db.SqlDialect;
import io.opentelemetry.instrumentation.api.incubator.semconv.db.SqlQuery;
import io.opentelemetry.instrumentation.api.incubator.semconv.db.SqlQueryAnalyzer;
import io.opentelemetry.instrumentation.api.instrumenter.AttributesExtractor;
import io.opentelemetry.instrumentation.jdbc.internal.DbRequest;
import io.opentelemetry.instrumentation.jdbc.internal.JdbcAttributesGetter;
import org.jspecify.annotations.Nullable;

/**
 * What the conventions name and the library leaves out: the operation, the status code of
 * the database, and the SQL of prepared statements without its literals, which the
 * conventions let stand because their values should be parameters. Often some are not.
 */
final class StatementAttributes implements AttributesExtractor<DbRequest, Void> {

	private static final AttributeKey<String> QUERY_TEXT = AttributeKey.stringKey("db.query.text");

	private static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("db.operation.name");

	private static final AttributeKey<String> RESPONSE_STATUS_CODE = AttributeKey.stringKey("db.response.status_code");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private final JdbcAttributesGetter getter = new JdbcAttributesGetter();

	private final SqlQueryAnalyzer analyzer = SqlQueryAnalyzer.create(true);

	@Override
	public void onStart(AttributesBuilder attributes, Context parentContext, DbRequest request) {
		SqlDialect dialect = this.getter.getSqlDialect(request);
		// The same cache entries that the library made for the span's name.
		Set<SqlQuery> queries = request.getQueryTexts()
			.stream()
			.map((text) -> this.analyzer.analyzeWithSummary(text, dialect))
			.collect(Collectors.toSet());
		if (request.isParameterizedQuery() && queries.size() == 1) {
			attributes.put(QUERY_TEXT, queries.iterator().next().getQueryText());
		}
		Set<String> operations = queries.stream()
			.map((query) -> operation(query.getQuerySummary()))
			.filter(Objects::nonNull)
			.collect(Collectors.toSet());
		if (operations.size() == 1) {
			Long batchSize = request.getBatchSize();
			attributes.put(OPERATION_NAME,
					((batchSize != null && batchSize > 1) ? "BATCH " : "") + operations.iterator().next());
		}
	}

	private static @Nullable String operation(@Nullable String summary) {
		return (summary != null) ? summary.split(" ", 2)[0] : null;
	}

	@Override
	public void onEnd(AttributesBuilder attributes, Context context, DbRequest request, @Nullable Void response,
			@Nullable Throwable error) {
		if (error instanceof SQLException failure) {
			// PostgreSQL knows only SQLSTATE, and the library would write 0.
			String code = (failure.getErrorCode() != 0) ? Integer.toString(failure.getErrorCode())
					: failure.getSQLState();
			if (code != null) {
				attributes.put(RESPONSE_STATUS_CODE, code);
			}
			attributes.put(ERROR_TYPE, (code != null) ? code : failure.getClass().getName());
		}
	}

}
