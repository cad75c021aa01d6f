package dev.weir.schema.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page on schemas, and the files that it shows. */
final class GuideFiles {
    private static final Pattern FILE = Pattern.compile("<!-- recipe: (\\S+) -->\n```\\w+\n(.*?)```", Pattern.DOTALL);

    private GuideFiles() {}

    static String page() throws IOException {
        return Files.readString(Path.of("../docs/guide/schema.md"));
    }

    /** Writes a recipe's files as they are at a stage, {@code NAME/STAGE}, and tells where. */
    static Path write(Path directory, String stage, UnaryOperator<String> change) throws IOException {
        Matcher files = FILE.matcher(page());
        while (files.find()) {
            if (files.group(1).startsWith(stage + "/")) {
                Path file = directory.resolve(files.group(1));
                Files.createDirectories(file.getParent());
                Files.writeString(file, change.apply(files.group(2)));
            }
        }
        return directory.resolve(stage);
    }
}
