package dev.weir.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageNameTest {
    @ParameterizedTest
    @CsvSource({
        "home,home",
        "a%2Fb,a/b",
        "a%2fb,a/b",
        "a+b,a+b",
        "a%20b,'a b'",
        "%252F,%2F",
        "%25,%",
        "caf%C3%A9,café",
        "%F0%9F%98%80,😀",
        "..,..",
        "a;b=c,a;b=c"
    })
    void name_isDecodedOnce(String encoded, String name) {
        assertThat(PageName.fromPathSegment(encoded)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "%2", "%zz", "%-1", "%+1", "a%F", "%FF", "%C3", "%C0%AF", "%ED%A0%80", "%٣٣"})
    void name_badlyEncodedOrEmpty_isRefused(String encoded) {
        assertThatIllegalArgumentException().isThrownBy(() -> PageName.fromPathSegment(encoded));
    }

    @Test
    void name_hasAtMost200Characters_countedAsCodePoints() {
        assertThat(PageName.fromPathSegment("x".repeat(200))).hasSize(200);
        assertThat(PageName.fromPathSegment("%F0%9F%98%80".repeat(200))).hasSize(400);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PageName.fromPathSegment("x".repeat(201)))
                .withMessageContaining("201");
        assertThatIllegalArgumentException().isThrownBy(() -> PageName.fromPathSegment("%F0%9F%98%80".repeat(201)));
    }

    @Test
    void queryValue_takesPlusForSpace() {
        assertThat(PageName.decode("a+b%2B", true)).isEqualTo("a b+");
    }
}
