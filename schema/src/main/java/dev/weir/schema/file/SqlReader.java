package dev.weir.schema.file;

import dev.weir.schema.model.DataStep;
import dev.weir.schema.model.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads files in SQL: scripts that declare tables, and data steps. Their statements are handed on; which a script may have, the engine decides. */
final class SqlReader {
    private static final Pattern WEIR = Pattern.compile("\\s*--\\s*weir\\s*:(.*)", Pattern.CASE_INSENSITIVE);
    private static final String NAME = "(\"(?:[^\"]|\"\")+\"|`(?:[^`]|``)+`|[^\\s.\"`;]+)";
    private static final Pattern RENAME_TABLE =
            Pattern.compile("\\s*rename\\s+table\\s+" + NAME + "\\s+to\\s+" + NAME + "\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern RENAME_COLUMN = Pattern.compile(
            "\\s*rename\\s+column\\s+" + NAME + "\\." + NAME + "\\s+to\\s+" + NAME + "\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern WHEN =
            Pattern.compile("\\s*--\\s*(before|after)\\s*:\\s*(\\S*)\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern UNDO = Pattern.compile("\\s*--\\s*undo\\s*:(.*)", Pattern.CASE_INSENSITIVE);
    private static final Pattern IDLE = Pattern.compile("\\s*(?:--.*|;*\\s*)");

    private SqlReader() {}

    /**
     * A script and where its renames stand.
     *
     * @param origins of the renames, in their order
     */
    record ReadScript(Script script, List<String> origins) {}

    static @Nullable ReadScript script(String file, String text, FileProblems.Of problems) {
        List<Script.Rename> renames = new ArrayList<>();
        List<String> origins = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            Matcher directive = WEIR.matcher(lines.get(i));
            if (!directive.matches()) {
                continue;
            }
            Script.Rename rename = rename(directive.group(1));
            if (rename == null) {
                problems.add(
                        i + 1,
                        1,
                        "a comment for weir says what was renamed",
                        "comment=" + lines.get(i).strip(),
                        "write -- weir: rename table OLD to NEW, or -- weir: rename column TABLE.OLD to NEW");
            } else {
                renames.add(rename);
                origins.add(problems.at(i + 1, 1));
            }
        }
        if (idle(lines)) {
            problems.add("a script declares tables", "statements=0", "write its statements, or remove the file");
            return null;
        }
        return new ReadScript(new Script(file, text, renames), origins);
    }

    private static Script.@Nullable Rename rename(String directive) {
        Matcher table = RENAME_TABLE.matcher(directive);
        if (table.matches()) {
            return new Script.Rename(name(table.group(1)), null, name(table.group(2)));
        }
        Matcher column = RENAME_COLUMN.matcher(directive);
        return column.matches()
                ? new Script.Rename(name(column.group(1)), name(column.group(2)), name(column.group(3)))
                : null;
    }

    private static String name(String written) {
        char quote = written.charAt(0);
        if (quote != '"' && quote != '`') {
            return written;
        }
        String mark = String.valueOf(quote);
        return written.substring(1, written.length() - 1).replace(mark + mark, mark);
    }

    static @Nullable DataStep dataStep(String key, String text, FileProblems.Of problems) {
        List<String> lines = text.lines().toList();
        int before = problems.count();
        DataStep.When when = null;
        List<String> sql = new ArrayList<>();
        boolean head = true;
        int undoAt = -1;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            head &= line.isBlank() || line.stripLeading().startsWith("--");
            Matcher directive = WHEN.matcher(line);
            Matcher undo = UNDO.matcher(line);
            if (undo.matches()) {
                undoAt = i;
                if (!undo.group(1).isBlank()) {
                    problems.add(
                            i + 1,
                            1,
                            "what undoes a data step stands in the lines after -- undo:",
                            "line=" + line.strip(),
                            "put it on a line of its own");
                }
                break;
            }
            if (head && directive.matches()) {
                when = when(directive, when, i + 1, line, problems);
            } else {
                sql.add(line);
            }
        }
        if (when == null && problems.count() == before) {
            problems.add(
                    1,
                    1,
                    "a data step says at its top when it runs",
                    "key=" + key,
                    "write -- before: contract, or -- after: expand");
        }
        List<String> undo = undoAt < 0 ? List.of() : lines.subList(undoAt + 1, lines.size());
        if (idle(sql)) {
            problems.add("a data step does something", "key=" + key + " statements=0", "write its statements");
        }
        if (undoAt >= 0 && idle(undo)) {
            problems.add(
                    undoAt + 1,
                    1,
                    "an undo does something",
                    "key=" + key + " statements=0",
                    "write it, or remove -- undo:");
        }
        for (int i = 0; i < undo.size(); i++) {
            if (UNDO.matcher(undo.get(i)).matches()) {
                problems.add(undoAt + 2 + i, 1, "a data step has one undo", "key=" + key, "join them");
            }
        }
        if (when == null || problems.count() > before) {
            return null;
        }
        return DataStep.sql(key, when, joined(sql), undoAt < 0 ? null : joined(undo));
    }

    private static DataStep.When when(
            Matcher directive, DataStep.@Nullable When already, int line, String text, FileProblems.Of problems) {
        boolean before = directive.group(1).equalsIgnoreCase("before");
        if (!directive.group(2).equalsIgnoreCase(before ? "contract" : "expand")) {
            problems.add(
                    line,
                    1,
                    "a data step runs before contract or after expand",
                    "line=" + text.strip(),
                    "write -- before: contract, or -- after: expand");
        } else if (already != null) {
            problems.add(line, 1, "a data step runs at one moment", "line=" + text.strip(), "remove one of them");
        }
        return before ? DataStep.When.BEFORE_CONTRACT : DataStep.When.AFTER_EXPAND;
    }

    private static String joined(List<String> lines) {
        return String.join("\n", lines).strip();
    }

    /** Whether there is nothing but comments. */
    private static boolean idle(List<String> lines) {
        return lines.stream().allMatch(line -> IDLE.matcher(line).matches());
    }
}
