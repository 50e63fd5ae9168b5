package io.calcamel.webhook;

import static io.calcamel.HubExtension.json;
import static io.calcamel.HubExtension.sign;
import static org.assertj.core.api.Assertions.assertThat;

import io.calcamel.HubExtension;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who signs wrongly again and again is turned away, and nobody else. */
class BadSignaturesTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension().with("webhook.bad-signatures.per-minute", "5").with("http.trusted-proxies", "127.0.0.1, 10.0.0.0/8");

    private static final byte[] BODY = "{\"triggerEvent\":\"PING\"}".getBytes(StandardCharsets.UTF_8);

    private static HttpResponse<String> post(String from, String signature) {
        return HUB.send(HUB.webhook("/webhooks/calcom", BODY).header("X-Forwarded-For", from).header(SignatureCheck.HEADER, signature));
    }

    @Test
    void tooManyFromOneAddressAreTurnedAwayAndRightOnesAreTaken() {
        for (int i = 0; i < 5; i++) {
            assertThat(post("198.51.100.7", "00").statusCode()).isEqualTo(401);
        }
        HttpResponse<String> refused = post("198.51.100.7", "00");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(json(refused).path("code").asText()).isEqualTo("too_many_bad_signatures");
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("60");
        assertThat(post("198.51.100.7", sign(HubExtension.SECRET, BODY)).statusCode()).as("signed rightly").isEqualTo(200);
        assertThat(post("198.51.100.8", "00").statusCode()).as("somebody else").isEqualTo(401);
        // What stands before the last hop that is no proxy of ours is anybody's invention.
        assertThat(post("203.0.113.1, 198.51.100.7, 10.1.2.3", "00").statusCode()).isEqualTo(429);
        assertThat(post("198.51.100.7, 203.0.113.9", "00").statusCode()).isEqualTo(401);
    }

    @Test
    void afterItsMinuteItMayTryAgain() {
        AtomicLong nanos = new AtomicLong();
        BadSignatures bad = new BadSignatures(2, nanos::get);
        assertThat(bad.isTooMany("a")).isFalse();
        assertThat(bad.isTooMany("a")).isFalse();
        assertThat(bad.isTooMany("a")).isTrue();
        nanos.addAndGet(BadSignatures.WITHIN.toNanos() + 1);
        assertThat(bad.isTooMany("a")).isFalse();
    }
}
