package io.kosmos.tracing;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A span attribute computed by an expression, for {@link Traced#attributes()}.
 * <p>
 * The expression is written in the Spring Expression Language and is read-only: it reads
 * properties, calls methods, indexes collections and computes, but it can neither assign,
 * name a type, call a constructor nor reach a bean. It sees each argument by its
 * parameter name ({@code #query}) and position ({@code #a0}), the returned value as
 * {@code #result} and the bean as {@code #target}. For an asynchronous method
 * {@code #result} is the value that the {@code CompletionStage} or {@code Mono} completes
 * with; a {@code Flux} has none.
 * <p>
 * A literal ({@code 'zeus'}) is there when the span starts, so that samplers see it. Any
 * other expression is evaluated once the span is known to be recorded, and one that
 * mentions {@code #result} when the work has succeeded. One that fails leaves its
 * attribute out, is counted in {@code kosmos.tracing.failures} and logged once. A
 * {@code null} value leaves the attribute out too.
 */
@Target({})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Attribute {

	/**
	 * Name of the attribute.
	 * @return the key
	 */
	String key();

	/**
	 * Expression that gives the value. What it may yield is what {@link SpanAttribute}
	 * accepts.
	 * @return the expression
	 */
	String value();

}
