package dev.weir.schema.file;

import dev.weir.schema.model.InvalidSchemaException.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with files, in one list, so that it is all said at once. Not thread-safe. */
final class FileProblems {
    private static final Pattern PLACE = Pattern.compile("(.*?):(\\d+):(\\d+)");

    private final List<Problem> problems = new ArrayList<>();

    /** The problems of one file. */
    Of of(String file) {
        return new Of(file);
    }

    List<Problem> sorted(List<Problem> others) {
        List<Problem> all = new ArrayList<>(problems);
        all.addAll(others);
        all.sort(Comparator.comparing((Problem problem) -> place(problem, 0))
                .thenComparingInt(problem -> number(problem, 1))
                .thenComparingInt(problem -> number(problem, 2)));
        return all;
    }

    private static int number(Problem problem, int part) {
        String text = place(problem, part);
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    /** Of FILE:LINE:COLUMN or FILE: the file (0), the line (1), the column (2). */
    private static String place(Problem problem, int part) {
        String origin = problem.origin() == null ? "" : problem.origin();
        Matcher matcher = PLACE.matcher(origin);
        if (!matcher.matches()) {
            return part == 0 ? origin : "";
        }
        return matcher.group(part + 1);
    }

    /** Adds the problems of one file. */
    final class Of {
        private final String file;

        private Of(String file) {
            this.file = file;
        }

        String at(YamlNode node) {
            return at(node.line(), node.column());
        }

        String at(int line, int column) {
            return file + ":" + line + ":" + column;
        }

        void add(YamlNode node, String rule, String found, String cure) {
            problems.add(new Problem(at(node), rule, found, cure));
        }

        void add(int line, int column, String rule, String found, String cure) {
            problems.add(new Problem(at(line, column), rule, found, cure));
        }

        /** Of the file as a whole. */
        void add(String rule, String found, String cure) {
            problems.add(new Problem(file, rule, found, cure));
        }

        /** How many there are so far, of all files. */
        int count() {
            return problems.size();
        }
    }
}
