package io.kosmos.tracing.autoconfigure;

import java.util.List;

import io.kosmos.tracing.autoconfigure.ConfigurationMetadata.Property;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

class ConfigurationMetadataTests {

	private final List<Property> properties = ConfigurationMetadata.properties();

	@Test
	void shouldDescribeEveryProperty() {
		assertThat(this.properties).hasSizeGreaterThan(30)
			.doesNotHaveDuplicates()
			.allSatisfy((property) -> assertThat(property.description()).as(property.name())
				.isNotBlank()
				.doesNotStartWith("The ")
				.doesNotStartWith("A ")
				.doesNotContainIgnoringCase("default"));
	}

	@Test
	void shouldAskWhetherForBooleans() {
		assertThat(this.properties).filteredOn((property) -> property.type().equals("java.lang.Boolean"))
			.isNotEmpty()
			.allSatisfy((property) -> {
				assertThat(property.description()).as(property.name()).startsWith("Whether ");
				assertThat(property.defaultValue()).as(property.name()).isNotNull();
			});
	}

	@Test
	void shouldHaveOnlyDefaultsThatTheApplicationAccepts() {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		String[] arguments = this.properties.stream()
			.filter((property) -> property.defaultValue() != null)
			.map((property) -> "--" + property.name() + "="
					+ ((property.defaultValue() instanceof List<?> list)
							? String.join(",", list.stream().map(Object::toString).toList()) : property.defaultValue()))
			.toArray(String[]::new);
		String described;
		try (ConfigurableApplicationContext context = application.run()) {
			described = context.getBean(StartupReport.class).describe();
		}
		try (ConfigurableApplicationContext context = application.run(arguments)) {
			assertThat(arguments).hasSizeGreaterThan(20);
			assertThat(context.getBean(StartupReport.class).describe()).isEqualTo(described);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
