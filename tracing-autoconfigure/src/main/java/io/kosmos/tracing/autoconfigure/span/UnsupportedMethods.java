package io.kosmos.tracing.autoconfigure.span;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.kosmos.tracing.Traced;
import io.kosmos.tracing.TracingSection;
import io.kosmos.tracing.autoconfigure.span.AnnotationProperties.Unsupported;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds, when all beans are there, every {@code @Traced} method that would do nothing or
 * less than it says, and tells of them as a {@link TracingSection}.
 */
final class UnsupportedMethods implements SmartInitializingSingleton, TracingSection {

	private static final Log logger = LogFactory.getLog(UnsupportedMethods.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final TracedMethods methods;

	private final Unsupported action;

	private volatile List<String> found = List.of();

	UnsupportedMethods(ConfigurableListableBeanFactory beanFactory, TracedMethods methods, Unsupported action) {
		this.beanFactory = beanFactory;
		this.methods = methods;
		this.action = action;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.action == Unsupported.IGNORE) {
			return;
		}
		Set<String> problems = new LinkedHashSet<>();
		for (String beanName : this.beanFactory.getBeanDefinitionNames()) {
			try {
				inspect(beanName, problems);
			}
			catch (Exception | LinkageError ex) {
				logger.debug("Cannot inspect bean '" + beanName + "' for @Traced methods", ex);
			}
		}
		if (problems.isEmpty()) {
			return;
		}
		if (this.action == Unsupported.FAIL) {
			throw new UnsupportedTracedMethodException(problems);
		}
		this.found = List.copyOf(problems);
		problems.forEach((problem) -> logger.warn("@Traced method " + problem));
	}

	@Override
	public String name() {
		return "unwoven-methods";
	}

	@Override
	public Map<String, ?> read() {
		return Map.of("methods", this.found);
	}

	private void inspect(String beanName, Set<String> problems) {
		Object bean = this.beanFactory.getSingleton(beanName);
		Class<?> type = (bean != null) ? AopProxyUtils.ultimateTargetClass(bean)
				: this.beanFactory.getType(beanName, false);
		if (type == null || type.getName().startsWith("org.springframework.")) {
			return;
		}
		Class<?> userClass = ClassUtils.getUserClass(type);
		if (!AnnotationUtils.isCandidateClass(userClass, Traced.class)) {
			return;
		}
		Set<Method> seen = new LinkedHashSet<>();
		ReflectionUtils.doWithMethods(userClass, seen::add, ReflectionUtils.USER_DECLARED_METHODS);
		for (Method method : seen) {
			if (TracedMethods.declaration(method, userClass) != null) {
				inspect(method, userClass, bean, problems);
			}
		}
	}

	private void inspect(Method method, Class<?> userClass, @Nullable Object bean, Set<String> problems) {
		String name = method.getDeclaringClass().getName() + "#" + method.getName() + "("
				+ Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).collect(Collectors.joining(", "))
				+ ") ";
		String reason = notWoven(method, userClass, bean);
		if (reason != null) {
			problems.add(name + reason);
			return;
		}
		TracedMethod traced = this.methods.find(method, userClass);
		if (traced != null) {
			traced.problems().forEach((problem) -> problems.add(name + problem));
		}
	}

	private @Nullable String notWoven(Method method, Class<?> userClass, @Nullable Object bean) {
		if (Modifier.isStatic(method.getModifiers())) {
			return "is static and never traced: make it an instance method or use Spans.in";
		}
		if (Modifier.isPrivate(method.getModifiers())) {
			return "is private and never traced: make it at least package-private, call it through the bean, or use"
					+ " Spans.in";
		}
		if (!TracedMethods.isWeavable(userClass)) {
			return "belongs to a " + kind(userClass) + " and is never traced: a proxy cannot extend it; use Spans.in";
		}
		boolean jdkProxy = bean != null && AopUtils.isJdkDynamicProxy(bean);
		if (Modifier.isFinal(method.getModifiers()) && !jdkProxy) {
			return "is final and never traced: remove final or use Spans.in";
		}
		if (bean == null) {
			return null;
		}
		if (jdkProxy && !isOnInterface(method, userClass, bean)) {
			return "is not on an interface of its bean, which has a JDK proxy, and is never traced: declare it on the"
					+ " interface or set spring.aop.proxy-target-class=true";
		}
		if (!isAdvised(bean)) {
			return "belongs to a bean that was created before tracing or is not proxied, and is never traced: do not"
					+ " inject it into a BeanPostProcessor or BeanFactoryPostProcessor, or use Spans.in";
		}
		return null;
	}

	private static String kind(Class<?> type) {
		return type.isRecord() ? "record" : type.isEnum() ? "enum" : type.isSealed() ? "sealed class"
				: Modifier.isFinal(type.getModifiers()) ? "final class" : "class with private constructors alone";
	}

	private static boolean isOnInterface(Method method, Class<?> userClass, Object bean) {
		for (Class<?> type : AopProxyUtils.proxiedUserInterfaces(bean)) {
			for (Method declared : type.getMethods()) {
				// Whose parameters may be type variables.
				if (declared.getName().equals(method.getName())
						&& AopUtils.getMostSpecificMethod(declared, userClass).equals(method)) {
					return true;
				}
			}
		}
		return false;
	}

	private static boolean isAdvised(Object bean) {
		if (!(bean instanceof Advised advised)) {
			return false;
		}
		for (Advisor advisor : advised.getAdvisors()) {
			if (advisor.getAdvice() instanceof TracedInterceptor) {
				return true;
			}
		}
		return false;
	}

}
