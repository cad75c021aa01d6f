package dev.weir.server.replay;

import static dev.weir.schema.model.ColumnType.Kind.BIG_INTEGER;
import static dev.weir.schema.model.ColumnType.Kind.DATETIME;
import static dev.weir.schema.model.ColumnType.Kind.INTEGER;
import static dev.weir.schema.model.ColumnType.Kind.TEXT;

import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Table;
import dev.weir.server.database.DeclaredTables.Spelling;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The tables that access logs go to. Keys compare byte for byte on every engine. */
final class ReplayTables {
    private static final int ID_CHARACTERS = 36;

    private ReplayTables() {}

    /**
     * An engine's words.
     *
     * @param key of a path, an address or an id of so many characters
     * @param text without a bound; a target of 64 KiB may triple when its bytes are replaced
     * @param collation under which text compares byte for byte; null if it always does
     */
    private record Words(
            IntFunction<ColumnType> key,
            ColumnType text,
            ColumnType moment,
            ColumnType number,
            @Nullable String collation) {
        static Words of(String engine) {
            ColumnType text = ColumnType.of(TEXT);
            ColumnType integer = ColumnType.of(INTEGER);
            return switch (engine) {
                // Its TIMESTAMP ends in 2038 and reads by the session's time zone; an index wants a bound.
                case "mariadb" ->
                    new Words(
                            ColumnType::string,
                            ColumnType.raw("mediumtext"),
                            ColumnType.raw("datetime"),
                            integer,
                            "utf8mb4_nopad_bin");
                case "mysql" ->
                    new Words(
                            ColumnType::string,
                            ColumnType.raw("mediumtext"),
                            ColumnType.raw("datetime"),
                            integer,
                            "utf8mb4_0900_bin");
                // It does not index its TEXT, and counts UTF-16 units: a character may be two.
                case "h2" ->
                    new Words(
                            characters -> ColumnType.string(2 * characters),
                            ColumnType.raw("CHARACTER VARYING"),
                            ColumnType.of(DATETIME),
                            integer,
                            null);
                case "sqlite" ->
                    new Words(characters -> text, text, ColumnType.raw("timestamp"), ColumnType.raw("int"), null);
                default -> new Words(characters -> text, text, ColumnType.of(DATETIME), integer, null);
            };
        }

        ColumnBuilder compared(ColumnBuilder column) {
            return collation == null ? column : column.collation(collation);
        }
    }

    /** Collects a table's columns in an engine's words. */
    private static final class Columns {
        private final Spelling spelling;
        private final Words words;
        private final Table.Builder table;

        Columns(String name, Spelling spelling, Words words) {
            this.spelling = spelling;
            this.words = words;
            this.table = Table.named(spelling.of(name));
        }

        Columns key(String name, int characters) {
            table.column(
                    spelling.of(name),
                    words.key().apply(characters),
                    column -> words.compared(column).primary());
            return this;
        }

        Columns text(String name) {
            table.column(
                    spelling.of(name),
                    words.text(),
                    column -> words.compared(column).notNull());
            return this;
        }

        Columns textOrNull(String name) {
            table.column(spelling.of(name), words.text(), words::compared);
            return this;
        }

        Columns size(String name) {
            table.column(spelling.of(name), ColumnType.of(BIG_INTEGER), ColumnBuilder::notNull);
            return this;
        }

        Columns sizeOrNull(String name) {
            table.column(spelling.of(name), ColumnType.of(BIG_INTEGER));
            return this;
        }

        Columns number(String name) {
            table.column(spelling.of(name), words.number(), ColumnBuilder::notNull);
            return this;
        }

        Columns moment(String name) {
            table.column(spelling.of(name), words.moment(), ColumnBuilder::notNull);
            return this;
        }

        Table build() {
            return table.build();
        }
    }

    /** The tables in an engine's words. */
    static List<Table> declared(String engine, Spelling spelling) {
        Words words = Words.of(engine);
        return List.of(
                new Columns("page", spelling, words)
                        .key("path", AccessLine.MAX_KEY_CHARACTERS)
                        .size("hits")
                        .size("bytes")
                        .moment("last_seen")
                        .build(),
                new Columns("visitor", spelling, words)
                        .key("address", AccessLine.MAX_KEY_CHARACTERS)
                        .size("hits")
                        .text("last_path")
                        .moment("last_seen")
                        .build(),
                new Columns("hit", spelling, words)
                        .key("id", ID_CHARACTERS)
                        .moment("at")
                        .text("address")
                        .text("method")
                        .text("target")
                        .number("status")
                        .sizeOrNull("bytes")
                        .textOrNull("referrer")
                        .textOrNull("agent")
                        .build());
    }
}
