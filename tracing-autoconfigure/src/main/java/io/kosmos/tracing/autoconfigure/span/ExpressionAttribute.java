package io.kosmos.tracing.autoconfigure.span;

import java.util.List;

import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;

import org.springframework.expression.BeanResolver;
import org.springframework.expression.ConstructorResolver;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.MethodResolver;
import org.springframework.expression.OperatorOverloader;
import org.springframework.expression.ParseException;
import org.springframework.expression.PropertyAccessor;
import org.springframework.expression.TypeComparator;
import org.springframework.expression.TypeConverter;
import org.springframework.expression.TypeLocator;
import org.springframework.expression.TypedValue;
import org.springframework.expression.spel.SpelCompilerMode;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.SpelParserConfiguration;
import org.springframework.expression.spel.ast.Literal;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.SimpleEvaluationContext;

/**
 * An attribute whose value is an expression over one call. Parsed once, compiled to
 * bytecode by SpEL when it is used often, and read-only: it cannot assign, name a type,
 * call a constructor or reach a bean.
 */
final class ExpressionAttribute {

	private static final SimpleEvaluationContext READ_ONLY = SimpleEvaluationContext.forReadOnlyDataBinding()
		.withInstanceMethods()
		.build();

	private final TypedAttribute attribute;

	private final SpelExpression expression;

	private final List<String> parameterNames;

	private final boolean needsResult;

	/**
	 * Parse an expression.
	 * @param name name of the attribute
	 * @param expression the expression
	 * @param parameterNames names of the method's parameters, by position
	 * @param classLoader sees the types that the expression uses
	 * @throws ParseException when the expression is not well-formed
	 */
	ExpressionAttribute(String name, String expression, List<String> parameterNames,
			@Nullable ClassLoader classLoader) {
		this.attribute = new TypedAttribute(name);
		this.expression = new SpelExpressionParser(new SpelParserConfiguration(SpelCompilerMode.MIXED, classLoader))
			.parseRaw(expression);
		this.parameterNames = parameterNames;
		this.needsResult = mentionsResult(this.expression.getAST());
	}

	private static boolean mentionsResult(SpelNode node) {
		if (node instanceof VariableReference && "#result".equals(node.toStringAST())) {
			return true;
		}
		for (int i = 0; i < node.getChildCount(); i++) {
			if (mentionsResult(node.getChild(i))) {
				return true;
			}
		}
		return false;
	}

	String name() {
		return this.attribute.name();
	}

	TypedAttribute attribute() {
		return this.attribute;
	}

	boolean needsResult() {
		return this.needsResult;
	}

	/**
	 * The value of an expression that is a literal and so the same for every call.
	 * @return the value, or {@code null} if the expression is no literal
	 */
	@Nullable Object constant() {
		return (this.expression.getAST() instanceof Literal literal) ? literal.getLiteralValue().getValue() : null;
	}

	void set(Span span, @Nullable Object target, @Nullable Object[] arguments, @Nullable Object result) {
		this.attribute.set(span, this.expression.getValue(new Call(this.parameterNames, target, arguments, result)));
	}

	/**
	 * The variables of one call over the shared read-only rules: no map to fill.
	 */
	private record Call(List<String> parameterNames, @Nullable Object target, @Nullable Object[] arguments,
			@Nullable Object result) implements EvaluationContext {

		@Override
		public @Nullable Object lookupVariable(String name) {
			int index = this.parameterNames.indexOf(name);
			if (index >= 0) {
				return this.arguments[index];
			}
			return switch (name) {
				case "result" -> this.result;
				case "target" -> this.target;
				default -> positional(name);
			};
		}

		private @Nullable Object positional(String name) {
			if (name.length() > 1 && name.length() < 5 && name.charAt(0) == 'a') {
				int index = 0;
				for (int i = 1; i < name.length(); i++) {
					index = index * 10 + Character.digit(name.charAt(i), 10);
				}
				return (index >= 0 && index < this.arguments.length) ? this.arguments[index] : null;
			}
			return null;
		}

		@Override
		public TypedValue getRootObject() {
			return TypedValue.NULL;
		}

		@Override
		public List<PropertyAccessor> getPropertyAccessors() {
			return READ_ONLY.getPropertyAccessors();
		}

		@Override
		public List<ConstructorResolver> getConstructorResolvers() {
			return READ_ONLY.getConstructorResolvers();
		}

		@Override
		public List<MethodResolver> getMethodResolvers() {
			return READ_ONLY.getMethodResolvers();
		}

		@Override
		public @Nullable BeanResolver getBeanResolver() {
			return READ_ONLY.getBeanResolver();
		}

		@Override
		public TypeLocator getTypeLocator() {
			return READ_ONLY.getTypeLocator();
		}

		@Override
		public TypeConverter getTypeConverter() {
			return READ_ONLY.getTypeConverter();
		}

		@Override
		public TypeComparator getTypeComparator() {
			return READ_ONLY.getTypeComparator();
		}

		@Override
		public OperatorOverloader getOperatorOverloader() {
			return READ_ONLY.getOperatorOverloader();
		}

		@Override
		public void setVariable(String name, @Nullable Object value) {
			throw new UnsupportedOperationException("Expressions of @Attribute are read-only");
		}

		@Override
		public boolean isAssignmentEnabled() {
			return false;
		}

	}

}
