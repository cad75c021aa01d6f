package dev.weir.testkit;

import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class FaultyDataSourceOnH2Test extends FaultyDataSourceCases {
    private final String name = UUID.randomUUID().toString();

    @Override
    DataSource target() {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
        return dataSource;
    }
}
