package io.kosmos.tracing.autoconfigure.context;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

import io.micrometer.context.ContextExecutorService;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.log.LogMessage;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.task.support.CompositeTaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Makes every executor and scheduler that is a bean run its tasks in the right context.
 * <p>
 * An executor of Spring's that takes a {@link TaskDecorator} gets one. Any other bean
 * becomes a proxy: of its own class if that can be, so that it can still be injected and
 * inspected as what it is, else of its interfaces if it is declared as one of them. What
 * can be neither is named in a warning. What already brings the context along is not
 * touched.
 */
final class ExecutorBeanPostProcessor implements BeanPostProcessor, SmartInitializingSingleton, PriorityOrdered {

	private static final Log logger = LogFactory.getLog(ExecutorBeanPostProcessor.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Supplier<ContextProperties> properties;

	private final boolean propagatesForBoot;

	private final TaskRuns runs;

	private final Set<String> seen = ConcurrentHashMap.newKeySet();

	/**
	 * Create the processor.
	 * @param propagatesForBoot whether Boot's own switch lets it
	 */
	ExecutorBeanPostProcessor(ConfigurableListableBeanFactory beanFactory, Supplier<ContextProperties> properties,
			boolean propagatesForBoot, TaskRuns runs) {
		this.beanFactory = beanFactory;
		this.properties = properties;
		this.propagatesForBoot = propagatesForBoot;
		this.runs = runs;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof Executor || bean instanceof TaskScheduler) {
			this.seen.add(beanName);
			return propagate(bean, beanName, exposedType(bean, beanName));
		}
		return (bean instanceof AsyncConfigurer && executors()) ? withExecutor(bean, beanName) : bean;
	}

	private boolean executors() {
		return this.propagatesForBoot && this.properties.get().executors();
	}

	/**
	 * Beans that were made before this one, and those that were registered as they are.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		for (Class<?> type : new Class<?>[] { Executor.class, TaskScheduler.class }) {
			for (String name : this.beanFactory.getBeanNamesForType(type, true, false)) {
				if (this.beanFactory.containsSingleton(name) && this.seen.add(name)) {
					Object bean = this.beanFactory.getBean(name);
					boolean executes = bean instanceof Executor || bean instanceof TaskScheduler;
					if (executes && propagate(bean, name, bean.getClass()) != bean) {
						warn(name, bean, "it was made before it could be replaced");
					}
				}
			}
		}
	}

	private Object propagate(Object bean, String name, Class<?> exposed) {
		ContextProperties properties = this.properties.get();
		boolean ofSpring = bean instanceof TaskExecutor || bean instanceof TaskScheduler;
		boolean handOver = (ofSpring) ? executors() : properties.executorServices();
		boolean schedules = properties.scheduledTasks()
				&& (bean instanceof TaskScheduler || bean instanceof ScheduledExecutorService);
		if ((!handOver && !schedules) || propagates(bean)) {
			return bean;
		}
		if (!(bean instanceof TaskScheduler) && decorate(bean)) {
			return bean;
		}
		Object proxy = proxy(bean, exposed, new TaskInterceptor(this.runs, handOver, schedules));
		if (proxy == null) {
			warn(name, bean, "a bean that is declared as that class cannot be replaced by a proxy");
			return bean;
		}
		return proxy;
	}

	private static void warn(String name, Object bean, String reason) {
		logger.warn(LogMessage.format(
				"Traces end at the bean '%s' of type %s, because %s. Declare it as the interface that is injected, "
						+ "or give it tasks that are wrapped by a CurrentContext",
				name, bean.getClass().getName(), reason));
	}

	/**
	 * Whether an executor brings the context along already, needs none because it runs
	 * tasks in the thread that gives them, or could not take it.
	 */
	private static boolean propagates(Object bean) {
		if (bean instanceof SyncTaskExecutor || bean instanceof ContextExecutorService<?>) {
			return true;
		}
		if (bean instanceof ConcurrentTaskExecutor adapter && propagates(adapter.getConcurrentExecutor())) {
			return true;
		}
		if (bean instanceof Advised advised && Arrays.stream(advised.getAdvisors())
			.anyMatch((advisor) -> advisor.getAdvice() instanceof TaskInterceptor)) {
			return true;
		}
		String type = bean.getClass().getName();
		return type.startsWith("io.opentelemetry.context.") || type.startsWith("io.micrometer.context.")
				|| type.startsWith(DefaultCurrentContext.class.getName()) || type.startsWith("io.netty.")
				|| serializes(type);
	}

	/**
	 * Whether the tasks of an executor run in another process, where no context can come
	 * along in an object.
	 */
	private static boolean serializes(String type) {
		return type.startsWith("com.hazelcast.") || type.startsWith("org.redisson.");
	}

	/**
	 * Set a decorator, unless there is one that propagates.
	 * @return whether the executor takes decorators
	 */
	private boolean decorate(Object executor) {
		if (!(executor instanceof ThreadPoolTaskExecutor || executor instanceof SimpleAsyncTaskExecutor
				|| executor instanceof ConcurrentTaskExecutor)) {
			return false;
		}
		TaskDecorator present = PrivateField.get(executor, TaskDecorator.class);
		if (propagates(present)) {
			return true;
		}
		TaskDecorator decorator = new ContextTaskDecorator(present, this.runs.failures());
		if (executor instanceof ThreadPoolTaskExecutor pool) {
			pool.setTaskDecorator(decorator);
		}
		else if (executor instanceof SimpleAsyncTaskExecutor simple) {
			simple.setTaskDecorator(decorator);
		}
		else if (executor instanceof ConcurrentTaskExecutor concurrent) {
			concurrent.setTaskDecorator(decorator);
		}
		return true;
	}

	private static boolean propagates(@Nullable TaskDecorator decorator) {
		if (decorator instanceof CompositeTaskDecorator composite) {
			List<?> all = PrivateField.get(composite, List.class);
			return all != null
					&& all.stream().anyMatch((each) -> each instanceof TaskDecorator inner && propagates(inner));
		}
		return decorator instanceof ContextPropagatingTaskDecorator || decorator instanceof ContextTaskDecorator;
	}

	/**
	 * The type that a bean is injected as: what its definition says.
	 */
	private Class<?> exposedType(Object bean, String name) {
		if (!this.beanFactory.containsBeanDefinition(name)) {
			return bean.getClass();
		}
		Class<?> declared = this.beanFactory.getMergedBeanDefinition(name).getResolvableType().resolve(Object.class);
		if (FactoryBean.class.isAssignableFrom(declared)) {
			Class<?> made = this.beanFactory.getType(name, false);
			return (made != null) ? made : bean.getClass();
		}
		return declared;
	}

	private static @Nullable Object proxy(Object bean, Class<?> exposed, MethodInterceptor interceptor) {
		Class<?> type = bean.getClass();
		boolean subclassed = !Modifier.isFinal(type.getModifiers()) && !Modifier.isPrivate(type.getModifiers())
				&& !type.isHidden() && !ClassUtils.isLambdaClass(type) && !isOfJdk(type);
		boolean complete = subclassed && !hasFinalMethods(type);
		if (!complete && (exposed.isInterface() || exposed == Object.class)) {
			return proxyOfInterfaces(bean, exposed, interceptor);
		}
		if (!complete && !(subclassed && type.getName().startsWith("org.springframework."))) {
			return null;
		}
		try {
			Object proxy = proxy(bean, interceptor, true);
			if (!complete) {
				copyState(type, bean, proxy);
			}
			return proxy;
		}
		catch (AopConfigException ex) {
			logger.debug(LogMessage.format("No proxy of %s", type), ex);
			return (exposed.isInterface()) ? proxyOfInterfaces(bean, exposed, interceptor) : null;
		}
	}

	/**
	 * A proxy of the interfaces that can be seen from everywhere, or {@code null} if it
	 * could not be injected as what the bean is declared as.
	 */
	private static @Nullable Object proxyOfInterfaces(Object bean, Class<?> exposed, MethodInterceptor interceptor) {
		if (Arrays.stream(interfaces(bean.getClass())).noneMatch(exposed::isAssignableFrom)) {
			return null;
		}
		try {
			return proxy(bean, interceptor, false);
		}
		catch (AopConfigException | IllegalArgumentException ex) {
			logger.debug(LogMessage.format("No proxy of the interfaces of %s", bean.getClass()), ex);
			return null;
		}
	}

	private static Object proxy(Object bean, MethodInterceptor interceptor, boolean ofClass) {
		ProxyFactory factory = new ProxyFactory();
		factory.setTarget(bean);
		factory.setProxyTargetClass(ofClass);
		if (!ofClass) {
			factory.setInterfaces(interfaces(bean.getClass()));
		}
		factory.addAdvice(interceptor);
		Class<?> visibleFrom = isOfJdk(bean.getClass()) ? ExecutorBeanPostProcessor.class : bean.getClass();
		return factory.getProxy(visibleFrom.getClassLoader());
	}

	private static Class<?>[] interfaces(Class<?> type) {
		Set<Class<?>> accessible = new LinkedHashSet<>();
		for (Class<?> candidate : ClassUtils.getAllInterfacesForClass(type)) {
			if (Modifier.isPublic(candidate.getModifiers())
					&& candidate.getModule().isExported(candidate.getPackageName())) {
				accessible.add(candidate);
			}
		}
		return accessible.toArray(Class<?>[]::new);
	}

	private static boolean isOfJdk(Class<?> type) {
		ClassLoader loader = type.getClassLoader();
		return loader == null || loader == ClassLoader.getPlatformClassLoader();
	}

	/**
	 * Final methods of a proxy work on the proxy's own fields.
	 */
	private static boolean hasFinalMethods(Class<?> type) {
		return Arrays.stream(type.getMethods())
			.filter((method) -> method.getDeclaringClass() != Object.class)
			.mapToInt(Method::getModifiers)
			.anyMatch((modifiers) -> Modifier.isFinal(modifiers) && !Modifier.isStatic(modifiers));
	}

	private static void copyState(Class<?> type, Object bean, Object proxy) {
		ReflectionUtils.doWithFields(type, (field) -> {
			ReflectionUtils.makeAccessible(field);
			field.set(proxy, field.get(bean));
		}, (field) -> !Modifier.isStatic(field.getModifiers()) && !isOfJdk(field.getDeclaringClass()));
	}

	/**
	 * The configurer may make an executor that is not a bean.
	 */
	private Object withExecutor(Object configurer, String name) {
		if (Modifier.isFinal(configurer.getClass().getModifiers())) {
			return configurer;
		}
		try {
			return proxy(configurer, (invocation) -> {
				Object result = invocation.proceed();
				return (result instanceof Executor && invocation.getMethod().getName().equals("getAsyncExecutor"))
						? propagate(result, name, Executor.class) : result;
			}, true);
		}
		catch (AopConfigException ex) {
			logger.debug(LogMessage.format("No proxy of '%s'", name), ex);
			return configurer;
		}
	}

}
