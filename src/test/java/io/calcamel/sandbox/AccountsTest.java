package io.calcamel.sandbox;

import static io.calcamel.sandbox.TestSandbox.BOOKINGS;
import static io.calcamel.sandbox.TestSandbox.EVENT_TYPES;
import static io.calcamel.sandbox.TestSandbox.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.sandbox.TestSandbox.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may call, how often, and what each account has. */
class AccountsTest {

    @Test
    void anyKeyHasAnAccountOfItsOwn() throws IOException {
        try (TestSandbox sandbox = TestSandbox.selfHosted()) {
            JsonNode own = sandbox.get("/v2/event-types", EVENT_TYPES).data();
            assertThat(own.path(0).path("lengthInMinutes").asInt()).isEqualTo(30);
            assertThat(own.path(0).path("bookingFields")).noneMatch(field -> !field.path("isDefault").asBoolean());
            JsonNode other = sandbox.call("GET", "/v2/event-types", "cal_another_company", EVENT_TYPES, null).data();
            assertThat(other).hasSameSizeAs(own);
            assertThat(other.path(0).path("id").asInt()).isNotEqualTo(own.path(0).path("id").asInt());
            assertThat(sandbox.call("GET", "/v2/event-types/" + own.path(0).path("id").asInt(), "cal_another_company", EVENT_TYPES, null).status())
                    .isEqualTo(404);
            assertThat(sandbox.get("/v2/me", null).data().path("username").asText()).isEqualTo("mira");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", value = {
        "none | 401 | 403 | 404",
        "Bearer cal_unknown_key | 401 | 401 | 401",
        "Bearer cal_expired_key | 401 | 401 | 401",
        "Bearer some-token | 401 | 403 | 401",
        "bearer cal_test_key | 401 | 403 | 401",
        "cal_test_key | 200 | 200 | 404"})
    void aKeyIsLookedAtDifferentlyHereAndThere(String authorization, int me, int list, int booking) throws IOException {
        try (TestSandbox sandbox = TestSandbox.selfHosted()) {
            assertThat(sandbox.call("GET", "/v2/me", raw(authorization), null, null).status()).isEqualTo(me);
            assertThat(sandbox.call("GET", "/v2/bookings", raw(authorization), BOOKINGS, null).status()).isEqualTo(list);
            assertThat(sandbox.call("GET", "/v2/bookings/nope", raw(authorization), BOOKINGS, null).status()).isEqualTo(booking);
        }
    }

    /** The client adds the word Bearer to what has no space in it. */
    private static String raw(String authorization) {
        return authorization == null || authorization.contains(" ") ? authorization : authorization + " ";
    }

    @Test
    void theHundredAndTwentyFirstRequestIsTooManyAndBlocksForAMinute() throws IOException {
        try (TestSandbox sandbox = TestSandbox.limitedTo(120)) {
            Reply last = null;
            for (int i = 0; i < 120; i++) {
                last = sandbox.get("/v2/me", null);
            }
            assertThat(last.status()).isEqualTo(200);
            assertThat(last.headers()).containsEntry("x-ratelimit-limit-default", "120").containsEntry("x-ratelimit-remaining-default", "0");
            sandbox.wait(Duration.ofSeconds(50));
            Reply refused = sandbox.get("/v2/me", null);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.headers()).containsEntry("x-ratelimit-reset-default", "60").containsKey("x-request-id");
            assertThat(sandbox.call("GET", "/v2/me", "cal_another_company", null, null).status()).as("others are not held up").isEqualTo(200);
            sandbox.wait(Duration.ofSeconds(59));
            assertThat(sandbox.get("/v2/me", null).status()).isEqualTo(429);
            sandbox.wait(Duration.ofSeconds(1));
            assertThat(sandbox.get("/v2/me", null).status()).isEqualTo(200);
        }
    }

    @Test
    void someEndpointsHaveALimitOfTheirOwn() throws IOException {
        try (TestSandbox sandbox = TestSandbox.selfHosted()) {
            String uid = sandbox.book(sandbox.plainEventType(), "2030-01-14T10:00:00Z").data().path("uid").asText();
            Reply reply = null;
            for (int i = 0; i < 6; i++) {
                reply = sandbox.act(uid, "guests", KEY, "{'guests': [{'email': 'guest" + i + "@example.com'}]}");
            }
            assertThat(reply.status()).isEqualTo(429);
            assertThat(reply.headers()).containsEntry("x-ratelimit-limit-booking_guests_add", "5").doesNotContainKey("x-ratelimit-limit-default");
        }
    }

    @Test
    void aKeyIsKnownInItsOwnRegionOnly() throws IOException {
        try (TestSandbox sandbox = TestSandbox.hosted()) {
            Reply own = sandbox.call("GET", "/eu/v2/me", "cal_eu_company", null, null);
            assertThat(own.status()).isEqualTo(200);
            Reply elsewhere = sandbox.call("GET", "/v2/me", "cal_eu_company", null, null);
            Reply unknown = sandbox.call("GET", "/v2/me", "cal_unknown", null, null);
            assertThat(elsewhere.status()).isEqualTo(401);
            assertThat(elsewhere.body().path("error")).isEqualTo(unknown.body().path("error"));
            assertThat(sandbox.call("GET", "/eu/v2/me", KEY, null, null).status()).isEqualTo(401);
            assertThat(sandbox.call("GET", "/eu/api/v2/me", "cal_eu_company", null, null).data()).isEqualTo(own.data());
            assertThat(sandbox.call("GET", "/eu/v1/me?apiKey=cal_eu_company", null, null, null).status()).isEqualTo(200);
            assertThat(sandbox.call("GET", "/v1/me?apiKey=cal_eu_company", null, null, null).status()).isEqualTo(401);
            assertThat(sandbox.call("GET", "/eu/v2/event-types", "cal_eu_company", EVENT_TYPES, null).data()).noneMatch(
                    type -> sandbox.get("/v2/event-types", EVENT_TYPES).data().findValuesAsText("id").contains(type.path("id").asText()));
            sandbox.faults("{'500': {'match': '/eu/v2'}}");
            assertThat(sandbox.call("GET", "/eu/v2/me", "cal_eu_company", null, null).status()).isEqualTo(500);
            assertThat(sandbox.get("/v2/me", null).status()).isEqualTo(200);
        }
    }

    @Test
    void requestsTellWhereTheyWentAndWhoCalled() throws IOException {
        try (TestSandbox sandbox = TestSandbox.hosted()) {
            sandbox.get("/v2/me", null);
            sandbox.call("GET", "/eu/v2/teams", "cal_eu_company", null, null);
            sandbox.get("/v2/teams?x=1", null);
            sandbox.call("GET", "/v2/slots", null, null, null);
            List<Sandbox.RecordedRequest> asked = sandbox.sandbox().requests();
            assertThat(asked).extracting(Sandbox.RecordedRequest::path).containsExactly("/v2/me", "/eu/v2/teams", "/v2/teams", "/v2/slots");
            assertThat(asked.get(0).caller()).hasSize(12).isEqualTo(asked.get(2).caller()).isNotEqualTo(asked.get(1).caller());
            assertThat(asked.get(3).caller()).isEmpty();
            assertThat(asked.toString()).doesNotContain("cal_");
            assertThat(sandbox.sandbox().euBaseUrl()).endsWith("/eu/v2");
        }
    }

    @Test
    void manyAccountsWithManyEventTypesAreThereAtOnce() throws IOException {
        try (TestSandbox sandbox = TestSandbox.withEventTypes(50)) {
            long begin = System.nanoTime();
            for (int i = 0; i < 200; i++) {
                assertThat(sandbox.call("GET", "/v2/me", "cal_company_" + i, null, null).status()).isEqualTo(200);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
            assertThat(sandbox.call("GET", "/v2/event-types", "cal_company_7", EVENT_TYPES, null).data()).hasSize(50);
            assertThat(sandbox.call("GET", "/v2/teams", "cal_company_7", null, null).data()).isEmpty();
            assertThat(sandbox.get("/v2/event-types", EVENT_TYPES).data()).as("the demo account has one of every kind").hasSize(9);
        }
    }

    @Test
    void aPortThatIsTakenIsSaidSo() throws IOException {
        try (TestSandbox sandbox = TestSandbox.selfHosted()) {
            int port = sandbox.sandbox().port();
            assertThat(sandbox.sandbox().baseUrl()).isEqualTo("http://127.0.0.1:" + port + "/v2");
            assertThatThrownBy(() -> Sandbox.start(new Sandbox.Settings("127.0.0.1", port, KEY, null, null, 0, false)))
                    .isInstanceOf(IOException.class).hasMessageContaining("can't listen to 127.0.0.1:" + port);
        }
    }

    @Test
    void pathsThatAreNotThereSayHowTheyWereAskedFor() throws IOException {
        try (TestSandbox sandbox = TestSandbox.selfHosted()) {
            assertThat(sandbox.get("/v2/teams", null).message()).isEqualTo("Cannot GET /v2/teams");
            assertThat(sandbox.get("/api/v2/me", null).status()).isEqualTo(200);
            assertThat(sandbox.call("GET", "/health", null, null, null).text()).isEqualTo("OK");
            assertThat(sandbox.call("OPTIONS", "/v2/bookings", null, null, null).status()).isEqualTo(204);
            assertThat(sandbox.call("GET", "/", null, null, null).body().has("faults")).isTrue();
            assertThat(sandbox.call("POST", "/v2/bookings", null, BOOKINGS, "{oops").status()).isEqualTo(400);
        }
    }
}
