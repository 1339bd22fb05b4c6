package io.kosmos.tracing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Runs each call of the annotated method as a tool, in a span
 * {@code execute_tool <name>}.
 * <p>
 * All that {@link Traced @Traced} says of results, errors and weaving holds.
 *
 * @see AgentSpans#tool
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Traced
public @interface TracedTool {

	/**
	 * Alias for {@link #name()}.
	 * @return name of the tool
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * Name of the tool, of low cardinality.
	 * @return name of the tool
	 */
	@AliasFor("value")
	@SpanAttribute("kosmos.tool.name")
	String name() default "";

	/**
	 * Names of parameters that are never recorded as arguments of the tool, whatever
	 * {@code kosmos.tracing.content.capture} says.
	 * @return names of parameters
	 */
	String[] exclude() default {};

	/**
	 * Attributes computed by expressions.
	 * @return the attributes
	 */
	@AliasFor(annotation = Traced.class)
	Attribute[] attributes() default {};

}
