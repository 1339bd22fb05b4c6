package io.kosmos.tracing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Runs each call of the annotated method as an agent's planning, in a span
 * {@code plan <name>}.
 * <p>
 * All that {@link Traced @Traced} says of results, errors and weaving holds.
 *
 * @see AgentSpans#plan
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Traced
public @interface TracedPlan {

	/**
	 * Alias for {@link #name()}.
	 * @return name of the plan
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * Name of the plan, of low cardinality.
	 * @return name of the plan
	 */
	@AliasFor("value")
	@SpanAttribute("kosmos.plan.name")
	String name() default "";

	/**
	 * Attributes computed by expressions.
	 * @return the attributes
	 */
	@AliasFor(annotation = Traced.class)
	Attribute[] attributes() default {};

}
