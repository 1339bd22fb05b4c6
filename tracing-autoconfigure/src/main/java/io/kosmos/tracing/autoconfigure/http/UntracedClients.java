package io.kosmos.tracing.autoconfigure.http;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.http.HttpClient;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.observation.ObservationRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Names the HTTP clients whose calls have no span, since they were not built with the
 * builders of the application context: those that are beans, and those in fields of the
 * application's own beans. They stay as they are, for they may be meant to be like that.
 */
final class UntracedClients implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog("io.kosmos.tracing");

	private static final List<Kind> KINDS = Stream
		.of(kind("org.springframework.web.client.RestClient",
				"RestClient restClient(RestClient.Builder builder) { return builder.build(); }"),
				kind("org.springframework.web.client.RestTemplate",
						"RestTemplate restTemplate(RestTemplateBuilder builder) { return builder.build(); }"),
				kind("org.springframework.web.reactive.function.client.WebClient",
						"WebClient webClient(WebClient.Builder builder) { return builder.build(); }"),
				kind("java.net.http.HttpClient", "HttpClient httpClient() { return HttpClient.newHttpClient(); }"))
		.flatMap(Optional::stream)
		.toList();

	private final ConfigurableListableBeanFactory beanFactory;

	private final boolean jdkClient;

	/**
	 * Create the report.
	 * @param beanFactory holds the beans
	 * @param jdkClient whether clients of the JDK are to be traced
	 */
	UntracedClients(ConfigurableListableBeanFactory beanFactory, boolean jdkClient) {
		this.beanFactory = beanFactory;
		this.jdkClient = jdkClient;
	}

	private static Optional<Kind> kind(String type, String instead) {
		ClassLoader classLoader = UntracedClients.class.getClassLoader();
		return ClassUtils.isPresent(type, classLoader)
				? Optional.of(new Kind(ClassUtils.resolveClassName(type, classLoader), instead)) : Optional.empty();
	}

	@Override
	public void afterSingletonsInstantiated() {
		Map<String, Kind> found = new LinkedHashMap<>();
		try {
			find(found);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("HTTP clients that are not traced could not be looked for", ex);
		}
		if (!found.isEmpty()) {
			logger.warn(describe(found));
		}
	}

	private static String describe(Map<String, Kind> found) {
		return "Calls of these HTTP clients have no span and take no trace along: " + String.join(", ", found.keySet())
				+ ". Have them from the application context instead: "
				+ found.values()
					.stream()
					.distinct()
					.map((kind) -> "@Bean " + kind.instead())
					.collect(Collectors.joining(" or "))
				+ " If they are meant to be like that, set kosmos.tracing.http.report-untraced=false.";
	}

	private void find(Map<String, Kind> found) {
		List<String> packages = AutoConfigurationPackages.has(this.beanFactory)
				? AutoConfigurationPackages.get(this.beanFactory) : List.of();
		for (String name : this.beanFactory.getBeanDefinitionNames()) {
			Object bean = this.beanFactory.getSingleton(name);
			if (bean == null) {
				continue;
			}
			Class<?> type = ClassUtils.getUserClass(AopUtils.getTargetClass(bean));
			Kind kind = untraced(bean);
			if (kind != null) {
				found.put("bean '" + name + "'", kind);
			}
			else if (!isClient(bean)
					&& packages.stream().anyMatch((own) -> (type.getPackageName() + ".").startsWith(own + "."))) {
				Object target = AopProxyUtils.getSingletonTarget(bean);
				findFields((target != null) ? target : bean, type, name, found);
			}
		}
	}

	private void findFields(Object bean, Class<?> type, String name, Map<String, Kind> found) {
		for (Field field : type.getDeclaredFields()) {
			boolean held = KINDS.stream().anyMatch((kind) -> kind.type().isAssignableFrom(field.getType()));
			if (held && !Modifier.isStatic(field.getModifiers()) && field.trySetAccessible()) {
				Object client = ReflectionUtils.getField(field, bean);
				Kind kind = (client != null && !isBean(client)) ? untraced(client) : null;
				if (kind != null) {
					found.put("field '" + field.getName() + "' of bean '" + name + "'", kind);
				}
			}
		}
	}

	private static boolean isClient(Object bean) {
		return KINDS.stream().anyMatch((kind) -> kind.type().isInstance(bean));
	}

	private boolean isBean(Object client) {
		return Arrays.stream(this.beanFactory.getBeanDefinitionNames())
			.anyMatch((name) -> this.beanFactory.getSingleton(name) == client);
	}

	private @Nullable Kind untraced(Object client) {
		return KINDS.stream()
			.filter((kind) -> kind.type().isInstance(client))
			.filter((kind) -> (client instanceof HttpClient) ? isUntraced(client) : hasNoRegistry(client))
			.findFirst()
			.orElse(null);
	}

	private boolean isUntraced(Object client) {
		return this.jdkClient && !(client instanceof TracedHttpClient);
	}

	/*
	 * Only a RestTemplate tells its registry.
	 */
	private static boolean hasNoRegistry(Object client) {
		Field field = ReflectionUtils.findField(client.getClass(), null, ObservationRegistry.class);
		return field != null && field.trySetAccessible()
				&& ReflectionUtils.getField(field, client) instanceof ObservationRegistry registry && registry.isNoop();
	}

	/**
	 * A kind of client.
	 *
	 * @param type type of the clients
	 * @param instead what to write to have a traced one
	 */
	private record Kind(Class<?> type, String instead) {

	}

}
