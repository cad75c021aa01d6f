package dev.weir.verification.crash;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Counts kills by point and setting. */
final class Tally {
    private static final class Count {
        private int kills;
        private int runs;
        private int exact;
    }

    private final Map<String, Map<String, Count>> byPoint = new LinkedHashMap<>();
    private final Map<String, List<String>> wrong = new LinkedHashMap<>();
    private int kills;
    private int runs;
    private int exact;
    private long oldestLostNanos;

    /** Adds a run that was made for a point. */
    void add(String point, Lab.Outcome outcome) {
        String setting = outcome.setting().toString();
        Set<String> points = new LinkedHashSet<>(outcome.killed());
        points.add(point);
        for (String each : points) {
            Count count = byPoint.computeIfAbsent(each, name -> new TreeMap<>())
                    .computeIfAbsent(setting, name -> new Count());
            count.kills += (int) outcome.killed().stream().filter(each::equals).count();
            count.runs++;
            count.exact += outcome.exact() ? 1 : 0;
        }
        kills += outcome.killed().size();
        runs++;
        exact += outcome.exact() ? 1 : 0;
        oldestLostNanos = Math.max(oldestLostNanos, outcome.oldestLostNanos());
        if (!outcome.exact()) {
            wrong.put("run " + runs + ", " + point + ", " + setting, outcome.wrong());
        }
    }

    boolean allExact() {
        return exact == runs;
    }

    int kills() {
        return kills;
    }

    int runs() {
        return runs;
    }

    /** A line for each point and setting, the sums of each point, and what was wrong. */
    String table() {
        StringBuilder table = new StringBuilder();
        table.append(
                String.format(Locale.ROOT, "%-28s %-28s %7s %7s %7s%n", "point", "setting", "kills", "runs", "exact"));
        byPoint.forEach((point, settings) -> {
            settings.forEach((setting, count) -> row(table, point, setting, count));
            Count sum = sum(settings);
            if (settings.size() > 1) {
                row(table, point, "all", sum);
            }
        });
        table.append(String.format(Locale.ROOT, "%-28s %-28s %7d %7d %7d%n", "all", "all", kills, runs, exact));
        if (oldestLostNanos > 0) {
            table.append(String.format(
                    Locale.ROOT,
                    "The oldest accepted operation that a kill took was %.1f ms old.%n",
                    oldestLostNanos / 1e6));
        }
        wrong.forEach((run, messages) -> {
            table.append("WRONG in ")
                    .append(run)
                    .append(": ")
                    .append(messages.size())
                    .append(" differences\n");
            shown(messages)
                    .forEach(message -> table.append("  ").append(message).append('\n'));
        });
        return table.toString();
    }

    private static List<String> shown(List<String> messages) {
        if (messages.size() <= 12) {
            return messages;
        }
        List<String> shown = new ArrayList<>(messages.subList(0, 11));
        shown.add(messages.get(messages.size() - 1));
        return shown;
    }

    private static Count sum(Map<String, Count> settings) {
        Count sum = new Count();
        for (Count count : settings.values()) {
            sum.kills += count.kills;
            sum.runs += count.runs;
            sum.exact += count.exact;
        }
        return sum;
    }

    private static void row(StringBuilder table, String point, String setting, Count count) {
        table.append(String.format(
                Locale.ROOT, "%-28s %-28s %7d %7d %7d%n", point, setting, count.kills, count.runs, count.exact));
    }

    /** One JSON object on one line. */
    String json(long seed, double seconds) {
        StringBuilder json = new StringBuilder();
        json.append(String.format(
                Locale.ROOT,
                "{\"verify\":\"crash\",\"seed\":%d,\"seconds\":%.1f,\"kills\":%d,\"runs\":%d,\"exact\":%d,\"points\":{",
                seed,
                seconds,
                kills,
                runs,
                exact));
        List<String> points = new ArrayList<>();
        byPoint.forEach((point, settings) -> {
            Count sum = sum(settings);
            points.add(String.format(
                    Locale.ROOT,
                    "\"%s\":{\"kills\":%d,\"runs\":%d,\"exact\":%d}",
                    point,
                    sum.kills,
                    sum.runs,
                    sum.exact));
        });
        return json.append(String.join(",", points)).append("}}").toString();
    }
}
