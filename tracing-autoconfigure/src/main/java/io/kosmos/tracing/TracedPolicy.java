package io.kosmos.tracing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Runs each call of the annotated method as the evaluation of a policy, in a span
 * {@code evaluate_policy <name>}. A method that returns a string or an enum returns the
 * {@link KosmosAttributes#POLICY_DECISION decision}. A denial is a successful evaluation:
 * the status of its span stays unset.
 * <p>
 * All that {@link Traced @Traced} says of results, errors and weaving holds.
 *
 * @see AgentSpans#policy
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Traced
public @interface TracedPolicy {

	/**
	 * Alias for {@link #name()}.
	 * @return name of the policy
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * Name of the policy, of low cardinality.
	 * @return name of the policy
	 */
	@AliasFor("value")
	@SpanAttribute("kosmos.policy.name")
	String name() default "";

	/**
	 * Rules that are evaluated.
	 * @return the rules
	 */
	@SpanAttribute("kosmos.policy.rules")
	String[] rules() default {};

	/**
	 * Edge of the workflow that the policy guards.
	 * @return the edge
	 */
	@SpanAttribute("kosmos.policy.edge")
	String edge() default "";

	/**
	 * Attributes computed by expressions.
	 * @return the attributes
	 */
	@AliasFor(annotation = Traced.class)
	Attribute[] attributes() default {};

}
