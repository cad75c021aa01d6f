package dev.weir.server.demo;

import dev.weir.buffer.CloseReport;

/** What the demo says on the terminal when it starts and when it ends. */
final class Banner {
    private Banner() {}

    static String of(Demo demo, int port) {
        String address = "http://127.0.0.1:" + port;
        Stats.Journal journal = demo.stats().journal();
        StringBuilder text = new StringBuilder()
                .append(System.lineSeparator())
                .append("Weir ")
                .append(demo.version());
        line(text, "Database", demo.databaseFile() + "  (SQLite)");
        line(text, "Journal", demo.journalDirectory() + "  (a hit is on disk before it is acknowledged: JOURNALED)");
        if (journal.recovered() > 0) {
            line(
                    text,
                    "Recovered",
                    journal.recovered() + (journal.recovered() == 1 ? " write" : " writes")
                            + " from the journal that had not reached the database");
        }
        line(text, "Dashboard", address + "/");
        line(text, "API", "curl -X POST " + address + "/api/pages/home/hits");
        line(text, "", "curl '" + address + "/api/pages?top=5'    also /health and /stats");
        return text.append(System.lineSeparator())
                .append(System.lineSeparator())
                .append("Ctrl-C flushes and exits.")
                .append(System.lineSeparator())
                .toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(System.lineSeparator()).append(String.format("  %-10s %s", name, value));
    }

    static String farewell(CloseReport report) {
        if (!report.flushed() && !report.journaled()) {
            return "What was taken in last and not acknowledged is lost: " + report.problem()
                    + ". Everything acknowledged is in the journal and will be written at the next start.";
        }
        return report.flushed()
                ? "Flushed: everything that was taken in is in the database."
                : report.pendingRows() + (report.pendingRows() == 1 ? " row stays" : " rows stay")
                        + " in the journal and will be written at the next start. " + report.problem();
    }
}
