package io.kosmos.tracing.autoconfigure.web;

import org.apache.catalina.valves.ValveBase;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.webmvc.error.DefaultErrorAttributes;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static org.assertj.core.api.Assertions.assertThat;

class CallerAutoConfigurationTests {

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CallerAutoConfiguration.class));

	@Test
	void shouldBeThereOnItsStackOnly() {
		this.contextRunner.run((context) -> assertThat(context).hasBean("kosmosErrorTraceFilter")
			.hasBean("kosmosErrorTraceValve")
			.hasSingleBean(ServletErrorAttributes.class)
			.doesNotHaveBean(TraceResponseWebFilter.class)
			.doesNotHaveBean(ReactiveErrorAttributes.class));
		new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(CallerAutoConfiguration.class))
			.run((context) -> assertThat(context).hasSingleBean(TraceResponseWebFilter.class)
				.hasSingleBean(ReactiveErrorAttributes.class)
				.doesNotHaveBean(ServletErrorAttributes.class));
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(CallerAutoConfiguration.class))
			.run((context) -> assertThat(context).doesNotHaveBean(CallerAutoConfiguration.class));
	}

	@Test
	void shouldSwitchOff() {
		this.contextRunner.withPropertyValues("kosmos.tracing.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(CallerAutoConfiguration.class));
		this.contextRunner.withPropertyValues("kosmos.tracing.web.trace-id-in-errors=false")
			.run((context) -> assertThat(context).hasBean("kosmosErrorTraceFilter")
				.doesNotHaveBean(ErrorAttributes.class)
				.doesNotHaveBean(WebMvcConfigurer.class));
	}

	@Test
	void shouldLeaveErrorAttributesToTheApplication() {
		this.contextRunner.withBean(DefaultErrorAttributes.class)
			.run((context) -> assertThat(context).hasSingleBean(ErrorAttributes.class)
				.doesNotHaveBean(ServletErrorAttributes.class));
	}

	@Test
	void shouldStartWithoutOptionalLibraries() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(ValveBase.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("kosmosErrorTraceValve"));
		this.contextRunner
			.withClassLoader(new FilteredClassLoader(WebMvcConfigurer.class, ErrorAttributes.class,
					ErrorMvcAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasBean("kosmosServerSpanFilter")
				.doesNotHaveBean("kosmosErrorAttributes"));
	}

}
