package dev.weir.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Keeps a result as data. */
final class ResultFile {
    private ResultFile() {}

    /** Writes {@code <date>-<name>.json}, in place of one of the same day. */
    static Path write(Path directory, Bench bench, Result result) throws IOException {
        LocalDate date = LocalDate.now(ZoneOffset.UTC);
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("bench", result.bench());
        content.put("date", date.toString());
        content.put("question", bench.question());
        content.put("floorIs", bench.floor());
        content.put("unit", result.unit() + "/s");
        content.put("ours", result.ours().median());
        content.put("floor", result.floor().median());
        content.put("ratio", result.ratio());
        content.put("goal", result.goal());
        content.put("finalState", result.wrong().orElse("right"));
        content.put("oursRounds", result.ours().rounds());
        content.put("floorRounds", result.floor().rounds());
        content.put("notes", result.notes());
        Machine machine = Machine.here();
        content.put("commit", machine.commit());
        content.put("machine", machineOf(machine));
        content.put("jdk", machine.jdk());
        Files.createDirectories(directory);
        Path file = directory.resolve(date + "-" + result.bench() + ".json");
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        Files.writeString(file, mapper.writeValueAsString(content) + "\n");
        return file;
    }

    private static Map<String, Object> machineOf(Machine machine) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("cores", machine.cores());
        content.put("memoryMiB", machine.memoryMiB());
        content.put("cpu", machine.cpu());
        content.put("os", machine.os());
        content.put("heapMiB", Runtime.getRuntime().maxMemory() >> 20);
        return content;
    }
}
