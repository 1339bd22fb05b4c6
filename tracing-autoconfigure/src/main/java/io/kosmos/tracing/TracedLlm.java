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
 * Runs each call of the annotated method as a call of a model, in a CLIENT span
 * {@code <operation> <model>}, such as {@code chat gpt-4o}. Usage, finish reason and the
 * like are taken from the result by every {@link ResultMapper}, from
 * {@link #attributes()} that mention {@code #result}, or set in the method with
 * {@link AgentSpans#currentLlm()}.
 * <p>
 * A method that returns a {@code Flux} or {@link java.util.stream.Stream} is taken for
 * streaming: the span lasts to the last chunk, the error or the cancellation, and tells
 * the time to the first chunk, the number of chunks, and the usage, if a chunk told it. A
 * stream that nobody reads or closes has a span that never ends; a parallel one becomes
 * sequential.
 * <p>
 * All that {@link Traced @Traced} says of errors and weaving holds.
 *
 * @see AgentSpans#llm
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Traced(kind = SpanKind.CLIENT)
public @interface TracedLlm {

	/**
	 * Provider of the model, in the values of {@link GenAiAttributes#PROVIDER_NAME}.
	 * @return the provider
	 */
	@SpanAttribute("kosmos.llm.provider")
	String provider() default "";

	/**
	 * Model that is asked. When it is only known at run time, leave it empty and put
	 * {@code @SpanAttribute("kosmos.llm.model")} on the parameter that names it.
	 * @return the model
	 */
	@SpanAttribute("kosmos.llm.model")
	String model() default "";

	/**
	 * What the model does, a value of {@link GenAiAttributes#OPERATION_NAME}:
	 * {@code chat}, {@code embeddings}, {@code text_completion} or
	 * {@code generate_content}.
	 * @return the operation
	 */
	@SpanAttribute("gen_ai.operation.name")
	String operation() default "chat";

	/**
	 * Class of model that was asked for, such as {@code fast} or {@code large}.
	 * @return the tier
	 */
	@SpanAttribute("kosmos.llm.tier")
	String tier() default "";

	/**
	 * Names of parameters that are never recorded as content, whatever
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
