package io.kosmos.tracing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Records a parameter of a {@link Traced @Traced} method as a span attribute or, on the
 * method itself, the value that it returns.
 * <p>
 * Types are kept: {@code boolean}, the integral types (as long), {@code float} and
 * {@code double} (as double), strings, and arrays and collections of these. An enum is
 * recorded by its name, a present {@link java.util.Optional} by its content, any other
 * object by its {@code toString()}. {@code null}, an empty optional, and {@code null}
 * elements of a collection are left out, and of a longer collection everything after the
 * first 128 elements.
 * <p>
 * On an attribute of an annotation that is composed over {@link Traced @Traced} it
 * records the value given there, unless that is the default.
 */
@Target({ ElementType.PARAMETER, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface SpanAttribute {

	/**
	 * Alias for {@link #key()}.
	 * @return the key
	 */
	@AliasFor("key")
	String value() default "";

	/**
	 * Name of the attribute. Defaults to the name of the parameter, which needs classes
	 * compiled with {@code -parameters}; on a method it must be given.
	 * @return the key
	 */
	@AliasFor("value")
	String key() default "";

}
