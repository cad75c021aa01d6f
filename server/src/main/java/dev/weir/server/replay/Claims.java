package dev.weir.server.replay;

import dev.weir.server.CommandFailed;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Makes files this run's: no two runs may write one position, and what is pending in one data directory may not come after
 * another one's lines.
 *
 * <p>A position names the host and the data directory of the run that had the file last, and whether something of it may
 * still be pending there. On the same host that run is alive as long as its directory is locked; on another host nobody can
 * tell, so its files are refused until it ends by itself.
 */
final class Claims {
    private final Positions positions;
    private final DataDirectory data;
    private final Predicate<Path> pending;
    private final String host = host();
    private final String claim = UUID.randomUUID().toString();
    private final List<String> taken = new ArrayList<>();

    /**
     * No claims yet.
     *
     * @param pending whether the journal in a data directory, which nobody owns, holds what the database has not
     */
    Claims(Positions positions, DataDirectory data, Predicate<Path> pending) {
        this.positions = positions;
        this.data = data;
        this.pending = pending;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }

    /**
     * Takes a file.
     *
     * @return where its last run stood
     * @throws CommandFailed if another run has it, or left something pending
     */
    Position take(Input input, String key) {
        while (true) {
            Optional<Position> found = positions.find(key);
            Position mine = fresh();
            if (found.isEmpty() ? positions.insert(key, mine) : takeOver(input, key, found.get())) {
                taken.add(key);
                return found.orElse(mine);
            }
        }
    }

    private Position fresh() {
        return new Position(
                0,
                0,
                new StartHash().value(),
                false,
                false,
                1,
                host,
                data.path().toString(),
                true,
                claim);
    }

    private boolean takeOver(Input input, String key, Position last) {
        String mine = data.path().toString();
        if (!last.active() || (last.host().equals(host) && last.data().equals(mine))) {
            return positions.claim(key, last.claim(), host, mine, claim);
        }
        if (!last.host().equals(host)) {
            throw refused(input, last, "the other run is on host=" + last.host());
        }
        Path other = Path.of(last.data());
        if (!Files.isDirectory(other)) {
            return positions.claim(key, last.claim(), host, mine, claim);
        }
        try (DataDirectory held = DataDirectory.tryTake(other)
                .orElseThrow(() -> refused(input, last, "another replay of it is running there"))) {
            if (pending.test(held.path())) {
                throw refused(input, last, "lines of it are pending there");
            }
            return positions.claim(key, last.claim(), host, mine, claim);
        }
    }

    private static CommandFailed refused(Input input, Position last, String why) {
        return new CommandFailed("a file is replayed into a database by one run at a time: file=" + input.shown()
                + ", data=" + last.data() + ", " + why
                + "; wait until that run ends, or run the same command with that --data");
    }

    /** Lets all files go: nothing of them is pending. */
    void release() {
        for (String key : taken) {
            positions.release(key, claim);
        }
        taken.clear();
    }
}
