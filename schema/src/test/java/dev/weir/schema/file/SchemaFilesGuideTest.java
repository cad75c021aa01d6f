package dev.weir.schema.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.model.DataStep;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Script;
import dev.weir.schema.model.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that the guide shows can be read. */
final class SchemaFilesGuideTest {
    private static final Pattern FILE =
            Pattern.compile("<!-- schema-file: (\\S+) -->\n```\\w+\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path directory;

    @Test
    void filesOfTheGuide_areOneSchema() throws IOException {
        Matcher files = FILE.matcher(Files.readString(Path.of("../docs/guide/schema-files.md")));
        while (files.find()) {
            Path file = directory.resolve(files.group(1));
            Files.createDirectories(file.getParent());
            Files.writeString(file, files.group(2));
        }
        Schema schema = SchemaFiles.read(directory);
        assertThat(schema.tables())
                .extracting(Table::name)
                .containsExactly("daily/hits", "old_stuff", "posts", "users");
        assertThat(schema.scripts())
                .flatExtracting(Script::renames)
                .containsExactly(
                        new Script.Rename("sums", null, "reports"), new Script.Rename("reports", "amount", "total"));
        assertThat(schema.dataSteps())
                .containsExactly(DataStep.sql(
                        "split_names",
                        DataStep.When.BEFORE_CONTRACT,
                        "update users set first = name;",
                        "update users set name = first;"));
    }
}
