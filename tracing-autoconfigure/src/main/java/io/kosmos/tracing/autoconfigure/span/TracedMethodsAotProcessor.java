package io.kosmos.tracing.autoconfigure.span;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

import io.kosmos.tracing.Traced;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Tells a native image what is read by reflection of {@code @Traced} methods: the methods
 * with their annotations, and the types that expressions of attributes can reach.
 */
final class TracedMethodsAotProcessor implements BeanRegistrationAotProcessor {

	private final BindingReflectionHintsRegistrar bindings = new BindingReflectionHintsRegistrar();

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
		Class<?> type = ClassUtils.getUserClass(registeredBean.getBeanClass());
		List<Method> traced = new ArrayList<>();
		for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type, ReflectionUtils.USER_DECLARED_METHODS)) {
			if (TracedMethods.declaration(method, type) != null) {
				traced.add(method);
			}
		}
		return (traced.isEmpty()) ? null : new Contribution(type, traced, this.bindings);
	}

	private record Contribution(Class<?> type, List<Method> methods,
			BindingReflectionHintsRegistrar bindings) implements BeanRegistrationAotContribution {

		@Override
		public void applyTo(GenerationContext generationContext, BeanRegistrationCode beanRegistrationCode) {
			ReflectionHints hints = generationContext.getRuntimeHints().reflection();
			annotations(hints, MergedAnnotations.from(this.type, SearchStrategy.TYPE_HIERARCHY));
			for (Method method : this.methods) {
				hints.registerMethod(method, ExecutableMode.INVOKE);
				annotations(hints, MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY));
				this.bindings.registerReflectionHints(hints, method.getGenericReturnType());
				this.bindings.registerReflectionHints(hints, method.getGenericParameterTypes());
			}
		}

		private static void annotations(ReflectionHints hints, MergedAnnotations annotations) {
			annotations.stream(Traced.class)
				.map(Contribution::outermost)
				.forEach((annotation) -> hints.registerType(annotation, MemberCategory.INVOKE_DECLARED_METHODS));
		}

		private static Class<? extends Annotation> outermost(MergedAnnotation<?> annotation) {
			return annotation.getRoot().getType();
		}

	}

}
