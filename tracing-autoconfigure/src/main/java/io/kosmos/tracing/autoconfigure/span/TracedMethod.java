package io.kosmos.tracing.autoconfigure.span;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;

import io.kosmos.tracing.Attribute;
import io.kosmos.tracing.GenAiAttributes;
import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.Traced;
import io.kosmos.tracing.autoconfigure.span.Operations.Template;
import io.kosmos.tracing.autoconfigure.span.SpanLifecycle.ResultRecorder;
import io.kosmos.tracing.autoconfigure.span.TracedMethods.Declaration;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Everything about one {@code @Traced} method, resolved once: a call reads only fields.
 */
final class TracedMethod {

	private static final DefaultParameterNameDiscoverer parameterNameDiscoverer = new DefaultParameterNameDiscoverer();

	private final String site;

	private final @Nullable OperationType operationType;

	private final String name;

	/**
	 * Position of the argument that the name of the span ends with, or -1.
	 */
	private final int nameArgument;

	private final SpanKind kind;

	private final boolean newRoot;

	private final Class<?> targetClass;

	private final boolean reactive;

	private final boolean mayBeAsynchronous;

	private final Attributes constants;

	private final Argument[] arguments;

	private final ExpressionAttribute[] startExpressions;

	private final ExpressionAttribute[] resultExpressions;

	private final @Nullable TypedAttribute result;

	private final @Nullable ContentParameters content;

	private volatile @Nullable Template template;

	private final List<String> problems = new ArrayList<>();

	/**
	 * Resolve a method.
	 * @param method the method of the target class
	 * @param targetClass class of the bean
	 * @param declaration what its annotations say
	 */
	TracedMethod(Method method, Class<?> targetClass, Declaration declaration) {
		Traced traced = declaration.traced();
		this.site = ClassUtils.getQualifiedMethodName(method, targetClass);
		this.operationType = declaration.operationType();
		this.kind = traced.kind();
		this.newRoot = traced.newRoot();
		this.targetClass = targetClass;
		this.mayBeAsynchronous = SpanLifecycle.mayBeAsynchronous(method.getReturnType());
		this.reactive = SpanLifecycle.REACTOR && ReactorTracing.isTraceable(method.getReturnType());
		List<String> parameterNames = parameterNames(method);
		this.arguments = arguments(method, parameterNames);
		this.content = content(method, parameterNames, declaration);
		AttributesBuilder constants = Attributes.builder();
		declaration.values().forEach((key, value) -> new TypedAttribute(key).set(constants::put, value));
		List<ExpressionAttribute> atStart = new ArrayList<>();
		List<ExpressionAttribute> atEnd = new ArrayList<>();
		for (Attribute attribute : traced.attributes()) {
			ExpressionAttribute expression = parse(attribute, parameterNames, targetClass);
			if (expression == null) {
				continue;
			}
			Object constant = expression.constant();
			if (constant != null) {
				expression.attribute().set(constants::put, constant);
			}
			else {
				(expression.needsResult() ? atEnd : atStart).add(expression);
			}
		}
		this.constants = constants.build();
		this.nameArgument = nameArgument();
		this.name = name(method, traced);
		this.startExpressions = atStart.toArray(ExpressionAttribute[]::new);
		this.resultExpressions = atEnd.toArray(ExpressionAttribute[]::new);
		this.result = result(method);
		if (SpanLifecycle.REACTOR && ReactorTracing.isOtherPublisher(method.getReturnType())) {
			this.problems.add("returns " + method.getReturnType().getName()
					+ ", whose span ends when the method returns: return Mono or Flux");
		}
		else if (method.getReturnType() == Future.class) {
			this.problems.add("returns a Future, which tells nobody when it is done, so that a span that is not done"
					+ " ends when the method returns: return CompletableFuture");
		}
	}

	private String name(Method method, Traced traced) {
		OperationType type = this.operationType;
		if (type == null) {
			return StringUtils.hasText(traced.name()) ? traced.name()
					: method.getDeclaringClass().getSimpleName() + "." + method.getName();
		}
		String subject = this.constants.get(type.nameKey());
		if (!StringUtils.hasText(subject) && type != OperationType.LLM) {
			this.problems.add("has a @" + type.annotation().getSimpleName()
					+ " without a name, which its span then lacks: give it one");
		}
		return type.spanName(StringUtils.hasText(subject) ? subject : null,
				this.constants.get(GenAiAttributes.OPERATION_NAME));
	}

	private int nameArgument() {
		if (this.operationType != null && this.constants.get(this.operationType.nameKey()) == null) {
			for (Argument argument : this.arguments) {
				if (this.operationType.isNamedBy(argument.attribute().name())) {
					return argument.index();
				}
			}
		}
		return -1;
	}

	private static List<String> parameterNames(Method method) {
		@Nullable String[] names = parameterNameDiscoverer.getParameterNames(method);
		return (names != null) ? Arrays.asList(names) : List.of();
	}

	private Argument[] arguments(Method method, List<String> parameterNames) {
		List<Argument> arguments = new ArrayList<>();
		for (MethodParameter parameter : new AnnotatedMethod(method).getMethodParameters()) {
			MergedAnnotation<SpanAttribute> annotation = MergedAnnotations.from(parameter.getParameterAnnotations())
				.get(SpanAttribute.class);
			if (!annotation.isPresent()) {
				continue;
			}
			int index = parameter.getParameterIndex();
			String key = annotation.getString("key");
			if (!StringUtils.hasText(key) && index < parameterNames.size()) {
				key = parameterNames.get(index);
			}
			if (StringUtils.hasText(key)) {
				arguments.add(new Argument(index, new TypedAttribute(key)));
			}
			else {
				this.problems.add("has a @SpanAttribute without a key on parameter " + index
						+ ", whose name is not in the class file: give the key or compile with -parameters");
			}
		}
		return arguments.toArray(Argument[]::new);
	}

	private @Nullable ContentParameters content(Method method, List<String> parameterNames, Declaration declaration) {
		if (declaration.operationType() == null || !declaration.operationType().takesContent()) {
			return null;
		}
		List<String> unknown = declaration.excluded()
			.stream()
			.filter((name) -> !parameterNames.contains(name))
			.toList();
		if (!unknown.isEmpty() && (declaration.own() || parameterNames.size() < method.getParameterCount())) {
			this.problems
				.add("excludes " + unknown + " from what is recorded, which is no parameter of it: its arguments"
						+ " are not recorded; correct the name, or compile with -parameters if it is right");
			return null;
		}
		return (method.getParameterCount() > 0) ? new ContentParameters(method, parameterNames, declaration.excluded())
				: null;
	}

	private @Nullable ExpressionAttribute parse(Attribute attribute, List<String> parameterNames,
			Class<?> targetClass) {
		try {
			return new ExpressionAttribute(attribute.key(), attribute.value(), parameterNames,
					targetClass.getClassLoader());
		}
		catch (RuntimeException ex) {
			this.problems.add("has an @Attribute '" + attribute.key() + "' whose expression '" + attribute.value()
					+ "' cannot be parsed: " + ex.getMessage());
			return null;
		}
	}

	private @Nullable TypedAttribute result(Method method) {
		MergedAnnotation<SpanAttribute> annotation = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
			.get(SpanAttribute.class);
		if (!annotation.isPresent()) {
			return null;
		}
		String key = annotation.getString("key");
		if (!StringUtils.hasText(key)) {
			this.problems.add("has a @SpanAttribute without a key: on a method the key must be given");
			return null;
		}
		return new TypedAttribute(key);
	}

	/**
	 * The operation that the method is, if it is more than a span.
	 */
	@Nullable OperationType operationType() {
		return this.operationType;
	}

	String site() {
		return this.site;
	}

	boolean newRoot() {
		return this.newRoot;
	}

	/**
	 * Whether the span belongs to the subscriptions of the result instead of the call.
	 */
	boolean reactive() {
		return this.reactive;
	}

	/**
	 * Whether the result of a call has to be looked at for work that goes on.
	 */
	boolean mayBeAsynchronous() {
		return this.mayBeAsynchronous;
	}

	boolean belongsTo(Class<?> targetClass) {
		return this.targetClass == targetClass;
	}

	/**
	 * What is wrong with the method's annotations, in words that follow its name.
	 */
	List<String> problems() {
		return this.problems;
	}

	/**
	 * Start the span of one call.
	 * @return the span, or {@code null} if it could not be started
	 */
	@Nullable Span start(SpanLifecycle lifecycle, Context parent, @Nullable Object target, @Nullable Object[] arguments) {
		Span span;
		try {
			span = (this.operationType != null) ? startOperation(lifecycle, this.operationType, parent, arguments)
					: startPlain(lifecycle, parent, arguments);
		}
		catch (Throwable ex) {
			lifecycle.failures().record(this.site, ex);
			return null;
		}
		if (this.startExpressions.length > 0 && SpanLifecycle.takesAttributes(span)) {
			evaluate(lifecycle, this.startExpressions, span, target, arguments, null);
		}
		return span;
	}

	private Span startPlain(SpanLifecycle lifecycle, Context parent, @Nullable Object[] arguments) {
		SpanBuilder builder = lifecycle.builder(this.name, parent, this.newRoot).setSpanKind(this.kind);
		if (!this.constants.isEmpty()) {
			builder.setAllAttributes(this.constants);
		}
		for (Argument argument : this.arguments) {
			try {
				argument.attribute().set(builder, arguments[argument.index()]);
			}
			catch (Throwable ex) {
				recordFailure(lifecycle, argument.attribute().name(), ex);
			}
		}
		return new StatusAwareSpan(builder.startSpan());
	}

	private Span startOperation(SpanLifecycle lifecycle, OperationType type, Context parent,
			@Nullable Object[] arguments) {
		Template template = template(lifecycle.operations(), type);
		Operation operation = lifecycle.operations().begin(template, parent);
		SpanBuilder builder = lifecycle.builder(operationName(type, arguments), parent, this.newRoot)
			.setSpanKind(this.kind)
			.setAllAttributes(template.attributes());
		BiConsumer<AttributeKey<Object>, Object> target = builder::setAttribute;
		for (Argument argument : this.arguments) {
			try {
				argument.attribute()
					.set((key, value) -> operation.set(key, value, target), arguments[argument.index()]);
			}
			catch (Throwable ex) {
				recordFailure(lifecycle, argument.attribute().name(), ex);
			}
		}
		operation.writeAgent(target);
		OperationSpan span = new OperationSpan(builder.startSpan(), operation);
		if (this.content != null) {
			operation.arguments(this.content, arguments);
		}
		return span;
	}

	private Template template(Operations operations, OperationType type) {
		Template template = this.template;
		if (template == null) {
			// Not before the first call, since what it needs is not there at start-up.
			template = operations.template(type, this.constants);
			this.template = template;
		}
		return template;
	}

	private String operationName(OperationType type, @Nullable Object[] arguments) {
		if (this.nameArgument >= 0 && arguments[this.nameArgument] instanceof String text
				&& StringUtils.hasText(text)) {
			return type.spanName(text, this.constants.get(GenAiAttributes.OPERATION_NAME));
		}
		return this.name;
	}

	private void recordFailure(SpanLifecycle lifecycle, String attribute, Throwable failure) {
		lifecycle.failures().record(this.site + ", attribute " + attribute, failure);
	}

	/**
	 * What takes attributes from the result of one call.
	 */
	ResultRecorder recorder(SpanLifecycle lifecycle, @Nullable Object target, @Nullable Object[] arguments) {
		if (this.result == null && this.resultExpressions.length == 0) {
			return ResultRecorder.NONE;
		}
		return (span, value) -> {
			if (this.result != null) {
				this.result.set(span, value);
			}
			evaluate(lifecycle, this.resultExpressions, span, target, arguments, value);
		};
	}

	private void evaluate(SpanLifecycle lifecycle, ExpressionAttribute[] expressions, Span span,
			@Nullable Object target, @Nullable Object[] arguments, @Nullable Object result) {
		for (ExpressionAttribute expression : expressions) {
			try {
				expression.set(span, target, arguments, result);
			}
			catch (Throwable ex) {
				recordFailure(lifecycle, expression.name(), ex);
			}
		}
	}

	private record Argument(int index, TypedAttribute attribute) {

	}

}
