package io.calcamel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"triggerEvent":"PING"} | 164d418cf8da12f252a9c81b47c4c8f2cdfbd011385e6d1db164477e2422fe74
            {"triggerEvent":"BOOKING_CREATED","payload":{"title":"Gespräch mit Zoë 🌴"}} | 8855c9ca1675f5096ffd15b51729d29758acab7bf49ca5bfff896ffd966b7367
            """)
    void isTheOneOfTheKnownBodies(String body, String signature) {
        assertThat(Signature.of(body.getBytes(StandardCharsets.UTF_8), "s3cr3t")).isEqualTo(signature);
    }

    @Test
    void takesTheSecretAsUtf8() {
        // printf '{}' | openssl dgst -sha256 -hmac 'Schlüssel-ÄÖÜ', in a UTF-8 terminal
        assertThat(Signature.of("{}".getBytes(StandardCharsets.UTF_8), "Schlüssel-ÄÖÜ")).isEqualTo("44121eaf7a4bd02b8fe752bf6d1b078af78e6795af17f619ee002c9a97492317");
    }
}
