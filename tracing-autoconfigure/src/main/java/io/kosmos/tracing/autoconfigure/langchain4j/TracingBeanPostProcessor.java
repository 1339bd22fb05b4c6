package io.kosmos.tracing.autoconfigure.langchain4j;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

import org.aopalliance.intercept.MethodInterceptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.log.LogMessage;
import org.springframework.util.ReflectionUtils;

/**
 * Puts tracing around beans of LangChain4j.
 * <p>
 * The bean becomes a proxy of its own class, so that it can still be injected as what it
 * is; one of a final class or with final methods becomes a proxy of its interfaces.
 */
final class TracingBeanPostProcessor implements BeanPostProcessor, Ordered {

	private static final Log logger = LogFactory.getLog(TracingBeanPostProcessor.class);

	private final Tracing tracing;

	private final int order;

	TracingBeanPostProcessor(Tracing tracing, int order) {
		this.tracing = tracing;
		this.order = order;
	}

	@Override
	public int getOrder() {
		return this.order;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		MethodInterceptor interceptor = this.tracing.of(bean, beanName);
		if (interceptor == null || isTracedBy(interceptor.getClass(), bean)) {
			return bean;
		}
		try {
			ProxyFactory proxyFactory = new ProxyFactory(bean);
			proxyFactory.setProxyTargetClass(isOpen(bean.getClass()));
			proxyFactory.addAdvice(interceptor);
			return proxyFactory.getProxy(bean.getClass().getClassLoader());
		}
		catch (AopConfigException ex) {
			logger.warn(LogMessage.format("The bean '%s' is not traced", beanName), ex);
			return bean;
		}
	}

	private static boolean isTracedBy(Class<?> interceptor, Object bean) {
		return bean instanceof Advised advised && Arrays.stream(advised.getAdvisors())
			.anyMatch((advisor) -> interceptor.isInstance(advisor.getAdvice()));
	}

	private static boolean isOpen(Class<?> type) {
		if (Modifier.isFinal(type.getModifiers())) {
			return false;
		}
		for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type)) {
			if (method.getDeclaringClass() != Object.class && Modifier.isFinal(method.getModifiers())
					&& !Modifier.isPrivate(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Decides what is traced.
	 */
	@FunctionalInterface
	interface Tracing {

		/**
		 * The tracing of a bean.
		 * @param bean the bean
		 * @param beanName its name
		 * @return what is to be put around it, or {@code null} if it is not to be traced
		 */
		@Nullable MethodInterceptor of(Object bean, String beanName);

	}

}
