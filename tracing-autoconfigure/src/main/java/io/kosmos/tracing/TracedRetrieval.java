package io.kosmos.tracing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.opentelemetry.api.trace.SpanKind;

import org.springframework.core.annotation.AliasFor;

/**
 * Runs each call of the annotated method as a retrieval from a data source, in a CLIENT
 * span {@code retrieval <name>}.
 * <p>
 * All that {@link Traced @Traced} says of results, errors and weaving holds.
 *
 * @see AgentSpans#retrieval
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Traced(kind = SpanKind.CLIENT)
public @interface TracedRetrieval {

	/**
	 * Alias for {@link #name()}.
	 * @return name of the data source
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * Name of the data source, of low cardinality.
	 * @return name of the data source
	 */
	@AliasFor("value")
	@SpanAttribute("gen_ai.data_source.id")
	String name() default "";

	/**
	 * Attributes computed by expressions.
	 * @return the attributes
	 */
	@AliasFor(annotation = Traced.class)
	Attribute[] attributes() default {};

}
