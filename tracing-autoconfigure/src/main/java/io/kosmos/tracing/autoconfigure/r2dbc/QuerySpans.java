package io.kosmos.tracing.autoconfigure.r2dbc;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.TracingFailures;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.instrumentation.api.incubator.semconv.db.SqlQuery;
import io.opentelemetry.instrumentation.api.incubator.semconv.db.SqlQueryAnalyzer;
import io.r2dbc.proxy.callback.ProxyConfigHolder;
import io.r2dbc.proxy.core.QueryExecutionInfo;
import io.r2dbc.proxy.core.QueryInfo;
import io.r2dbc.proxy.listener.ProxyExecutionListener;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Wrapped;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * The spans of queries: each from its subscription until its results are consumed, it
 * failed, or it was cancelled. Attributes are those of the semantic conventions for SQL
 * databases. What observed queries before goes on for its metrics. Thread-safe.
 */
final class QuerySpans implements ProxyExecutionListener {

	private static final AttributeKey<String> SYSTEM_NAME = AttributeKey.stringKey("db.system.name");

	private static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("db.namespace");

	private static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("db.operation.name");

	private static final AttributeKey<Long> BATCH_SIZE = AttributeKey.longKey("db.operation.batch.size");

	private static final AttributeKey<String> QUERY_SUMMARY = AttributeKey.stringKey("db.query.summary");

	private static final AttributeKey<String> QUERY_TEXT = AttributeKey.stringKey("db.query.text");

	private static final AttributeKey<Long> RETURNED_ROWS = AttributeKey.longKey("db.response.returned_rows");

	private static final AttributeKey<String> RESPONSE_STATUS_CODE = AttributeKey.stringKey("db.response.status_code");

	private static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");

	private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private static final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();

	private final SqlQueryAnalyzer analyzer = SqlQueryAnalyzer.create(true);

	private final Database database;

	private final Supplier<@Nullable OpenTelemetry> openTelemetry;

	private final List<ProxyExecutionListener> observing;

	private final Supplier<@Nullable TracingFailures> failures;

	private volatile @Nullable Tracer tracer;

	QuerySpans(Database database, Supplier<@Nullable OpenTelemetry> openTelemetry,
			List<ProxyExecutionListener> observing, Supplier<@Nullable TracingFailures> failures) {
		this.database = database;
		this.openTelemetry = openTelemetry;
		this.observing = observing;
		this.failures = failures;
	}

	@Override
	public void beforeQuery(QueryExecutionInfo execution) {
		Context context = Context.root();
		try {
			Context parent = parent(execution);
			Span span = start(execution, parent);
			if (span != null) {
				context = parent.with(span);
			}
		}
		catch (RuntimeException ex) {
			failed("the start of an R2DBC query", ex);
		}
		try (Scope ignored = TracedQueryObservationHandler.traced(context).makeCurrent()) {
			this.observing.forEach((listener) -> listener.beforeQuery(execution));
		}
	}

	private static Context parent(QueryExecutionInfo execution) {
		ContextView subscriber = execution.getValueStore().get(ContextView.class, ContextView.class);
		if (subscriber == null) {
			return Context.current();
		}
		try (ContextSnapshot.Scope ignored = snapshots.setThreadLocalsFrom(subscriber)) {
			return Context.current();
		}
	}

	private @Nullable Span start(QueryExecutionInfo execution, Context parent) {
		Tracer tracer = tracer();
		if (tracer == null || !Span.fromContext(parent).getSpanContext().isValid() || isTracedBelow(execution)) {
			return null;
		}
		List<SqlQuery> queries = execution.getQueries()
			.stream()
			.map(QueryInfo::getQuery)
			.map((text) -> this.analyzer.analyzeWithSummary(text, this.database.dialect()))
			.toList();
		long size = Math.max(execution.getBatchSize(), execution.getBindingsSize());
		boolean batch = size > 1;
		String summary = same(queries.stream().map(QuerySpans::summary), batch);
		String operation = same(queries.stream().map((query) -> summary(query).split(" ", 2)[0]), batch);
		SpanBuilder span = tracer.spanBuilder((summary != null) ? summary : fallbackName())
			.setParent(parent)
			.setSpanKind(SpanKind.CLIENT)
			.setAttribute(SYSTEM_NAME, this.database.system())
			.setAttribute(QUERY_TEXT, queries.stream().map(SqlQuery::getQueryText).collect(Collectors.joining("; ")));
		set(span, NAMESPACE, this.database.namespace());
		set(span, SERVER_ADDRESS, this.database.address());
		set(span, SERVER_PORT, this.database.port());
		set(span, QUERY_SUMMARY, summary);
		set(span, OPERATION_NAME, operation);
		set(span, BATCH_SIZE, batch ? size : null);
		Span started = span.startSpan();
		execution.getValueStore().put(Query.class, new Query(started, "SELECT".equals(operation), new LongAdder()));
		return started;
	}

	/*
	 * A pool, a router or a wrapper may hand out connections of another traced bean.
	 */
	private static boolean isTracedBelow(QueryExecutionInfo execution) {
		Object connection = execution.getConnectionInfo().getOriginalConnection();
		ProxyConfigHolder proxy = ConnectionFactoryBeanPostProcessor.find(connection, ProxyConfigHolder.class);
		while (proxy != null && !ConnectionFactoryBeanPostProcessor.isTraced(proxy)) {
			proxy = ConnectionFactoryBeanPostProcessor.find(((Wrapped<?>) proxy).unwrap(), ProxyConfigHolder.class);
		}
		return proxy != null;
	}

	private String fallbackName() {
		return (this.database.namespace() != null) ? this.database.namespace() : this.database.system();
	}

	private static <T> void set(SpanBuilder span, AttributeKey<T> key, @Nullable T value) {
		if (value != null) {
			span.setAttribute(key, value);
		}
	}

	private static String summary(SqlQuery query) {
		return Objects.requireNonNullElse(query.getQuerySummary(), "");
	}

	private static @Nullable String same(Stream<String> values, boolean batch) {
		Set<String> different = values.collect(Collectors.toSet());
		String same = (different.size() == 1) ? different.iterator().next() : "";
		if (batch) {
			return same.isEmpty() ? "BATCH" : "BATCH " + same;
		}
		return same.isEmpty() ? null : same;
	}

	@Override
	public void eachQueryResult(QueryExecutionInfo execution) {
		Query query = execution.getValueStore().get(Query.class, Query.class);
		if (query != null && execution.getThrowable() == null) {
			query.rows().increment();
		}
		this.observing.forEach((listener) -> listener.eachQueryResult(execution));
	}

	@Override
	public void afterQuery(QueryExecutionInfo execution) {
		this.observing.forEach((listener) -> listener.afterQuery(execution));
		Query query = execution.getValueStore().get(Query.class, Query.class);
		if (query == null) {
			return;
		}
		try {
			Span span = query.span();
			Throwable failure = execution.getThrowable();
			if (failure != null) {
				fail(span, failure);
			}
			else if (!execution.isSuccess()) {
				span.setAttribute(KosmosAttributes.CANCELLED, true);
			}
			else if (query.rowsReturned()) {
				span.setAttribute(RETURNED_ROWS, query.rows().sum());
			}
			span.end();
		}
		catch (RuntimeException ex) {
			failed("the end of an R2DBC query", ex);
		}
	}

	private static void fail(Span span, Throwable failure) {
		String state = (failure instanceof R2dbcException ex) ? ex.getSqlState() : null;
		if (state != null) {
			span.setAttribute(RESPONSE_STATUS_CODE, state);
		}
		span.setAttribute(ERROR_TYPE, (state != null) ? state : failure.getClass().getName());
		span.setStatus(StatusCode.ERROR);
		span.recordException(failure);
	}

	private @Nullable Tracer tracer() {
		Tracer tracer = this.tracer;
		if (tracer == null) {
			OpenTelemetry openTelemetry = this.openTelemetry.get();
			if (openTelemetry != null) {
				tracer = openTelemetry.getTracer("io.kosmos.tracing.r2dbc");
				this.tracer = tracer;
			}
		}
		return tracer;
	}

	private void failed(String site, Throwable failure) {
		TracingFailures failures = this.failures.get();
		if (failures != null) {
			failures.record(site, failure);
		}
	}

	/**
	 * A query that is under way.
	 *
	 * @param span its span
	 * @param rowsReturned whether its results are rows
	 * @param rows how many results there were
	 */
	private record Query(Span span, boolean rowsReturned, LongAdder rows) {

	}

}
