package io.kosmos.tracing.autoconfigure.springai;

import java.lang.reflect.Modifier;

import io.kosmos.tracing.Spans;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.execution.ToolExecutionExceptionProcessor;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.log.LogMessage;

/**
 * Tells the span of a tool of an error that is not thrown on but given to the model as
 * the tool's result.
 */
final class ToolErrorBeanPostProcessor implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(ToolErrorBeanPostProcessor.class);

	private final ObjectProvider<Spans> spans;

	ToolErrorBeanPostProcessor(ObjectProvider<Spans> spans) {
		this.spans = spans;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ToolExecutionExceptionProcessor processor) {
			try {
				return telling(processor);
			}
			catch (AopConfigException ex) {
				logger.warn(LogMessage.format("Errors that '%s' gives to the model are not traced", beanName), ex);
			}
		}
		return bean;
	}

	private Object telling(ToolExecutionExceptionProcessor bean) {
		ProxyFactory proxyFactory = new ProxyFactory(bean);
		proxyFactory.setProxyTargetClass(!Modifier.isFinal(bean.getClass().getModifiers()));
		proxyFactory.addAdvice((MethodInterceptor) (invocation) -> {
			Object result = invocation.proceed();
			if (invocation.getArguments().length == 1
					&& invocation.getArguments()[0] instanceof ToolExecutionException error) {
				Throwable cause = error.getCause();
				this.spans.getObject().current().error((cause != null) ? cause : error);
			}
			return result;
		});
		return proxyFactory.getProxy(bean.getClass().getClassLoader());
	}

}
