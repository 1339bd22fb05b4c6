package io.kosmos.tracing.autoconfigure.export;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Ends the delivery after all other beans are destroyed, so that spans which they end
 * then are delivered. Beans are destroyed in the reverse order of their creation, and
 * what processes the bean factory is created first.
 */
final class DeliveryShutdown implements BeanFactoryPostProcessor, DisposableBean {

	private volatile @Nullable Delivery delivery;

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
	}

	Delivery after(Delivery delivery) {
		this.delivery = delivery;
		return delivery;
	}

	@Override
	public void destroy() {
		Delivery delivery = this.delivery;
		if (delivery != null) {
			delivery.close();
		}
	}

}
