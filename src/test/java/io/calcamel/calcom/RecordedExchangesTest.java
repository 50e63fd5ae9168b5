package io.calcamel.calcom;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the client makes of exchanges with Cal.com: of each either our words, or one of our errors.
 *
 * <p>Those beside this test are written from the facts of Cal.com's API. With {@code -Dexchanges=FOLDER} it reads
 * recordings instead ({@code {request{method, path, headers, body}, response{status, headers, body}}}) and prints what it
 * makes of each.
 */
class RecordedExchangesTest {

    private static final Path OWN = Path.of("src/test/resources/io/calcamel/calcom/exchanges.json");

    private static final String RECORDINGS = System.getProperty("exchanges");

    static Stream<Arguments> exchanges() throws IOException {
        if (RECORDINGS == null) {
            return StreamSupport.stream(Json.MAPPER.readTree(OWN.toFile()).spliterator(), false)
                    .map(exchange -> Arguments.of(exchange.path("name").asText(), exchange));
        }
        return Files.list(Path.of(RECORDINGS)).filter(file -> file.toString().endsWith(".json") && !file.endsWith("index.json")).sorted()
                .map(file -> Arguments.of(file.getFileName().toString(), read(file)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("exchanges")
    void everyExchangeIsOurWordsOrTheRightError(String name, JsonNode exchange) {
        String made = decode(exchange);
        if (RECORDINGS == null) {
            assertThat(made).isEqualTo(exchange.path("expected").asText());
        } else {
            System.out.printf("%-50s %3d %s%n", name, exchange.at("/response/status").asInt(), made);
            assertThat(made).doesNotStartWith("unavailable");
        }
    }

    private static JsonNode read(Path file) {
        try {
            return Json.MAPPER.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String decode(JsonNode exchange) {
        JsonNode request = exchange.path("request");
        JsonNode body = exchange.at("/response/body");
        byte[] bytes = body.isTextual() ? body.textValue().getBytes(StandardCharsets.UTF_8)
                : body.isNull() || body.isMissingNode() ? new byte[0] : Json.write(body).getBytes(StandardCharsets.UTF_8);
        boolean hasKey = request.path("headers").properties().stream().anyMatch(header -> header.getKey().equalsIgnoreCase("authorization"));
        try {
            return Exchanges.words(request.path("method").asText(), request.path("path").asText(), hasKey, request.path("body"),
                    CalcomAnswer.of(exchange.at("/response/status").asInt(), bytes));
        } catch (CalcomException e) {
            return e.error().code() + (e.getMessage().equals(e.error().title()) ? "" : " (" + e.getMessage() + ")");
        }
    }
}
