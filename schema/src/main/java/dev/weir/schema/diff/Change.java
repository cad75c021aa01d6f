package dev.weir.schema.diff;

import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalTable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One change of a schema, and the change that takes its effect on the schema (not on rows) back. */
public sealed interface Change {
    /** The table it changes, by the name it has when the change is made. */
    String table();

    /** The change back. */
    Change inverse();

    /** A table gets another name; what refers to it follows. */
    record RenameTable(String table, String to) implements Change {
        @Override
        public Change inverse() {
            return new RenameTable(to, table);
        }
    }

    /** A column gets another name; what refers to it follows. */
    record RenameColumn(String table, String column, String to) implements Change {
        @Override
        public Change inverse() {
            return new RenameColumn(table, to, column);
        }
    }

    /** A table is made with all that {@code created} holds; foreign keys that must come later are not in it. */
    record CreateTable(PhysicalTable created) implements Change {
        @Override
        public String table() {
            return created.name();
        }

        @Override
        public Change inverse() {
            return new DropTable(created);
        }
    }

    /** A table goes. */
    record DropTable(PhysicalTable dropped) implements Change {
        @Override
        public String table() {
            return dropped.name();
        }

        @Override
        public Change inverse() {
            return new CreateTable(dropped);
        }
    }

    /** A column is added. */
    record AddColumn(String table, PhysicalColumn column) implements Change {
        @Override
        public Change inverse() {
            return new DropColumn(table, column);
        }
    }

    /** A column goes. */
    record DropColumn(String table, PhysicalColumn column) implements Change {
        @Override
        public Change inverse() {
            return new AddColumn(table, column);
        }
    }

    /** A column of one name becomes another in what it is: its type, NULL, default, expression, identity, collation, comment. */
    record AlterColumn(String table, PhysicalColumn from, PhysicalColumn to) implements Change {
        @Override
        public Change inverse() {
            return new AlterColumn(table, to, from);
        }
    }

    /** The primary key becomes another; null is none. */
    record AlterPrimaryKey(
            String table,
            @Nullable PhysicalKey from,
            @Nullable PhysicalKey to) implements Change {
        @Override
        public Change inverse() {
            return new AlterPrimaryKey(table, to, from);
        }
    }

    /** An index is added. */
    record AddIndex(String table, PhysicalIndex index) implements Change {
        @Override
        public Change inverse() {
            return new DropIndex(table, index);
        }
    }

    /** An index, or the unique constraint that it is, goes. */
    record DropIndex(String table, PhysicalIndex index) implements Change {
        @Override
        public Change inverse() {
            return new AddIndex(table, index);
        }
    }

    /** A foreign key is added. */
    record AddForeignKey(String table, PhysicalForeignKey key) implements Change {
        @Override
        public Change inverse() {
            return new DropForeignKey(table, key);
        }
    }

    /** A foreign key goes. */
    record DropForeignKey(String table, PhysicalForeignKey key) implements Change {
        @Override
        public Change inverse() {
            return new AddForeignKey(table, key);
        }
    }

    /** A check is added. */
    record AddCheck(String table, PhysicalCheck check) implements Change {
        @Override
        public Change inverse() {
            return new DropCheck(table, check);
        }
    }

    /** A check goes. */
    record DropCheck(String table, PhysicalCheck check) implements Change {
        @Override
        public Change inverse() {
            return new AddCheck(table, check);
        }
    }

    /** A foreign key that was added without looking at the rows is made good for them. */
    record ValidateForeignKey(String table, PhysicalForeignKey key) implements Change {
        @Override
        public Change inverse() {
            return this;
        }
    }

    /** A check that was added without looking at the rows is made good for them. */
    record ValidateCheck(String table, PhysicalCheck check) implements Change {
        @Override
        public Change inverse() {
            return this;
        }
    }

    /** The table's comment becomes another; null is none. */
    record AlterComment(
            String table, @Nullable String from, @Nullable String to) implements Change {
        @Override
        public Change inverse() {
            return new AlterComment(table, to, from);
        }
    }

    /**
     * The table is made anew and its rows are copied, on an engine that can't change it in place.
     *
     * @param from the table as it is
     * @param to the table as it will be, of the same name
     * @param sources for each column of {@code to} that takes over a column's values, that column of {@code from}
     */
    record RebuildTable(PhysicalTable from, PhysicalTable to, Map<String, String> sources) implements Change {
        /** A copy whose map can't change. */
        public RebuildTable {
            sources = Map.copyOf(sources);
        }

        @Override
        public String table() {
            return from.name();
        }

        @Override
        public Change inverse() {
            Map<String, String> back = new java.util.HashMap<>();
            sources.forEach((target, source) -> back.put(source, target));
            return new RebuildTable(to, from, back);
        }
    }
}
