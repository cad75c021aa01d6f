package dev.weir.buffer;

import dev.weir.buffer.Intake.Operation;
import dev.weir.buffer.RowChange.Insert;
import dev.weir.buffer.RowChange.Missing;
import dev.weir.buffer.RowChange.Update;
import dev.weir.db.engine.ColumnInfo;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Operations as JSON, for people and for later: dead letters and hand-over rows. Columns go by name; a value that JSON can't
 * hold is an object {@code {"type": …, "value": …}}.
 */
final class OperationsJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private OperationsJson() {}

    static String write(List<Unit.Part> parts) {
        ArrayNode operations = JSON.createArrayNode();
        for (Unit.Part part : parts) {
            operations.add(operation(part));
        }
        return operations.toString();
    }

    private static ObjectNode operation(Unit.Part part) {
        BufferedTable table = part.table();
        ObjectNode node = JSON.createObjectNode();
        node.put("table", table.name);
        Object key = part.key();
        if (key != null) {
            ObjectNode named = node.putObject("key");
            Object[] values = BufferedTable.parts(key);
            List<ColumnInfo> columns = table.keyColumns();
            for (int i = 0; i < values.length; i++) {
                named.set(columns.get(i).name(), value(values[i]));
            }
        }
        RowChange change = part.change();
        if (change.delete()) {
            node.put("delete", true);
        }
        Insert insert = change.insert();
        if (insert != null) {
            node.set("insert", row(table, insert));
        }
        Update update = change.update();
        if (update != null) {
            ObjectNode changes = node.putObject("update");
            for (int i = 0; i < update.columns().length; i++) {
                changes.set(table.columnInfo(update.columns()[i]).name(), change(update.changes()[i]));
            }
            Insert defaults = update.missing().defaults();
            if (defaults != null) {
                node.set("orInsert", row(table, defaults));
            } else if (update.missing().policy() == MissingRow.IGNORE) {
                node.put("orIgnore", true);
            }
        }
        return node;
    }

    private static ObjectNode row(BufferedTable table, Insert insert) {
        ObjectNode node = JSON.createObjectNode();
        for (int i = 0; i < insert.columns().length; i++) {
            node.set(table.columnInfo(insert.columns()[i]).name(), value(insert.values()[i]));
        }
        return node;
    }

    private static ObjectNode change(ColumnChange change) {
        ObjectNode node = JSON.createObjectNode();
        if (change instanceof ColumnChange.Put put) {
            node.set("set", value(put.value()));
        } else if (change instanceof ColumnChange.Plus plus) {
            node.put("add", plus.amount());
        } else if (change instanceof ColumnChange.Max max) {
            node.set("max", value(max.value()));
        } else if (change instanceof ColumnChange.Min min) {
            node.set("min", value(min.value()));
        } else if (change instanceof ColumnChange.Clamp clamp) {
            ObjectNode inner = node.putObject("clamp");
            inner.set("add", value(clamp.add()));
            inner.set("low", value(clamp.low()));
            inner.set("high", value(clamp.high()));
            inner.set("onNull", value(clamp.onNull()));
        }
        return node;
    }

    private static JsonNode value(@Nullable Object value) {
        if (value == null) {
            return JSON.getNodeFactory().nullNode();
        } else if (value instanceof Long v) {
            return JSON.getNodeFactory().numberNode(v.longValue());
        } else if (value instanceof String v) {
            return JSON.getNodeFactory().stringNode(v);
        } else if (value instanceof Boolean v) {
            return JSON.getNodeFactory().booleanNode(v);
        }
        ObjectNode node = JSON.createObjectNode();
        if (value instanceof BigDecimal v) {
            node.put("type", "decimal").put("value", v.toString());
        } else if (value instanceof Double v) {
            node.put("type", "double").put("value", v.toString());
        } else if (value instanceof byte[] v) {
            node.put("type", "bytes").put("value", Base64.getEncoder().encodeToString(v));
        } else if (value instanceof UUID v) {
            node.put("type", "uuid").put("value", v.toString());
        } else if (value instanceof LocalDate v) {
            node.put("type", "date").put("value", v.toString());
        } else if (value instanceof LocalTime v) {
            node.put("type", "time").put("value", v.toString());
        } else if (value instanceof LocalDateTime v) {
            node.put("type", "timestamp").put("value", v.toString());
        } else if (value instanceof Instant v) {
            node.put("type", "instant").put("value", v.toString());
        } else {
            throw new IllegalArgumentException("A buffered value has a canonical type: type="
                    + value.getClass().getName() + ".");
        }
        return node;
    }

    /**
     * Reads operations.
     *
     * @throws IllegalArgumentException if it is no such JSON, or names a table or column that is not there
     * @throws IllegalStateException if a table was changed so that it can't be buffered before a restart
     */
    static List<Operation> read(String json, Function<String, Arguments> tableOf) {
        try {
            List<Operation> operations = new ArrayList<>();
            for (JsonNode node : JSON.readTree(json)) {
                if (node.has("epoch")) {
                    throw new IllegalArgumentException(
                            "A retired writer's epoch whose tables were gone is kept as it was, and can't be retried. Discard it.");
                }
                operations.add(operation(node, tableOf.apply(node.path("table").asString())));
            }
            if (operations.isEmpty()) {
                throw new IllegalArgumentException("Handed-over operations are at least one.");
            }
            return operations;
        } catch (JacksonException | DateTimeException e) {
            throw new IllegalArgumentException("Handed-over operations are not the JSON that Weir writes.", e);
        }
    }

    /** The first table that operations name; empty if they can't be read. */
    static String firstTable(String json) {
        try {
            return JSON.readTree(json).path(0).path("table").asString("");
        } catch (JacksonException e) {
            return "";
        }
    }

    private static Operation operation(JsonNode node, Arguments table) {
        Object key = null;
        if (node.has("key")) {
            Map<String, Object> named = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> part : node.get("key").properties()) {
                Object value = value(part.getValue());
                if (value != null) {
                    named.put(part.getKey(), value);
                }
            }
            key = table.key(named);
        }
        Insert insert = node.has("insert") ? row(table, node.get("insert")) : null;
        Update update = null;
        if (node.has("update")) {
            List<Integer> columns = new ArrayList<>();
            List<ColumnChange> changes = new ArrayList<>();
            for (Map.Entry<String, JsonNode> field : node.get("update").properties()) {
                columns.add(table.column(field.getKey()));
                changes.add(change(field.getValue()));
            }
            Missing missing = node.has("orInsert")
                    ? new Missing(null, row(table, node.get("orInsert")))
                    : node.has("orIgnore") ? Missing.IGNORE : Missing.DEAD_LETTER;
            update = new Update(
                    columns.stream().mapToInt(Integer::intValue).toArray(),
                    changes.toArray(ColumnChange[]::new),
                    missing);
        }
        return new Operation(table.table, key, new RowChange(node.path("delete").asBoolean(false), insert, update));
    }

    private static Insert row(Arguments table, JsonNode node) {
        int n = node.size();
        int[] columns = new int[n];
        @Nullable Object[] values = new @Nullable Object[n];
        int i = 0;
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            columns[i] = table.column(field.getKey());
            values[i++] = value(field.getValue());
        }
        return new Insert(columns, values);
    }

    private static ColumnChange change(JsonNode node) {
        if (node.has("set")) {
            return new ColumnChange.Put(value(node.get("set")));
        } else if (node.has("add")) {
            return new ColumnChange.Plus(node.get("add").asLong());
        } else if (node.has("max")) {
            return new ColumnChange.Max(present(node.get("max")));
        } else if (node.has("min")) {
            return new ColumnChange.Min(present(node.get("min")));
        }
        JsonNode clamp = node.path("clamp");
        return new ColumnChange.Clamp(
                value(clamp.path("add")),
                value(clamp.path("low")),
                value(clamp.path("high")),
                present(clamp.path("onNull")));
    }

    private static Object present(JsonNode node) {
        Object value = value(node);
        if (value == null) {
            throw new IllegalArgumentException(
                    "Handed-over operations are not the JSON that Weir writes: a bound is null.");
        }
        return value;
    }

    private static @Nullable Object value(JsonNode node) {
        if (node.isNull() || node.isMissingNode()) {
            return null;
        } else if (node.isNumber()) {
            return node.asLong();
        } else if (node.isString()) {
            return node.asString();
        } else if (node.isBoolean()) {
            return node.asBoolean();
        }
        String value = node.path("value").asString();
        String type = node.path("type").asString();
        return switch (type) {
            case "decimal" -> new BigDecimal(value);
            case "double" -> Double.valueOf(value);
            case "bytes" -> Base64.getDecoder().decode(value);
            case "uuid" -> UUID.fromString(value);
            case "date" -> LocalDate.parse(value);
            case "time" -> LocalTime.parse(value);
            case "timestamp" -> LocalDateTime.parse(value);
            case "instant" -> Instant.parse(value);
            default ->
                throw new IllegalArgumentException(
                        "Handed-over operations are not the JSON that Weir writes: type=" + type + ".");
        };
    }
}
