package dev.weir.db.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcUrlTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://ada:hush@db:5432/app | jdbc:postgresql://***@db:5432/app",
                "jdbc:postgresql://db/app?user=ada&password=hush&ssl=true"
                        + " | jdbc:postgresql://db/app?user=***&password=***&ssl=true",
                "jdbc:mariadb://db/app?PASSWORD=hush | jdbc:mariadb://db/app?PASSWORD=***",
                "jdbc:h2:mem:x;USER=ada;PASSWORD=hush;MODE=Oracle | jdbc:h2:mem:x;USER=***;PASSWORD=***;MODE=Oracle",
                "jdbc:mysql://ada:hu@sh@db/app | jdbc:mysql://***@db/app",
                "jdbc:mysql://ada:hu/s?h@db/app | jdbc:mysql://***@db/app",
                "jdbc:postgresql://db/app?sslpassword=hush&trustStorePassword=hush"
                        + " | jdbc:postgresql://db/app?sslpassword=***&trustStorePassword=***",
                "postgres://ada:hush@db/app | postgres://***@db/app",
                "jdbc:oracle:thin:ada/hush@db | jdbc:oracle:thin:***@db",
                "ada:hush@db | ada:***@db",
                "jdbc:mariadb://address=(host=db)(port=1)(user=ada)(password=hush)/app"
                        + " | jdbc:mariadb://address=(host=db)(port=1)(user=***)(password=***)/app",
                "jdbc:mariadb://address=(host=db)(password=hu)sh)/app | jdbc:mariadb://address=(host=db)(password=***)/app",
                "jdbc:x:(description=(password=hush)) | jdbc:x:(description=(password=***))",
            })
    void credentials_areHidden(String url, String shown) {
        assertThat(JdbcUrl.redacted(url)).isEqualTo(shown).doesNotContain("hush");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:sqlite:data/weir.db",
                "jdbc:postgresql://db:5432/app?ssl=true&ApplicationName=x",
                "jdbc:postgresql://db/app?contact=a@b",
                "jdbc:h2:mem:test;MODE=PostgreSQL",
                "nonsense",
                "",
                "jdbc:mysql://db/app?useAffectedRows=false",
            })
    void theRest_isShown(String url) {
        assertThat(JdbcUrl.redacted(url)).isEqualTo(url);
    }

    @Test
    void inAMessage_onlyTheUrlIsTreated() {
        assertThat(JdbcUrl.redactedIn("can't open jdbc:x://ada:hush@db/app?password=hu sh\nask b@c"))
                .isEqualTo("can't open jdbc:x://***@db/app?password=***\nask b@c");
    }

    @Test
    void aParameterThatHoldsAnAt_hidesTooMuchRatherThanTooLittle() {
        assertThat(JdbcUrl.redacted("jdbc:postgresql://db/app?password=hu@sh"))
                .doesNotContain("hu")
                .doesNotContain("sh@");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Incorrect port value : p@hush@127.0.0.1 | jdbc:mariadb://ada:p@hush@127.0.0.1:1/x | true",
                "Incorrect port value : p@hush@127.0.0.1 | jdbc:mariadb://ada:b@127.0.0.1:1/x | false",
                "no such option: hush | jdbc:h2:mem:x;PASSWORD=hush | true",
                "wrong: x | jdbc:h2:mem:x;PASSWORD=x | true",
                "wrong: extra | jdbc:h2:mem:x;PASSWORD=x | false",
                "Connection to localhost:5432 refused | jdbc:postgresql://localhost/app?user=ada&password=hush | false",
                "Connection refused | jdbc:postgresql://localhost/app | false",
            })
    void aMessage_tellsWhatTheUrlHides(String message, String url, boolean tells) {
        assertThat(JdbcUrl.tells(message, url)).isEqualTo(tells);
    }
}
