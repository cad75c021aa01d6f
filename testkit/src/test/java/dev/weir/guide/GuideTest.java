package dev.weir.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the code blocks of the pages to the regions of the snippets' sources, and the pages' links to the files there are. */
class GuideTest {
    private static final Path ROOT = root();
    private static final List<Path> SNIPPETS = List.of(
            ROOT.resolve("testkit/src/test/java/dev/weir/guide"),
            ROOT.resolve("schema/src/test/java/dev/weir/schema/guide"));
    private static final Pattern TAG = Pattern.compile("\\s*// (tag|end)::(\\S+)");
    private static final Pattern BLOCK = Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:\\s]+)(#[^)]*)?\\)");

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("LICENSE"))) {
            directory = directory.getParent();
        }
        return directory;
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> top = Files.list(ROOT)) {
            return Stream.concat(top, docs)
                    .filter(page -> page.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tagged regions of the sources by name, without the indent that all their lines share. */
    private static Map<String, String> regions() throws IOException {
        Map<String, String> regions = new LinkedHashMap<>();
        for (Path directory : SNIPPETS) {
            try (Stream<Path> sources = Files.list(directory)) {
                sources.sorted().forEach(source -> addRegions(source, regions));
            }
        }
        return regions;
    }

    private static void addRegions(Path source, Map<String, String> regions) {
        List<String> open = new ArrayList<>();
        String name = "";
        for (String line : read(source).lines().toList()) {
            Matcher tag = TAG.matcher(line);
            if (tag.matches() && tag.group(1).equals("tag")) {
                name = tag.group(2);
                open.clear();
            } else if (tag.matches()) {
                assertThat(tag.group(2)).isEqualTo(name);
                regions.put(name, String.join("\n", open).stripTrailing().stripIndent());
            } else {
                open.add(line);
            }
        }
    }

    private static void checkCode(String page, Iterable<String> regions) {
        Matcher block = BLOCK.matcher(page);
        while (block.find()) {
            assertThat(regions).contains(block.group(1).stripTrailing());
        }
    }

    private static void checkLinks(Path page, String text) {
        Matcher link = LINK.matcher(text);
        while (link.find()) {
            assertThat(page.resolveSibling(link.group(1)).normalize()).exists();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void code_isCompiledAndRun(Path page) throws IOException {
        checkCode(read(page), regions().values());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void links_leadToFiles(Path page) {
        checkLinks(page, read(page));
    }

    @Test
    void region_isShownSomewhere() throws IOException {
        String all = String.join("\n", pages().stream().map(GuideTest::read).toList());
        assertThat(regions().entrySet())
                .filteredOn(region -> !all.contains("```java\n" + region.getValue() + "\n```"))
                .extracting(Map.Entry::getKey)
                .isEmpty();
    }

    @Test
    void check_turnsRedOnCodeThatNobodyCompiles_andOnADeadLink() throws IOException {
        Iterable<String> regions = regions().values();

        assertThatThrownBy(() -> checkCode("```java\nint wrong;\n```\n", regions))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> checkLinks(ROOT.resolve("README.md"), "[gone](docs/gone.md)"))
                .isInstanceOf(AssertionError.class);
    }
}
