package dev.weir;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows of ARCHITECTURE.md, and for each rule a planted breach that shows that it can fail. */
class ArchitectureTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages("dev.weir");

    private static final JavaClasses BREACHES = new ClassFileImporter().importPackages("dev.weir.breach");

    private static List<ArchRule> rules() {
        return List.of(
                slices().matching("dev.weir.(**)").should().beFreeOfCycles(),
                noClasses()
                        .that()
                        .resideInAPackage("..db..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("..buffer..", "..cache..", "..state.."),
                noClasses()
                        .that()
                        .resideInAPackage("..db.engine..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("dev.weir", "..db", "dev.weir.time.."),
                noClasses()
                        .that()
                        .resideInAPackage("..buffer..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("..cache..", "..state.."),
                noClasses()
                        .that()
                        .resideInAnyPackage("..error..", "..time..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("..db..", "..buffer..", "..cache..", "..state.."),
                noClasses()
                        .should()
                        .haveNameMatching(".*\\.(I[A-Z]\\w*Impl|\\w+(Impl|Util|Utils|Helper|Manager))")
                        .orShould()
                        .resideInAnyPackage("..util..", "..helper..", "..common..", "..misc..", "..impl.."),
                noClasses().should().accessField(System.class, "out").orShould().accessField(System.class, "err"));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void core_keepsTheRule(ArchRule rule) {
        rule.check(CORE);
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
                .check(CORE);
        classes()
                .should()
                .resideInAnyPackage(
                        "dev.weir",
                        "dev.weir.db",
                        "dev.weir.db.engine",
                        "dev.weir.buffer",
                        "dev.weir.error",
                        "dev.weir.time")
                .check(CORE);
    }
}
