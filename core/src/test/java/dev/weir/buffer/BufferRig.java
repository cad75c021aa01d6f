package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Database;
import dev.weir.db.TableBuffer;
import dev.weir.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

/** A buffer over SQLite whose journal and data source a test may wrap. Flushes only when told to. */
final class BufferRig implements AutoCloseable {
    final Path directory;
    final DataSource plain;
    DataSource dataSource;
    Clock clock = Clock.system();
    JournalTuning tuning = JournalTuning.DEFAULT;
    Function<Journal, Journal> journals = journal -> journal;
    BufferSettings.Builder settings = BufferSettings.builder().flushInterval(Duration.ofHours(1));
    private LocalWriteBuffer buffer;

    BufferRig(Path directory) {
        this.directory = directory;
        SQLiteDataSource sqlite = new SQLiteDataSource();
        sqlite.setUrl("jdbc:sqlite:" + directory.resolve("app.db")
                + "?journal_mode=WAL&busy_timeout=5000&foreign_keys=on&synchronous=normal");
        this.plain = sqlite;
        this.dataSource = sqlite;
    }

    BufferRig sql(String... statements) {
        Database database = database();
        for (String statement : statements) {
            database.sql(statement).execute();
        }
        return this;
    }

    Database database() {
        return Database.builder(plain).build();
    }

    LocalWriteBuffer open() {
        Journal journal = journals.apply(SqliteJournal.open(directory.resolve("journal"), clock, tuning));
        try {
            LocalWriteBuffer opened =
                    new LocalWriteBuffer(Database.builder(dataSource).build(), journal, settings.build(), clock);
            opened.open();
            buffer = opened;
            return opened;
        } catch (RuntimeException | Error e) {
            journal.close();
            throw e;
        }
    }

    LocalWriteBuffer buffer() {
        return buffer;
    }

    TableBuffer table(String name) {
        return buffer.table(name);
    }

    Object value(String sql) {
        return database()
                .sql(sql)
                .first()
                .map(row -> row.get(row.columns().get(0)))
                .orElse(null);
    }

    /** Waits until all that was accepted is on disk, in an epoch of its own. */
    void journal() {
        buffer.awaitJournaled(buffer.intake().openCells());
    }

    void assertNothingPending() {
        assertThat(buffer.stats().pendingRows()).as("pendingRows").isZero();
        assertThat(buffer.stats().pendingBytes()).as("pendingBytes").isZero();
    }

    @Override
    public void close() {
        if (buffer != null) {
            buffer.close(Duration.ofSeconds(5));
        }
    }
}
