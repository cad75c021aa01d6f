package dev.weir.schema;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The module's arrows in ARCHITECTURE.md, and for each a planted breach that shows that it can fail. */
class ArchitectureTest {
    private static final JavaClasses SCHEMA = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages("dev.weir.schema");

    private static final JavaClasses BREACHES = new ClassFileImporter().importPackages("dev.weir.schema.breach");

    private static ArchRule from(String part, String... never) {
        return noClasses()
                .that()
                .resideInAPackage("dev.weir.schema.." + part + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(Arrays.stream(never)
                        .map(other -> "dev.weir.schema." + other)
                        .toArray(String[]::new));
    }

    private static List<ArchRule> arrows() {
        return List.of(
                from("sql", "model", "physical", "diff", "engine", "file", "plan", "apply"),
                from("model", "physical", "diff", "engine", "file", "plan", "apply"),
                from("physical", "model", "diff", "engine", "file", "plan", "apply"),
                from("diff", "model", "engine", "file", "plan", "apply"),
                from("engine", "file", "plan", "apply"),
                from("file", "diff", "engine", "plan", "apply"),
                from("plan", "file", "apply"));
    }

    @ParameterizedTest
    @MethodSource("arrows")
    void arrow_holds(ArchRule arrow) {
        arrow.check(SCHEMA);
    }

    @ParameterizedTest
    @MethodSource("arrows")
    void breach_isFound(ArchRule arrow) {
        assertThatThrownBy(() -> arrow.check(BREACHES)).isInstanceOf(AssertionError.class);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("dev.weir.schema.(**)").should().beFreeOfCycles().check(SCHEMA);
    }

    @Test
    void nothingDependsOnTheBuffer() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.weir.buffer..")
                .check(SCHEMA);
    }
}
