package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.diff.Change;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The values that are called misfits are those that a change of type refuses or makes others of, and no more. */
@RequiresServer(Server.POSTGRES)
class PostgresTypeChangeTest extends OnPostgres {
    private static final Map<String, List<String>> VALUES = Map.ofEntries(
            Map.entry("smallint", List.of("0", "1", "-32768", "32767")),
            Map.entry("integer", List.of("0", "1", "999", "-32769", "32768", "-2147483648", "2147483647", "16777217")),
            Map.entry("bigint", List.of("0", "5", "-2147483649", "9223372036854775807", "-9223372036854775808")),
            Map.entry("numeric(5,2)", List.of("0", "1", "999.99", "-0.01", "12.5", "7.30", "NaN")),
            Map.entry("numeric(4,0)", List.of("0", "9999", "-1")),
            Map.entry("numeric(3,-2)", List.of("0", "99900", "-100")),
            Map.entry(
                    "numeric",
                    List.of(
                            "0",
                            "1",
                            "0.001",
                            "32767.5",
                            "1e300",
                            "1e-300",
                            "12345678901234567890",
                            "NaN",
                            "-Infinity")),
            Map.entry("real", List.of("0", "1", "0.5", "1e30", "NaN", "Infinity", "-32768.5", "16777216")),
            Map.entry(
                    "double precision",
                    List.of("0", "1", "0.1", "1.25", "1e300", "-Infinity", "NaN", "2147483648", "1e-300")),
            Map.entry("boolean", List.of("true", "false")),
            Map.entry(
                    "text",
                    List.of(
                            "",
                            "1",
                            "abc",
                            "abcdef",
                            "12.345",
                            "1e5",
                            "true",
                            "2020-01-31",
                            "2020-01-31 10:11:12.123456")),
            Map.entry("character varying(4)", List.of("", "1", "abc", "ab  ", "12.5", "true")),
            Map.entry("character(4)", List.of("1", "ab", "true")),
            Map.entry("date", List.of("2020-02-29", "infinity", "1000-01-01")),
            Map.entry(
                    "timestamp without time zone",
                    List.of("2020-01-01 00:00", "2020-01-01 10:11:12.123456", "infinity", "2020-01-01 10:11:12")),
            Map.entry("timestamp(0) with time zone", List.of("2020-01-01 00:00+00", "2020-01-01 10:11:12+00")),
            Map.entry(
                    "timestamp with time zone",
                    List.of("2020-01-01 00:00+00", "2020-01-01 00:00+05", "2020-01-01 10:11:12.5+00", "-infinity")),
            Map.entry("time without time zone", List.of("10:11:12.345678", "10:00")),
            Map.entry("time(0) without time zone", List.of("10:11:12")),
            Map.entry("json", List.of("{\"a\": 1}", "\"\\u0000\"", "null")),
            Map.entry("jsonb", List.of("{\"a\": 1}", "[]")),
            Map.entry("uuid", List.of("00000000-0000-0000-0000-00000000000a")));

    private static PhysicalColumn column(String name, String type) {
        return new PhysicalColumn(name, type, true, null, null, true, null, null, null);
    }

    private boolean convertible(String value, String from, String to) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            execute("create table one (c " + from + "); insert into one values ('" + value + "')");
            make(new Change.AlterColumn("one", column("c", from), column("c", to)));
            // The value as it was before, if the new type holds it.
            make(new Change.AlterColumn("one", column("c", to), column("c", from)));
            String same = from.equals("json") ? "c::text = '%s'" : "c = '%s'::" + from;
            return text("select " + same.formatted(value) + " from one").equals("t");
        } catch (SQLException e) {
            return false;
        } finally {
            connection.rollback(before);
        }
    }

    @Test
    void misfits_areExactlyTheValuesThatAreRefusedOrChange() throws Exception {
        connection.setAutoCommit(false);
        // Elsewhere than where the times are taken to be.
        execute("set timezone = 'Asia/Tokyo'");
        List<String> unknown = new ArrayList<>();
        for (String from : VALUES.keySet()) {
            execute("create table t (c " + from + ", written text)");
            for (String value : VALUES.get(from)) {
                execute("insert into t values ('" + value + "', '" + value + "')");
            }
            for (String to : VALUES.keySet()) {
                String condition =
                        dialect.typeChange(column("c", from), column("c", to)).misfits();
                if ("\"c\" IS NOT NULL".equals(condition)) {
                    unknown.add(from + " -> " + to);
                    continue;
                }
                for (String value : VALUES.get(from)) {
                    boolean misfit = condition != null
                            && text("select count(*) from t where written = '" + value + "' and (" + condition + ")")
                                    .equals("1");
                    boolean differs = condition != null
                            && PostgresType.of(from).isText()
                            && !PostgresType.of(to).isText();
                    if (misfit || !differs) {
                        assertThat(convertible(value, from, to))
                                .as(value + " from " + from + " to " + to + " where " + condition)
                                .isEqualTo(!misfit);
                    }
                }
                if (condition != null) {
                    assertThat(text("select count(*) from t where c is null and (" + condition + ")"))
                            .isEqualTo("0");
                }
            }
            execute("drop table t");
        }
        assertThat(unknown)
                .contains("boolean -> uuid", "timestamp with time zone -> time without time zone", "json -> integer")
                .noneMatch(pair -> pair.contains("text") || pair.contains("character"));
    }

    @Test
    void fromText_whatCanBeRead_isConverted() throws Exception {
        for (Map.Entry<String, List<String>> each : VALUES.entrySet()) {
            String to = each.getKey();
            execute("create table t (c text)", "insert into t values ('not one')");
            for (String value : each.getValue()) {
                execute("insert into t values ('" + value + "')");
            }
            String condition =
                    dialect.typeChange(column("c", "text"), column("c", to)).misfits();
            if (condition != null) {
                assertThat(text("select string_agg(c, ',') from t where " + condition))
                        .isEqualTo("not one");
                execute("delete from t where " + condition);
                make(new Change.AlterColumn("t", column("c", "text"), column("c", to)));
                assertThat(table("t").column("c")).contains(column("c", to));
            }
            execute("drop table t");
        }
    }

    @Test
    void aValueList_canBecomeText_andBack() throws Exception {
        execute(
                "create type mood as enum ('sad', 'ok')",
                "create type \"Other mood\" as enum ('ok')",
                "create table t (c mood)",
                "insert into t values ('ok')");
        String from = "mood";
        for (String to : List.of("text", "\"Other mood\"", "character varying(3)", "mood")) {
            make(new Change.AlterColumn("t", column("c", from), column("c", to)));
            assertThat(table("t").column("c")).contains(column("c", to));
            assertThat(text("select c from t")).isEqualTo("ok");
            from = to;
        }
        assertThat(dialect.typeChange(column("c", "text"), column("c", "mood")).misfits())
                .contains("pg_input_is_valid");
    }

    @Test
    void aColumnThatBecomesComputed_losesTheValuesThatAreNotTheSame() throws Exception {
        execute(
                "create table t (a text, c text)",
                "insert into t values ('A', 'a'), ('B', 'x'), (null, 'y'), (null, null)");
        PhysicalColumn computed = new PhysicalColumn("c", "text", true, null, "lower(a)", true, null, null, null);
        String condition = dialect.typeChange(column("c", "text"), computed).misfits();
        assertThat(text("select string_agg(c, ',' order by c) from t where " + condition))
                .isEqualTo("x,y");
        assertThat(dialect.typeChange(computed, column("c", "text"))).isEqualTo(TypeChange.SAFE);
    }
}
