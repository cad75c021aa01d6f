package dev.weir.schema.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the one document of a YAML file as data: no tags, no anchors, no aliases, no key twice, no deep nesting. It works on
 * the parser's events, so that what is refused is refused before anything is made of it.
 */
final class YamlReader {
    private static final int DEEPEST = 16;

    /** Ends the reading of a file whose problem has been told. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused() {
            super(null, null, false, false);
        }
    }

    private final Iterator<Event> events;
    private final FileProblems.Of problems;

    private YamlReader(Iterator<Event> events, FileProblems.Of problems) {
        this.events = events;
        this.problems = problems;
    }

    /** The document's root; null if it can't be read, which is then a problem. */
    static @Nullable YamlNode read(String text, FileProblems.Of problems) {
        LoadSettings settings = LoadSettings.builder()
                .setParseComments(false)
                .setCodePointLimit(FileText.MOST_BYTES)
                .build();
        YamlReader reader = new YamlReader(new Parse(settings).parseString(text).iterator(), problems);
        try {
            return reader.document();
        } catch (Refused e) {
            return null;
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            int column = e.getProblemMark().map(Mark::getColumn).orElse(0) + 1;
            problems.add(
                    line,
                    column,
                    "a schema file is YAML",
                    (e.getContext() == null ? "" : e.getContext() + ", ") + e.getProblem(),
                    "correct it there or shortly before");
            return null;
        } catch (YamlEngineException e) {
            problems.add("a schema file is YAML", "error=" + e.getMessage(), "correct it");
            return null;
        }
    }

    private @Nullable YamlNode document() {
        YamlNode root = null;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof NodeEvent node) {
                if (root != null) {
                    throw refuse(event, "a schema file is one document", "documents=2", "make two files of it");
                }
                root = node(node, 1);
            }
        }
        if (root == null) {
            problems.add(
                    1, 1, "a schema file declares something", "content=''", "declare its columns, or remove the file");
        }
        return root;
    }

    private YamlNode node(NodeEvent event, int depth) {
        if (event instanceof AliasEvent) {
            throw refuse(
                    event, "a schema file has no aliases", "alias=*" + name(event), "write out what it stands for");
        }
        if (event.getAnchor().isPresent()) {
            throw refuse(event, "a schema file has no anchors", "anchor=&" + name(event), "remove it");
        }
        Optional<String> tag =
                event instanceof ScalarEvent scalar ? scalar.getTag() : ((CollectionStartEvent) event).getTag();
        if (tag.isPresent()) {
            throw refuse(event, "a schema file has no tags", "tag=" + tag.get(), "remove it; quote a text");
        }
        if (depth > DEEPEST) {
            throw refuse(event, "a schema file nests at most " + DEEPEST + " levels", "level=" + depth, "make it flat");
        }
        int line = line(event);
        int column = column(event);
        if (event instanceof ScalarEvent scalar) {
            return new YamlNode.Scalar(scalar.getValue(), scalar.isPlain(), line, column);
        }
        if (event instanceof MappingStartEvent) {
            return new YamlNode.Mapping(entries(depth), line, column);
        }
        List<YamlNode> items = new ArrayList<>();
        while (events.next() instanceof NodeEvent item) {
            items.add(node(item, depth + 1));
        }
        return new YamlNode.Sequence(items, line, column);
    }

    private List<YamlNode.Entry> entries(int depth) {
        List<YamlNode.Entry> entries = new ArrayList<>();
        Map<String, YamlNode> firsts = new HashMap<>();
        while (events.next() instanceof NodeEvent event) {
            YamlNode key = node(event, depth + 1);
            YamlNode value = node((NodeEvent) events.next(), depth + 1);
            if (!(key instanceof YamlNode.Scalar name)) {
                problems.add(key, "a key is a text", "key is " + key.kind(), "write a text");
                continue;
            }
            YamlNode first = firsts.putIfAbsent(name.text(), name);
            if (first != null) {
                problems.add(
                        key,
                        "a key stands once in a map",
                        "key=" + name.text() + " first=line " + first.line(),
                        "remove or rename one of them");
            } else {
                entries.add(new YamlNode.Entry(name, value));
            }
        }
        return entries;
    }

    private static String name(NodeEvent event) {
        return event.getAnchor().map(Object::toString).orElse("");
    }

    private static int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private static int column(Event event) {
        return event.getStartMark().map(Mark::getColumn).orElse(0) + 1;
    }

    private Refused refuse(Event event, String rule, String found, String cure) {
        problems.add(line(event), column(event), rule, found, cure);
        return new Refused();
    }
}
