package io.calcamel.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EraseCommandTest {

    @RegisterExtension
    static final WireMockExtension HUB = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    private final FakeTerminal terminal = new FakeTerminal();

    private int execute(String... args) {
        return terminal.with("CALCAMEL_URL", HUB.baseUrl()).with("CALCAMEL_API_TOKEN", "company").execute(args);
    }

    private static void answers(String token, String order, int open) {
        HUB.stubFor(post("/api/erasures").withHeader("Authorization", equalTo("Bearer " + token)).withRequestBody(equalToJson(order))
                .willReturn(okJson("{\"appointments\":2,\"bookings\":3,\"deliveries\":7,\"intents\":1,\"open\":" + open + "}")));
    }

    @Test
    void saysWhatWasErased() {
        answers("company", "{\"email\":\"zoe@example.org\",\"dryRun\":false}", 0);
        assertThat(execute("erase", "--email", "zoe@example.org")).isZero();
        assertThat(terminal.out().lines()).containsExactly("appointments  2", "bookings      3", "deliveries    7", "intents       1");
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void aBookingThatIsStillToBeMadeIsSaid() {
        answers("company", "{\"phoneNumber\":\"+49 30 123456\",\"dryRun\":false}", 1);
        assertThat(execute("erase", "--phone", "+49 30 123456")).isEqualTo(1);
        assertThat(terminal.err()).contains("Cancel them, and erase again");
    }

    @Test
    void anotherCompanyTakesTheAdministratorsToken() {
        answers("administrator", "{\"email\":\"zoe@example.org\",\"company\":\"acme\",\"dryRun\":true}", 0);
        terminal.with("CALCAMEL_ADMIN_TOKEN", "administrator");
        assertThat(execute("erase", "--email", "zoe@example.org", "--company", "acme", "--dry-run")).isZero();
    }

    @Test
    void onePersonIsNamedInOneWay() {
        assertThat(execute("erase")).isEqualTo(2);
        assertThat(execute("erase", "--email", "a@b.example", "--phone", "+4930123456")).isEqualTo(2);
    }
}
