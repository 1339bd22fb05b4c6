package io.kosmos.tracing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Runs each call of the annotated method as an operation on an agent's memory, in a span
 * named as the operation, such as {@code search_memory}.
 * <p>
 * All that {@link Traced @Traced} says of results, errors and weaving holds.
 *
 * @see AgentSpans#memory
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Traced
public @interface TracedMemory {

	/**
	 * Alias for {@link #name()}.
	 * @return operation
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * Name of the operation, of low cardinality.
	 * @return operation
	 */
	@AliasFor("value")
	@SpanAttribute("gen_ai.operation.name")
	String name() default "";

	/**
	 * Attributes computed by expressions.
	 * @return the attributes
	 */
	@AliasFor(annotation = Traced.class)
	Attribute[] attributes() default {};

}
