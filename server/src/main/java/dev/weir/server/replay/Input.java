package dev.weir.server.replay;

import dev.weir.server.CommandFailed;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of the files to read.
 *
 * @param shown as the user gave it
 * @param path where it is; null for standard input
 * @param key names its position; null for standard input and pipes, which have none
 * @param size its size on disk; -1 if it has none
 */
record Input(String shown, @Nullable Path path, @Nullable String key, long size) {
    /**
     * The files in order, each once.
     *
     * @throws CommandFailed if one is missing or can't be read
     */
    static List<Input> resolve(List<String> files, ReplayListener listener) {
        Map<String, Input> inputs = new LinkedHashMap<>();
        for (String file : files) {
            Input input = file.equals(ReplayOptions.STANDARD_INPUT) ? new Input(file, null, null, -1) : resolve(file);
            if (inputs.putIfAbsent(input.key == null ? file : input.key, input) != null) {
                listener.note(file + " was given twice; it is taken once");
            }
        }
        return List.copyOf(inputs.values());
    }

    private static Input resolve(String file) {
        try {
            Path path = Path.of(file);
            if (!Files.exists(path)) {
                throw unreadable(file, "there is no such file");
            }
            if (Files.isDirectory(path)) {
                throw unreadable(file, "it is a directory");
            }
            if (!Files.isRegularFile(path)) {
                if (!Files.isReadable(path)) {
                    throw unreadable(file, "its rights forbid it");
                }
                return new Input(file, path, null, -1);
            }
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                return new Input(file, path, Positions.key(path.toRealPath().toString()), channel.size());
            }
        } catch (InvalidPathException e) {
            throw unreadable(file, "it is no path");
        } catch (IOException e) {
            throw unreadable(file, e.getClass().getSimpleName());
        }
    }

    private static CommandFailed unreadable(String file, String why) {
        return new CommandFailed("every file must be readable before any line is taken: file=" + file + ", " + why
                + "; nothing was read");
    }

    LineSource open() throws IOException {
        if (path == null) {
            // A channel, so that closing it ends a read that waits.
            return LineSource.of(Channels.newInputStream(new FileInputStream(FileDescriptor.in).getChannel()));
        }
        return LineSource.open(path);
    }
}
