package dev.weir.buffer;

import dev.weir.time.Clock;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteJournalTest extends JournalContract {
    @TempDir
    Path directory;

    @Override
    Journal openDirectory() {
        return SqliteJournal.open(directory, Clock.system());
    }
}
