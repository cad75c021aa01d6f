package dev.weir.db;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import java.util.UUID;

/** UUIDs of version 7: they begin with the time, so that new rows lie together in an index. */
public final class UuidV7 {
    private static final NoArgGenerator GENERATOR = Generators.timeBasedEpochGenerator();

    private UuidV7() {}

    /** A fresh UUID, greater (by unsigned bytes, as text, and as PostgreSQL compares) than those that this process got before. */
    public static UUID next() {
        return GENERATOR.generate();
    }
}
