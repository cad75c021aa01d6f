package dev.weir.schema.guide;

import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

class RecipesOnSqliteTest extends RecipeCases {
    @Override
    DataSource open() {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + directory.resolve("test.db") + "?foreign_keys=on&busy_timeout=5000");
        return source;
    }

    /** As the guide says beside it. */
    @Override
    String spelled(String text) {
        return text.replace("position(' ' in name)", "instr(name, ' ')");
    }
}
