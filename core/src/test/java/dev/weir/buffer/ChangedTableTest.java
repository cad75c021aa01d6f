package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Weir;
import dev.weir.db.Database;
import dev.weir.db.TableBuffer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables that are changed while they are buffered, and looks at the catalog that must not hold others up. */
@Timeout(60)
class ChangedTableTest {
    @TempDir
    Path directory;

    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    private final Source source = new Source();
    private Weir weir;

    /** Connections of H2, of which a test may forbid a second one or make the next wait. */
    private static final class Source implements InvocationHandler {
        final JdbcDataSource target = new JdbcDataSource();
        final DataSource dataSource = (DataSource)
                Proxy.newProxyInstance(Source.class.getClassLoader(), new Class<?>[] {DataSource.class}, this);
        volatile boolean empty;
        volatile boolean gated;
        final CountDownLatch arrived = new CountDownLatch(1);
        final CountDownLatch gate = new CountDownLatch(1);

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            if (method.getName().equals("getConnection")) {
                if (empty) {
                    throw new SQLException("The pool has no other connection.", "08001");
                }
                if (gated) {
                    gated = false;
                    arrived.countDown();
                    gate.await();
                }
            }
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    @BeforeEach
    void open() {
        source.target.setUrl(url);
        direct("create table \"posts\"(\"id\" bigint primary key, \"title\" varchar(10), \"views\" int)");
        direct("insert into \"posts\" values(1, 'a', 0)");
        weir = Weir.builder()
                .database(source.dataSource)
                .journal(directory)
                .buffer(BufferSettings.builder()
                        .flushInterval(Duration.ofHours(1))
                        .build())
                .build();
    }

    @AfterEach
    void close() {
        source.empty = false;
        weir.close(Duration.ofSeconds(5));
        direct("shutdown");
    }

    private void direct(String sql) {
        try (Connection connection = source.target.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object value(String column) {
        return Database.builder(source.dataSource)
                .build()
                .table("posts")
                .where("id", 1)
                .first()
                .orElseThrow()
                .get(column);
    }

    private TableBuffer posts() {
        return weir.buffer().table("posts");
    }

    @Test
    void widenedColumn_takesWhatFitsNow() {
        assertThatThrownBy(() -> posts().where(1).update(Map.of("title", "0123456789abc")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("column=title");
        direct("alter table \"posts\" alter column \"title\" varchar(20)");
        direct("alter table \"posts\" alter column \"views\" bigint");

        posts().where(1).update(Map.of("title", "0123456789abc"));
        posts().where(1).add("views", 1L << 40);
        weir.buffer().atomically(g -> g.table("posts").where(1).update(Map.of("title", "0123456789abcd")));
        weir.buffer().flush();

        assertThat(value("title")).isEqualTo("0123456789abcd");
        assertThat(value("views")).isEqualTo(1L << 40);
        assertThat(weir.buffer().deadLetters().count()).isZero();
    }

    @Test
    void columnThatNeedsNoValueAnyMore_mayBeLeftOut() {
        direct("alter table \"posts\" add column \"author\" varchar(10) default 'x' not null");
        direct("alter table \"posts\" alter column \"author\" drop default");
        posts().insert(Map.of("id", 2, "author", "b"));
        assertThatThrownBy(() -> posts().insert(Map.of("id", 3))).hasMessageContaining("posts.author");
        direct("alter table \"posts\" drop column \"author\"");

        posts().insert(Map.of("id", 4));
    }

    @Test
    void changedKeyOrKind_isRefused_withTheCure() {
        posts().where(1).add("views", 1);
        weir.buffer().flush();
        direct("drop table \"posts\"");
        direct("create table \"posts\"(\"id\" bigint, \"title\" varchar(20) primary key, \"views\" int)");

        assertThatThrownBy(() -> posts().where(1).update(Map.of("title", "0123456789abc")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("table=posts")
                .hasMessageContaining("Restart");

        direct("drop table \"posts\"");
        direct("create table \"posts\"(\"id\" bigint primary key, \"title\" int, \"views\" int)");
        assertThatThrownBy(() -> posts().where(1).update(Map.of("title", "0123456789abc")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("column=title")
                .hasMessageContaining("Restart");

        direct("drop table \"posts\"");
        assertThatThrownBy(() -> posts().where(1).update(Map.of("title", "0123456789abc")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("table=");
    }

    @Test
    void awayDatabase_refusesByWhatIsKnown() {
        posts();
        source.empty = true;

        assertThatThrownBy(() -> posts().where(1).update(Map.of("title", "0123456789abc")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("column=title");
    }

    @Test
    void lookInsideATransaction_goesThroughItsConnection() {
        weir.database().transaction(tx -> {
            TableBuffer inside = tx.table("posts").buffer();
            source.empty = true;
            assertThatThrownBy(() -> inside.where(1).add("likes", 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("column=likes");
            assertThatThrownBy(() -> inside.where(1).update(Map.of("title", "0123456789abc")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("column=title");
            inside.counter("VIEWS").add(1, 1);
            source.empty = false;
        });
        weir.buffer().flush();

        assertThat(value("views")).isEqualTo(1L);
    }

    @Test
    void lookAtTheCatalog_holdsNobodyElseUp() throws Exception {
        posts();
        source.gated = true;
        CompletableFuture<Void> looking =
                CompletableFuture.runAsync(() -> posts().where(1).add("likes", 1));
        assertThat(source.arrived.await(20, TimeUnit.SECONDS)).isTrue();

        CompletableFuture.runAsync(() -> posts().counter("Views").add(1, 1)).get(20, TimeUnit.SECONDS);
        assertThat(looking).isNotDone();

        source.gate.countDown();
        assertThat(looking.handle((ok, e) -> String.valueOf(e)).get(20, TimeUnit.SECONDS))
                .contains("column=likes");
    }
}
