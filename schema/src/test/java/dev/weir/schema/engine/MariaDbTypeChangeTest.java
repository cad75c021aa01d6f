package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.diff.Change;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each case is made on the server: what is no misfit has to come through the change as it is. */
@RequiresServer(Server.MARIADB)
class MariaDbTypeChangeTest extends MariaDbPlace {
    private static PhysicalColumn column(String type, @Nullable String generated, @Nullable String collation) {
        return new PhysicalColumn("c", type, true, null, generated, generated != null, null, collation, null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "varchar(10) | varchar(20) | 'a';'0123456789' | safe",
                "varchar(10) | varchar(5) | 'a';'01234';'012345';'äöüÄÖ' | '012345'",
                "varchar(10) | longtext | 'a' | safe",
                "varchar(300) | tinytext | 'a';repeat('a',255);repeat('ä',200) | repeat('ä',200)",
                "longtext | varchar(5) | '01234';'012345' | '012345'",
                "longtext | text | 'a';repeat('a',65536) | repeat('a',65536)",
                "varchar(10) | char(10) | 'a';'b ' | 'b '",
                "char(10) | varchar(10) | 'a' | safe",
                "varchar(10) | json | '{}';'nope';null | 'nope'",
                "json | longtext | '{}';'[1]' | safe",
                "json | varchar(5) | '{}';'[1,2,3]' | '[1,2,3]'",
                "tinyint(4) | int(11) | -128;127 | safe",
                "int(11) | bigint(20) | -2147483648;2147483647 | safe",
                "int(11) | smallint(6) | 1;32767;-32768;32768;-32769 | 32768;-32769",
                "int(11) | int(10) unsigned | 1;-1 | -1",
                "int(10) unsigned | int(11) | 1;4294967295 | 4294967295",
                "int(11) | bigint(20) unsigned | 0;-1 | -1",
                "int(11) | tinyint(1) | 0;1;2;-1 | 2;-1",
                "tinyint(1) | smallint(6) | 0;1;7 | safe",
                "int(11) | decimal(10,0) | 2147483647 | safe",
                "int(11) | decimal(5,2) | 999;-999;1000;-1000 | 1000;-1000",
                "decimal(10,2) | decimal(12,3) | 1.25 | safe",
                "decimal(10,2) | decimal(10,1) | 1.2;1.25;1.99 | 1.25;1.99",
                "decimal(10,2) | decimal(5,2) | 999.99;-999.99;1000 | 1000",
                "decimal(10,2) | decimal(10,2) unsigned | 1;-1 | -1",
                "decimal(10,2) | int(11) | 1;1.5;99999999 | 1.5",
                "decimal(12,2) | double | 0.1;1234567890.12 | safe",
                "bigint(20) | double | 1;9007199254740993 | 9007199254740993",
                "double | float | 0.5;0.1 | 0.1",
                "float | double | 0.5 | safe",
                "double | decimal(5,2) | 1.25;1.255;1000 | 1.255;1000",
                "double | int(11) | 1;1.5;3e9 | 1.5;3e9",
                "int(11) | varchar(11) | -2147483648 | safe",
                "int(11) | varchar(3) | 123;1234;-12;-123 | 1234;-123",
                "varchar(20) | int(11) | '1';'-5';'007';'1x';'';'99999999999' | '007';'1x';'';'99999999999'",
                "varchar(10) | date | '2020-01-31';'2020-02-31';'x' | '2020-02-31';'x'",
                "enum('a','b') | enum('b','a','c') | 'a';'b' | safe",
                "enum('a','b') | enum('b') | 'a';'b' | 'a'",
                "varchar(10) | enum('a','b') | 'a';'A';'c' | 'A';'c'",
                "enum('a','bbb') | varchar(2) | 'a';'bbb' | 'bbb'",
                "enum('a','bbb') | varchar(3) | 'a';'bbb' | safe",
                "date | datetime(6) | '2020-01-31' | safe",
                "datetime(6) | date | '2020-01-31 00:00:00';'2020-01-31 10:00:00' | '2020-01-31 10:00:00'",
                "datetime(6) | datetime(3) | '2020-01-31 10:00:00.123';'2020-01-31 10:00:00.1234' | '2020-01-31 10:00:00.1234'",
                "timestamp | timestamp(6) | '2020-01-31 10:00:00' | safe",
                "time(6) | time | '10:00:00';'10:00:00.5' | '10:00:00.5'",
                "datetime(6) | varchar(30) | '2020-01-31 10:00:00' | safe",
                "varbinary(10) | longblob | 'a' | safe",
                "longblob | varbinary(3) | 'abc';'abcd' | 'abcd'",
                "uuid | varchar(36) | '123e4567-e89b-12d3-a456-426614174000' | safe",
                "varchar(36) | uuid | '123e4567-e89b-12d3-a456-426614174000';'x' | 'x'",
                "varbinary(10) | varchar(10) | 'a' | 'a'",
                "datetime(6) | timestamp(6) | '2020-01-31 10:00:00' | '2020-01-31 10:00:00'",
            })
    void misfits_areExactlyWhatWouldChange(String from, String to, String values, String misfits) throws Exception {
        execute("create table t (c " + from + " null, k int auto_increment primary key)");
        for (String value : values.split(";")) {
            execute("insert into t (c) values (" + value + ")");
        }
        int expected = misfits.equals("safe") ? 0 : misfits.split(";").length;
        PhysicalColumn before = table("t").column("c").orElseThrow();
        PhysicalColumn after = column(to, null, null);
        TypeChange change = dialect.typeChange(before, after);
        assertThat(change.misfits() == null).isEqualTo(misfits.equals("safe"));
        if (change.misfits() != null) {
            assertThat(string("select count(*) from t where " + change.misfits()))
                    .as(change.misfits())
                    .isEqualTo(String.valueOf(expected));
            execute("delete from t where " + change.misfits());
        }
        execute("create table kept as select c, k from t");
        make(new Change.AlterColumn("t", before, after));
        assertThat(table("t").column("c").orElseThrow().type()).isEqualTo(to);
        assertThat(string("select count(*) from t join kept using (k) where not (t.c <=> kept.c)"))
                .isEqualTo("0");
        assertThat(string("select count(*) from t")).isEqualTo(string("select count(*) from kept"));
    }

    @Test
    void anotherCharacterSet_losesWhatItCannotWrite() throws Exception {
        execute("create table t (c varchar(10), k int)", "insert into t values ('a', 1), ('ä', 2), ('日', 3)");
        TypeChange change =
                dialect.typeChange(column("varchar(10)", null, null), column("varchar(10)", null, "latin1_bin"));
        assertThat(strings("select k from t where " + change.misfits())).containsExactly("3");
        assertThat(dialect.typeChange(
                        column("varchar(10)", null, "latin1_bin"), column("varchar(10)", null, "utf8mb4_bin")))
                .isEqualTo(TypeChange.SAFE);
        assertThat(dialect.typeChange(
                        column("varchar(10)", null, "utf8mb4_bin"), column("varchar(10)", null, "utf8mb4_general_ci")))
                .isEqualTo(TypeChange.SAFE);
        TypeChange toDefault =
                dialect.typeChange(column("varchar(10)", null, "utf8mb4_bin"), column("varchar(10)", null, null));
        assertThat(strings("select k from t where " + toDefault.misfits())).isEmpty();
    }

    @Test
    void aColumnThatBecomesComputed_losesWhatIsNotThatValue() throws Exception {
        execute("create table t (a int, c int)", "insert into t values (1, 2), (2, 9), (3, null)");
        TypeChange change = dialect.typeChange(column("int(11)", null, null), column("int(11)", "`a` + 1", null));
        assertThat(strings("select a from t where " + change.misfits())).containsExactly("2", "3");
        assertThat(dialect.typeChange(column("int(11)", "`a` + 2", null), column("int(11)", "`a` + 1", null)))
                .isEqualTo(TypeChange.SAFE);
        assertThat(dialect.typeChange(column("int(11)", "`a` + 2", null), column("int(11)", null, null)))
                .isEqualTo(TypeChange.SAFE);
    }

    @Test
    void aCheckOfTheColumnItself_isWatched() throws Exception {
        execute("create table t (c int)", "insert into t values (1), (9), (null)");
        PhysicalColumn checked = column("int(11) check (`c` < 5)", null, null);
        PhysicalColumn plain = column("int(11)", null, null);
        assertThat(strings("select c from t where "
                        + dialect.typeChange(plain, checked).misfits()))
                .containsExactly("9");
        assertThat(dialect.typeChange(checked, plain))
                .as("a rule does not go unasked")
                .isEqualTo(TypeChange.unknown("`c`"));
    }

    @Test
    void spellingsOfOneType_areNoChange() {
        for (List<String> same : List.of(
                List.of("int(11)", "int"),
                List.of("tinyint(1)", "boolean"),
                List.of("varchar(10)", "VARCHAR(10)"),
                List.of("decimal(10,0)", "numeric"))) {
            assertThat(dialect.typeChange(column(same.get(0), null, null), column(same.get(1), null, null)))
                    .isEqualTo(TypeChange.SAFE);
        }
    }
}
