package dev.weir.server.replay;

import dev.weir.db.Durability;
import dev.weir.server.database.TargetDatabase;
import dev.weir.server.replay.ReplayListener.Point;
import java.nio.file.Path;
import java.util.List;

/** A program that replays a file and dies at a point as if killed: no hooks, no flush. */
final class HaltingReplay {
    /** Exit code of a program that died there. */
    static final int HALTED = 77;

    private HaltingReplay() {}

    /** URL, file, data directory, durability, point, and how many times it is reached before. */
    public static void main(String[] arguments) {
        Point at = Point.valueOf(arguments[4]);
        int[] left = {Integer.parseInt(arguments[5])};
        try (TargetDatabase target = TargetDatabase.open(arguments[0])) {
            ReplayOptions options = new ReplayOptions(
                    List.of(arguments[1]),
                    target.dataSource(),
                    target.shownUrl(),
                    Path.of(arguments[2]),
                    Durability.valueOf(arguments[3]),
                    0,
                    false);
            new Replay(options, new ReplayListener() {
                        @Override
                        public void reached(Point point) {
                            if (point == at && left[0]-- == 0) {
                                Runtime.getRuntime().halt(HALTED);
                            }
                        }
                    })
                    .run();
        }
    }
}
