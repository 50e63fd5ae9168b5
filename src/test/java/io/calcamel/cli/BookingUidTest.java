package io.calcamel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BookingUidTest {

    @Test
    void aFreshOneLooksLikeCalComs() {
        assertThat(Stream.generate(BookingUid::fresh).limit(1000)).doesNotHaveDuplicates()
                .allSatisfy(uid -> assertThat(uid).matches("[0-9A-Za-z]{22}").doesNotContainPattern("[0OIl]"));
    }

    @Test
    void itsIdIsAlwaysTheSame() {
        assertThat(BookingUid.idOf("8fT2mKqXb4")).isEqualTo(BookingUid.idOf("8fT2mKqXb4")).isBetween(100_000, 999_999);
        assertThat(BookingUid.idOf("8fT2mKqXb4")).isNotEqualTo(BookingUid.idOf("8fT2mKqXb5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"payload\":{\"uid\":\"u1\"}}", "{\"payload\":{\"bookingUid\":\"u1\"}}", "{\"payload\":{\"booking\":{\"uid\":\"u1\"}}}",
        "{\"booking\":{\"uid\":\"u1\"}}", "{\"uid\":\"u1\"}"})
    void isFoundInEveryForm(String body) {
        assertThat(BookingUid.in(body.getBytes(StandardCharsets.UTF_8))).contains("u1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "false", "not json", "{}", "[]", "{\"uid\":7}", "{\"payload\":\"uid\"}"})
    void isNotFoundWhereThereIsNone(String body) {
        assertThat(BookingUid.in(body.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }
}
