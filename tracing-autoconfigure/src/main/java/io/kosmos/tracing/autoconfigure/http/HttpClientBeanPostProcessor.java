package io.kosmos.tracing.autoconfigure.http;

import java.net.http.HttpClient;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Puts tracing around beans that are clients of the JDK. A class of somebody else's that
 * extends it stays what it is.
 */
final class HttpClientBeanPostProcessor implements BeanPostProcessor {

	private final JdkClientObservations observations;

	HttpClientBeanPostProcessor(JdkClientObservations observations) {
		this.observations = observations;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof HttpClient client && bean.getClass().getModule() == HttpClient.class.getModule()) {
			return new TracedHttpClient(client, this.observations);
		}
		return bean;
	}

}
