package io.kosmos.tracing.autoconfigure.span;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.kosmos.tracing.SpanAttribute;
import io.kosmos.tracing.Traced;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/**
 * Finds the {@code @Traced} methods: the pointcut of the interceptor, and the metadata of
 * every method that it matched.
 */
final class TracedMethods extends StaticMethodMatcherPointcut {

	private final Map<MethodClassKey, TracedMethod> methods = new ConcurrentHashMap<>();

	/**
	 * The first one seen of each method, which is the right one unless beans of several
	 * classes inherit it: found without a key object.
	 */
	private final Map<Method, TracedMethod> first = new ConcurrentHashMap<>();

	TracedMethods() {
		setClassFilter((type) -> isWeavable(type) && AnnotationUtils.isCandidateClass(type, Traced.class));
	}

	@Override
	public boolean matches(Method method, Class<?> targetClass) {
		return find(method, targetClass) != null;
	}

	/**
	 * The metadata of a method.
	 * @param method the method, also as an interface declares it
	 * @param targetClass class of the bean
	 * @return the metadata, or {@code null} if the method is not traced
	 */
	@Nullable TracedMethod find(Method method, Class<?> targetClass) {
		TracedMethod first = this.first.get(method);
		if (first != null && first.belongsTo(targetClass)) {
			return first;
		}
		TracedMethod found = resolve(method, targetClass);
		if (found != null && found.belongsTo(targetClass)) {
			this.first.putIfAbsent(method, found);
		}
		return found;
	}

	private @Nullable TracedMethod resolve(Method method, Class<?> targetClass) {
		MethodClassKey key = new MethodClassKey(method, targetClass);
		TracedMethod known = this.methods.get(key);
		if (known != null) {
			return known;
		}
		Method specificMethod = written(AopUtils.getMostSpecificMethod(method, targetClass), targetClass);
		Declaration declaration = declaration(specificMethod, targetClass);
		return (declaration != null) ? this.methods.computeIfAbsent(key,
				(ignored) -> new TracedMethod(specificMethod, ClassUtils.getUserClass(targetClass), declaration))
				: null;
	}

	/**
	 * The method that somebody wrote, with a name and parameters to take over: of a proxy
	 * or a lambda that is the one of its interface.
	 */
	private static Method written(Method method, Class<?> targetClass) {
		return (Proxy.isProxyClass(targetClass) || ClassUtils.isLambdaClass(targetClass))
				? ClassUtils.getInterfaceMethodIfPossible(method, targetClass) : method;
	}

	/**
	 * What stands for a method: its own annotations, those of a method it implements or
	 * overrides, or those of a type which declares it.
	 */
	static @Nullable Declaration declaration(Method method, Class<?> targetClass) {
		Traced traced = AnnotatedElementUtils.findMergedAnnotation(method, Traced.class);
		if (traced != null) {
			return Declaration.of(traced, true, MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY));
		}
		if (!Modifier.isPublic(method.getModifiers()) || !ClassUtils.isUserLevelMethod(method)
				|| method.getDeclaringClass() == Object.class) {
			return null;
		}
		MergedAnnotations annotations = MergedAnnotations.from(ClassUtils.getUserClass(targetClass),
				SearchStrategy.TYPE_HIERARCHY);
		return annotations.stream(Traced.class)
			.filter((annotation) -> annotation.getSource() instanceof Class<?> type && covers(type, method))
			.findFirst()
			.map((annotation) -> Declaration.of(annotation.synthesize(), false, annotations))
			.orElse(null);
	}

	private static boolean covers(Class<?> type, Method method) {
		return (type.isInterface()) ? ClassUtils.hasMethod(type, method.getName(), method.getParameterTypes())
				: type.isAssignableFrom(method.getDeclaringClass());
	}

	/**
	 * Whether a proxy class can extend the type, or need not. Others are left out: Spring
	 * would stop the application over them, and a missing span is not worth that.
	 */
	static boolean isWeavable(Class<?> type) {
		if (type.isInterface() || Proxy.isProxyClass(type) || ClassUtils.isLambdaClass(type)) {
			return true;
		}
		return !Modifier.isFinal(type.getModifiers()) && !type.isSealed() && hasVisibleConstructor(type);
	}

	static boolean hasVisibleConstructor(Class<?> type) {
		for (Constructor<?> constructor : type.getDeclaredConstructors()) {
			if (!Modifier.isPrivate(constructor.getModifiers())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * What the annotations of a method say.
	 *
	 * @param traced the annotation that all others are composed over
	 * @param operationType what the method is if it is more than a span
	 * @param values attributes that composed annotations give, by key
	 * @param excluded names of parameters that are not recorded
	 * @param own whether the annotations are the method's own
	 */
	record Declaration(Traced traced, @Nullable OperationType operationType, Map<String, Object> values,
			Set<String> excluded, boolean own) {

		static Declaration of(Traced traced, boolean own, MergedAnnotations annotations) {
			OperationType type = null;
			for (OperationType candidate : OperationType.values()) {
				if (type == null && annotations.isPresent(candidate.annotation())) {
					type = candidate;
				}
			}
			Map<String, Object> values = new LinkedHashMap<>();
			annotations.stream().forEach((annotation) -> addValues(annotation, values));
			return new Declaration(traced, type, values, excluded(type, annotations), own);
		}

		private static Set<String> excluded(@Nullable OperationType type, MergedAnnotations annotations) {
			return (type != null && type.takesContent())
					? new LinkedHashSet<>(List.of(annotations.get(type.annotation()).getStringArray("exclude")))
					: Set.of();
		}

		private static void addValues(MergedAnnotation<?> annotation, Map<String, Object> values) {
			for (Method attribute : annotation.getType().getDeclaredMethods()) {
				MergedAnnotation<SpanAttribute> key = MergedAnnotations.from(attribute).get(SpanAttribute.class);
				if (key.isPresent() && !annotation.hasDefaultValue(attribute.getName())) {
					annotation.getValue(attribute.getName())
						.ifPresent((value) -> values.putIfAbsent(key.getString("key"), value));
				}
			}
		}

	}

}
