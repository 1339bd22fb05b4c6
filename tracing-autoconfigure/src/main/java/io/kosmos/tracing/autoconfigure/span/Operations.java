package io.kosmos.tracing.autoconfigure.span;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import io.kosmos.tracing.ModelPrices;
import io.kosmos.tracing.ResultMapper;
import io.kosmos.tracing.autoconfigure.span.ConventionsProperties.Conventions;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * What all operations share. Beans of the application are asked for at the first use, so
 * that the aspect does not create them before others can be woven. Thread-safe.
 */
final class Operations {

	private final SingletonSupplier<Collaborators> collaborators;

	private final Failures failures;

	Operations(Supplier<Collaborators> collaborators, Failures failures) {
		this.collaborators = SingletonSupplier.of(collaborators);
		this.failures = failures;
	}

	/**
	 * Begin an operation below the one that runs in a context.
	 */
	Operation begin(OperationType type, Context parent) {
		return new Operation(this, type, parent);
	}

	/**
	 * Begin an operation of which all but its place in the context was known before.
	 */
	Operation begin(Template template, Context parent) {
		return new Operation(template.prototype(), parent);
	}

	/**
	 * Prepare operations that begin with the same attributes.
	 */
	Template template(OperationType type, Attributes constants) {
		Operation prototype = new Operation(this, type, Context.root());
		AttributesBuilder attributes = Attributes.builder();
		BiConsumer<AttributeKey<Object>, Object> target = attributes::put;
		constants.forEach((key, value) -> prototype.set(key, value, target));
		prototype.writeOperationName(target);
		return new Template(prototype, attributes.build());
	}

	Conventions conventions() {
		return this.collaborators.obtain().conventions();
	}

	ContentCapture content() {
		return this.collaborators.obtain().content();
	}

	Failures failures() {
		return this.failures;
	}

	@Nullable ModelPrices prices() {
		return this.collaborators.obtain().prices();
	}

	List<ResultMapper> mappers() {
		return this.collaborators.obtain().mappers();
	}

	OperationMeters meters() {
		return this.collaborators.obtain().meters();
	}

	/**
	 * Refuse a value, which is then left out.
	 */
	void refuse(Object what, Object value, String allowed) {
		this.failures.record("the attribute " + what,
				new IllegalArgumentException(what + " must be " + allowed + " but is '" + value + "'"));
	}

	/**
	 * What is the same for each operation that a place in the code begins.
	 *
	 * @param prototype knows what the attributes say
	 * @param attributes what is written when the span starts
	 */
	record Template(Operation prototype, Attributes attributes) {

	}

	/**
	 * Beans that operations use.
	 *
	 * @param conventions names under which attributes are written
	 * @param content what is recorded of content
	 * @param prices prices of models; {@code null} if cost is not wanted
	 * @param mappers what reads attributes from results
	 * @param meters metrics
	 */
	record Collaborators(Conventions conventions, ContentCapture content, @Nullable ModelPrices prices,
			List<ResultMapper> mappers, OperationMeters meters) {

	}

}
