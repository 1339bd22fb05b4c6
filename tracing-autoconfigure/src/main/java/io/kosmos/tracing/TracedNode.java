package io.kosmos.tracing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Runs each call of the annotated method as a node of a workflow, in a span
 * {@code invoke_node <name>}.
 * <p>
 * All that {@link Traced @Traced} says of results, errors and weaving holds.
 *
 * @see AgentSpans#node
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Traced
public @interface TracedNode {

	/**
	 * Alias for {@link #name()}.
	 * @return name of the node
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * Name of the node, of low cardinality.
	 * @return name of the node
	 */
	@AliasFor("value")
	@SpanAttribute("kosmos.node.name")
	String name() default "";

	/**
	 * Id of the node in its workflow.
	 * @return the id
	 */
	@SpanAttribute("kosmos.node.id")
	String id() default "";

	/**
	 * What the node is, such as {@code task}, {@code condition} or {@code approval}.
	 * @return the kind
	 */
	@SpanAttribute("kosmos.node.kind")
	String kind() default "";

	/**
	 * Expression that the node evaluates.
	 * @return the expression
	 */
	@SpanAttribute("kosmos.node.expression")
	String expression() default "";

	/**
	 * How often the node is attempted at most.
	 * @return the number of attempts; 0 says nothing
	 */
	@SpanAttribute("kosmos.execution.max_attempts")
	long maxAttempts() default 0;

	/**
	 * Attributes computed by expressions.
	 * @return the attributes
	 */
	@AliasFor(annotation = Traced.class)
	Attribute[] attributes() default {};

}
