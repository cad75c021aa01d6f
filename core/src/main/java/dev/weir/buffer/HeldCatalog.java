package dev.weir.buffer;

import dev.weir.db.engine.Catalog;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.TableInfo;
import java.sql.Connection;

/** A catalog for a caller who holds a connection: every look goes through it, and the pool is not asked. */
record HeldCatalog(Catalog catalog, Connection connection) implements Catalog {
    @Override
    public TableInfo table(String name) {
        return catalog.table(connection, name);
    }

    @Override
    public TableInfo table(Connection other, String name) {
        return catalog.table(other, name);
    }

    @Override
    public ColumnInfo column(TableInfo table, String name) {
        return catalog.column(connection, table, name);
    }

    @Override
    public ColumnInfo column(Connection other, TableInfo table, String name) {
        return catalog.column(other, table, name);
    }

    @Override
    public TableInfo fresh(TableInfo table) {
        return catalog.fresh(connection, table);
    }

    @Override
    public TableInfo fresh(Connection other, TableInfo table) {
        return catalog.fresh(other, table);
    }

    @Override
    public void refresh() {
        catalog.refresh();
    }
}
