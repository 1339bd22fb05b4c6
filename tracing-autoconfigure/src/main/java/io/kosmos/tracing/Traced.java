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
 * Runs each call of the annotated method in a span of its own. On a class or an interface
 * it stands for every public method that the type declares. It is found on the bean's
 * class, on its super classes and interfaces, and as a meta-annotation, so that a team
 * can compose its own annotations with {@link AliasFor @AliasFor}.
 * <p>
 * The span has status OK when the method succeeds, unless somebody set an error on it
 * meanwhile. When it throws, whatever the {@link Throwable}, the span has status ERROR,
 * {@code error.type} and an {@code exception} event, and the throwable reaches the caller
 * unchanged.
 * <p>
 * When the method returns a {@link java.util.concurrent.CompletionStage}, the span ends
 * when the stage completes. When it returns a Reactor {@code Mono} or {@code Flux}, every
 * subscription has its own span, which is current inside the pipeline and ends with the
 * last signal or the cancellation. Cancellation is not an error; the span then carries
 * {@link KosmosAttributes#CANCELLED}.
 * <p>
 * Spring weaves calls that come through the bean's proxy. A private, static or final
 * method, a final class, and a call of a bean to itself cannot be woven: what can be seen
 * of these is reported at start-up (see {@code kosmos.tracing.annotation.unsupported}),
 * and {@link Spans#in} does the same work without a proxy.
 *
 * @see SpanAttribute
 * @see Spans
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface Traced {

	/**
	 * Alias for {@link #name()}.
	 * @return the span name
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * Name of the span. It should have low cardinality: no id and no user input. Defaults
	 * to {@code Type.method} with the simple name of the class that declares the method.
	 * @return the span name
	 */
	@AliasFor("value")
	String name() default "";

	/**
	 * Role of the span towards its callers and callees.
	 * @return the span kind
	 */
	SpanKind kind() default SpanKind.INTERNAL;

	/**
	 * Whether the span starts a trace of its own. It then carries a link to the span of
	 * the caller instead of being its child.
	 * @return whether to start a new trace
	 */
	boolean newRoot() default false;

	/**
	 * Attributes computed by expressions.
	 * @return the attributes
	 */
	Attribute[] attributes() default {};

}
