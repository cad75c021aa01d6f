package dev.weir.schema.file;

import java.util.List;

/** A value in a YAML file and where it starts, lines and columns counted from 1. */
sealed interface YamlNode {
    int line();

    int column();

    /** What it is, for messages. */
    String kind();

    /**
     * One value.
     *
     * @param plain whether it stands without quotes, so that it may be more than a text
     */
    record Scalar(String text, boolean plain, int line, int column) implements YamlNode {
        @Override
        public String kind() {
            return "a value";
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, int line, int column) implements YamlNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A map, whose keys differ. */
    record Mapping(List<Entry> entries, int line, int column) implements YamlNode {
        @Override
        public String kind() {
            return "a map";
        }
    }

    /** A key and what belongs to it. */
    record Entry(Scalar key, YamlNode value) {}
}
