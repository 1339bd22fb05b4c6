package io.kosmos.tracing;

import java.util.List;
import java.util.Set;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

@AnalyzeClasses(packages = "io.kosmos.tracing", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String AUTOCONFIGURE = "io.kosmos.tracing.autoconfigure";

	@ArchTest
	static final ArchRule apiDependsOnlyOnItsAllowList = ArchRuleDefinition.classes()
		.that()
		.resideInAPackage("io.kosmos.tracing")
		.should()
		.onlyDependOnClassesThat()
		.resideInAnyPackage("io.kosmos.tracing", "java..", "io.opentelemetry.api..", "io.opentelemetry.context..",
				"org.jspecify.annotations", "org.springframework.core.annotation");

	@ArchTest
	static final ArchRule featuresDoNotDependOnEachOther = SlicesRuleDefinition.slices()
		.matching(AUTOCONFIGURE + ".(*)..")
		.should()
		.notDependOnEachOther();

	@ArchTest
	static final ArchRule entryDoesNotDependOnFeatures = ArchRuleDefinition.noClasses()
		.that()
		.resideInAPackage(AUTOCONFIGURE)
		.should()
		.dependOnClassesThat()
		.resideInAPackage(AUTOCONFIGURE + ".(*)..");

	@ArchTest
	static final ArchRule featuresDoNotDependOnEntry = ArchRuleDefinition.noClasses()
		.that()
		.resideInAPackage(AUTOCONFIGURE + ".(*)..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage(AUTOCONFIGURE);

	@ArchTest
	static final ArchRule packagesHaveNoCycles = SlicesRuleDefinition.slices()
		.matching("io.kosmos.(**)")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule onlyAutoConfigurationsAndPropertiesArePublic = ArchRuleDefinition.classes()
		.that()
		.resideInAPackage(AUTOCONFIGURE + "..")
		.and()
		.arePublic()
		.should(beOrBeWithin("AutoConfiguration", "Properties"));

	@ArchTest
	static final ArchRule autoConfigurationsAreFinalAndAnnotated = ArchRuleDefinition.classes()
		.that()
		.haveSimpleNameEndingWith("AutoConfiguration")
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.beAnnotatedWith(AutoConfiguration.class);

	@ArchTest
	static final ArchRule beanMethodsAreNotPublic = ArchRuleDefinition.methods()
		.that()
		.areAnnotatedWith(Bean.class)
		.should()
		.notBePublic();

	@ArchTest
	static final ArchRule classConditionsAreNotOnMethods = ArchRuleDefinition.methods()
		.should()
		.notBeAnnotatedWith(ConditionalOnClass.class);

	@ArchTest
	static final ArchRule namesSayWhatAClassIs = ArchRuleDefinition.noClasses()
		.should()
		.haveNameMatching(".*(Util|Utils|Helper|Manager)");

	@ArchTest
	void autoConfigurationsAreListed(JavaClasses classes) {
		List<String> listed = ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((candidate) -> candidate.startsWith("io.kosmos."))
			.toList();
		assertThat(listed).isSorted().doesNotHaveDuplicates();
		assertThat(classes.stream()
			.filter((candidate) -> candidate.isAnnotatedWith(AutoConfiguration.class))
			.map(JavaClass::getName)).containsExactlyInAnyOrderElementsOf(listed);
	}

	@ArchTest
	void packagesAreNullMarked(JavaClasses classes) {
		Set<JavaPackage> packages = classes.getPackage("io.kosmos.tracing").getSubpackagesInTree();
		assertThat(packages).hasSizeGreaterThan(5)
			.filteredOn((candidate) -> !candidate.getClasses().isEmpty())
			.allSatisfy((candidate) -> assertThat(candidate.isAnnotatedWith(NullMarked.class)).as(candidate.getName())
				.isTrue());
		assertThat(classes.getPackage("io.kosmos.tracing").isAnnotatedWith(NullMarked.class)).isTrue();
	}

	private static ArchCondition<JavaClass> beOrBeWithin(String... suffixes) {
		return new ArchCondition<>("be named *" + String.join(" or *", suffixes) + ", or be nested in such a class") {

			@Override
			public void check(JavaClass candidate, ConditionEvents events) {
				JavaClass outermost = candidate;
				while (outermost.getEnclosingClass().isPresent()) {
					outermost = outermost.getEnclosingClass().get();
				}
				String name = outermost.getSimpleName();
				boolean allowed = List.of(suffixes).stream().anyMatch(name::endsWith);
				events.add(new SimpleConditionEvent(candidate, allowed, candidate.getName() + " is public"));
			}

		};
	}

}
