package dev.weir.server.buffer;

import dev.weir.buffer.BufferAdmin.Retired;
import dev.weir.buffer.BufferAdmin.Status;
import dev.weir.buffer.BufferAdmin.Writer;
import dev.weir.buffer.DeadLetter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the operator's commands print: text for people, or one JSON object on one line. */
final class BufferReport {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private BufferReport() {}

    static String text(Status status) {
        StringBuilder text = new StringBuilder();
        if (status.unknownDatabase()) {
            line(text, "database", "unknown to this journal: another one, or restored without weir_ledger");
        }
        line(text, "journal", owner(status));
        line(text, "journal bytes", String.format(Locale.ROOT, "%,d", status.journalBytes()));
        line(text, "dead letters", String.format(Locale.ROOT, "%,d", status.deadLetters()));
        line(text, "hand-overs", String.format(Locale.ROOT, "%,d", status.handovers()));
        line(text, "writers", Integer.toString(status.writers().size()));
        for (Writer writer : status.writers()) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %s  ledger %s, journal %s, pending %,d%n",
                    writer.id(),
                    ledger(writer.ledger()),
                    number(writer.last()),
                    writer.pendingEpochs()));
        }
        return text.toString();
    }

    private static String owner(Status status) {
        if (!status.owned()) {
            return "not in use";
        }
        return status.ownerPid().isPresent()
                ? "in use by process " + status.ownerPid().getAsLong()
                : "in use";
    }

    private static String ledger(OptionalLong value) {
        return value.isPresent() && value.getAsLong() < 0 ? "retired" : number(value);
    }

    private static String number(OptionalLong value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%,d", value.getAsLong()) : "-";
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-15s %s%n", name, value));
    }

    static String json(Status status) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode writers = json.putArray("writers");
        for (Writer writer : status.writers()) {
            ObjectNode node = writers.addObject().put("id", writer.id());
            put(node, "ledger", writer.ledger());
            put(node, "last", writer.last());
            node.put("pendingEpochs", writer.pendingEpochs());
        }
        json.put("deadLetters", status.deadLetters())
                .put("handovers", status.handovers())
                .put("journalBytes", status.journalBytes())
                .put("owned", status.owned());
        put(json, "ownerPid", status.ownerPid());
        json.put("unknownDatabase", status.unknownDatabase());
        return JSON.writeValueAsString(json) + System.lineSeparator();
    }

    private static void put(ObjectNode node, String name, OptionalLong value) {
        if (value.isPresent()) {
            node.put(name, value.getAsLong());
        } else {
            node.putNull(name);
        }
    }

    static String text(List<DeadLetter> letters) {
        if (letters.isEmpty()) {
            return "There are no dead letters." + System.lineSeparator();
        }
        StringBuilder text = new StringBuilder();
        for (DeadLetter letter : letters) {
            text.append(String.format(
                    Locale.ROOT,
                    "%s  %s  table %s, writer %s, epoch %d%n  %s%n  %s%n",
                    letter.id(),
                    letter.at(),
                    letter.table(),
                    letter.writer(),
                    letter.epoch(),
                    letter.reason(),
                    letter.change()));
        }
        return text.toString();
    }

    static String json(List<DeadLetter> letters) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode array = json.putArray("deadLetters");
        for (DeadLetter letter : letters) {
            ObjectNode node = array.addObject()
                    .put("id", letter.id())
                    .put("writer", letter.writer())
                    .put("epoch", letter.epoch())
                    .put("table", letter.table());
            try {
                node.set("change", JSON.readTree(letter.change()));
            } catch (JacksonException notJson) {
                node.put("change", letter.change());
            }
            node.put("reason", letter.reason()).put("at", letter.at().toString());
        }
        return JSON.writeValueAsString(json) + System.lineSeparator();
    }

    static String text(Retired retired) {
        return "retired; dead letters: " + retired.deadLetters() + ", hand-overs left to others: " + retired.handovers()
                + System.lineSeparator();
    }

    static String json(Retired retired) {
        ObjectNode json = JSON.createObjectNode()
                .put("deadLetters", retired.deadLetters())
                .put("handovers", retired.handovers());
        return JSON.writeValueAsString(json) + System.lineSeparator();
    }

    /** One number by name. */
    static String json(String name, long value) {
        return JSON.writeValueAsString(JSON.createObjectNode().put(name, value)) + System.lineSeparator();
    }
}
