package dev.weir.schema;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows inside of the schema module, and for each rule a planted breach that shows that it can fail. */
class ArchitectureTest {
    private static final JavaClasses SCHEMA = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages("dev.weir.schema");

    private static final JavaClasses BREACHES = new ClassFileImporter().importPackages("dev.weir.schema.breach");

    private static List<ArchRule> rules() {
        return List.of(
                slices().matching("dev.weir.schema.(**)").should().beFreeOfCycles(),
                noClasses()
                        .that()
                        .resideInAPackage("..physical..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(inside("model", "diff", "engine", "plan", "apply", "file")),
                noClasses()
                        .that()
                        .resideInAPackage("..engine..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(inside("plan", "apply", "file")),
                noClasses()
                        .should()
                        .haveNameMatching(".*\\.(I[A-Z]\\w*Impl|\\w+(Impl|Util|Utils|Helper|Manager))")
                        .orShould()
                        .resideInAnyPackage("..util..", "..helper..", "..common..", "..misc..", "..impl.."),
                noClasses().should().accessField(System.class, "out").orShould().accessField(System.class, "err"));
    }

    private static String[] inside(String... packages) {
        return Stream.of(packages).map(name -> "dev.weir.schema." + name + "..").toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void schema_keepsTheRule(ArchRule rule) {
        rule.check(SCHEMA);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void rule_turnsRedOnAPlantedBreach(ArchRule rule) {
        assertThatThrownBy(() -> rule.check(BREACHES)).isInstanceOf(AssertionError.class);
    }

    @Test
    void packages_areNullMarked() {
        classes()
                .that()
                .haveSimpleName("package-info")
                .should()
                .beAnnotatedWith(NullMarked.class)
                .check(SCHEMA);
    }
}
