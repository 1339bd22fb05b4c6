package io.kosmos.tracing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Runs each call of the annotated method as the work of an agent, in a span
 * {@code invoke_agent <name>}. What runs below knows the agent: operations carry its
 * name, and its span carries the calls, tokens and cost of all models below.
 * <p>
 * All that {@link Traced @Traced} says of results, errors and weaving holds.
 *
 * @see AgentSpans#agent
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Traced
public @interface TracedAgent {

	/**
	 * Alias for {@link #name()}.
	 * @return name of the agent
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * Name of the agent, of low cardinality.
	 * @return name of the agent
	 */
	@AliasFor("value")
	@SpanAttribute("kosmos.agent.name")
	String name() default "";

	/**
	 * What the agent does, such as {@code route}.
	 * @return the operation
	 */
	@SpanAttribute("kosmos.agent.operation")
	String operation() default "";

	/**
	 * Id of the agent where its name is not unique.
	 * @return the id
	 */
	@SpanAttribute("kosmos.agent.id")
	String id() default "";

	/**
	 * Version of the agent.
	 * @return the version
	 */
	@SpanAttribute("kosmos.agent.version")
	String version() default "";

	/**
	 * What the agent is: {@code llm}, {@code tool} or {@code service}.
	 * @return the type
	 */
	@SpanAttribute("kosmos.agent.type")
	String type() default "";

	/**
	 * Attributes computed by expressions.
	 * @return the attributes
	 */
	@AliasFor(annotation = Traced.class)
	Attribute[] attributes() default {};

}
