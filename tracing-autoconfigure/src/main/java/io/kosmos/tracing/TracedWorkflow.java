package io.kosmos.tracing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Runs each call of the annotated method as a workflow, in a span
 * {@code invoke_workflow <name>} with the events {@code pipeline.started} and
 * {@code pipeline.completed}. Its span carries the calls, tokens and cost of all models
 * below.
 * <p>
 * All that {@link Traced @Traced} says of results, errors and weaving holds.
 *
 * @see AgentSpans#workflow
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Traced
public @interface TracedWorkflow {

	/**
	 * Alias for {@link #name()}.
	 * @return name of the workflow
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * Name of the workflow, of low cardinality.
	 * @return name of the workflow
	 */
	@AliasFor("value")
	@SpanAttribute("kosmos.workflow.name")
	String name() default "";

	/**
	 * Id of the workflow's definition.
	 * @return the id
	 */
	@SpanAttribute("kosmos.workflow.id")
	String id() default "";

	/**
	 * Version of the workflow's definition.
	 * @return the version
	 */
	@SpanAttribute("kosmos.workflow.version")
	String version() default "";

	/**
	 * Attributes computed by expressions.
	 * @return the attributes
	 */
	@AliasFor(annotation = Traced.class)
	Attribute[] attributes() default {};

}
