package dev.weir.verification;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The second lane leaves out what is tagged {@code servers} or {@code browser}: so whatever uses a server or drives a browser
 * has to be tagged, in every module.
 */
class TestTagsTest {
    private static final List<String> MODULES =
            List.of("core", "testservers", "testkit", "schema", "server", "benchmarks", "verification");

    /** What a tag stands for: types that only tests with the tag may use. */
    private static final Map<String, List<String>> USES = new LinkedHashMap<>();

    static {
        USES.put("servers", List.of("dev.weir.testservers.Servers"));
        USES.put("browser", List.of("org.openqa.selenium.WebDriver"));
    }

    private static List<Path> folders() throws URISyntaxException {
        Path own = Path.of(TestTagsTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path root = own.getParent().getParent().getParent();
        List<Path> folders = new ArrayList<>();
        for (String module : MODULES) {
            Path folder =
                    root.resolve(module).resolve(own.getParent().getFileName()).resolve("test-classes");
            if (Files.isDirectory(folder)) {
                folders.add(folder);
            }
        }
        return folders;
    }

    private static boolean isTagged(CanBeAnnotated what, String tag) {
        return what.isAnnotatedWith(new DescribedPredicate<JavaAnnotation<?>>("@Tag") {
                    @Override
                    public boolean test(JavaAnnotation<?> annotation) {
                        return annotation.getRawType().isEquivalentTo(Tag.class)
                                && annotation.get("value").map(tag::equals).orElse(false);
                    }
                })
                || (tag.equals("servers") && what.isAnnotatedWith(RequiresServer.class));
    }

    private static boolean isTest(JavaMethod method) {
        return method.getAnnotations().stream()
                .anyMatch(annotation -> annotation.getRawType().getName().startsWith("org.junit.jupiter.api.Test")
                        || annotation.getRawType().getName().equals("org.junit.jupiter.params.ParameterizedTest")
                        || annotation.getRawType().getName().equals("org.junit.jupiter.api.RepeatedTest"));
    }

    private static boolean hasTests(JavaClass type) {
        return !type.getModifiers().contains(JavaModifier.ABSTRACT)
                && type.getAllMethods().stream().anyMatch(TestTagsTest::isTest);
    }

    /** Classes with tests that use what a tag stands for and have it neither themselves nor on each test that does. */
    private static List<String> untagged(JavaClasses classes) {
        List<String> found = new ArrayList<>();
        for (JavaClass type : classes) {
            if (!hasTests(type)) {
                continue;
            }
            USES.forEach((tag, uses) -> {
                if (isTagged(type, tag)) {
                    return;
                }
                type.getDirectDependenciesFromSelf().stream()
                        .filter(use -> uses.contains(use.getTargetClass().getName()))
                        .forEach(use -> {
                            boolean byMethod = type.getMethods().stream()
                                    .filter(method -> isTest(method) && isTagged(method, tag))
                                    .anyMatch(
                                            method -> use.getDescription().contains("<" + method.getFullName() + ">"));
                            if (!byMethod) {
                                found.add(tag + ": " + use.getDescription());
                            }
                        });
            });
        }
        return found;
    }

    @Test
    void requiresServer_isATag() {
        assertThat(Arrays.stream(RequiresServer.class.getAnnotationsByType(Tag.class))
                        .map(Tag::value))
                .containsExactly("servers");
    }

    @Test
    void whatUsesServersOrBrowsers_isTagged() throws URISyntaxException {
        List<Path> folders = folders();
        assertThat(folders).as("modules whose tests are compiled").hasSizeGreaterThan(3);
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(location -> !location.contains(Untagged.class.getSimpleName() + ".class"))
                .importPaths(folders);
        assertThat(classes.size()).isGreaterThan(50);

        assertThat(untagged(classes)).isEmpty();
    }

    @Test
    void untaggedTest_isFound() {
        assertThat(untagged(new ClassFileImporter().importClasses(Untagged.class, TaggedWhereItMatters.class)))
                .isNotEmpty()
                .allMatch(found -> found.startsWith("servers: ") && found.contains("$Untagged."));
    }

    /** Planted, and never run: the build takes no nested class for a test. */
    static final class Untagged {
        @Test
        @Tag("browser")
        void needsAServer() throws Exception {
            Servers.postgres().newDatabase().drop();
        }
    }

    static final class TaggedWhereItMatters {
        @Test
        @RequiresServer(Server.POSTGRES)
        void needsAServer() throws Exception {
            Servers.postgres().newDatabase().drop();
        }

        @Test
        void needsNone() {
            assertThat(Server.POSTGRES).isNotNull();
        }
    }
}
