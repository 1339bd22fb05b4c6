package io.kosmos.tracing.autoconfigure.actuate;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;

/**
 * Tells a native image of the records of properties that {@link EffectiveConfiguration}
 * reads for the defaults.
 */
final class DefaultsAotProcessor implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
		Class<?> type = registeredBean.getBeanClass();
		MergedAnnotation<ConfigurationProperties> properties = MergedAnnotations.from(type)
			.get(ConfigurationProperties.class);
		if (!type.isRecord() || !properties.isPresent()
				|| !properties.getString(MergedAnnotation.VALUE).startsWith("kosmos.tracing")) {
			return null;
		}
		return (generationContext, beanRegistrationCode) -> new BindingReflectionHintsRegistrar()
			.registerReflectionHints(generationContext.getRuntimeHints().reflection(), type);
	}

}
