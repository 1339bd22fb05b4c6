package io.kosmos.tracing.autoconfigure.jdbc;

import java.util.Set;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.instrumentation.api.incubator.semconv.db.SqlDialect;
import io.opentelemetry.instrumentation.api.incubator.semconv.db.SqlQueryAnalyzer;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Removes the literals of prepared statements, which the conventions let stand because
 * their values should be parameters. Often some are not.
 */
final class QueryTextSpanProcessor implements SpanProcessor {

	private static final String SCOPE = "io.opentelemetry.jdbc";

	private static final AttributeKey<String> QUERY_TEXT = AttributeKey.stringKey("db.query.text");

	private static final AttributeKey<String> SYSTEM_NAME = AttributeKey.stringKey("db.system.name");

	/** Elsewhere a text in double quotes may be a literal and has to go. */
	private static final Set<String> DOUBLE_QUOTED_IDENTIFIERS = Set.of("clickhouse", "derby", "hsqldb", "ibm.db2",
			"oracle.db", "polardb", "postgresql", "sap.hana");

	private final SqlQueryAnalyzer analyzer = SqlQueryAnalyzer.create(true);

	@Override
	public void onStart(Context parentContext, ReadWriteSpan span) {
		if (!SCOPE.equals(span.getInstrumentationScopeInfo().getName())) {
			return;
		}
		String text = span.getAttribute(QUERY_TEXT);
		if (text != null) {
			// The same cache entry that the library made for the span's name.
			String withoutLiterals = this.analyzer.analyzeWithSummary(text, dialect(span.getAttribute(SYSTEM_NAME)))
				.getQueryText();
			if (withoutLiterals != null && !withoutLiterals.equals(text)) {
				span.setAttribute(QUERY_TEXT, withoutLiterals);
			}
		}
	}

	private static SqlDialect dialect(@Nullable String systemName) {
		return (systemName != null && DOUBLE_QUOTED_IDENTIFIERS.contains(systemName))
				? SqlDialect.DOUBLE_QUOTES_ARE_IDENTIFIERS : SqlDialect.DOUBLE_QUOTES_ARE_STRING_LITERALS;
	}

	@Override
	public boolean isStartRequired() {
		return true;
	}

	@Override
	public void onEnd(ReadableSpan span) {
	}

	@Override
	public boolean isEndRequired() {
		return false;
	}

}
