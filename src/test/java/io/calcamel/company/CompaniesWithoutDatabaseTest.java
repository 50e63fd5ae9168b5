package io.calcamel.company;

import static org.assertj.core.api.Assertions.assertThat;

import io.calcamel.HubExtension;
import io.calcamel.TestDatabase;
import io.calcamel.Wire;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The database is away for a moment: who a company is, is known all the same, whatever strangers post meanwhile. */
class CompaniesWithoutDatabaseTest {

    private static final String BODY = "{\"triggerEvent\":\"PING\",\"createdAt\":\"2027-01-01T00:00:00Z\"}";

    private static HttpResponse<String> deliver(HubExtension hub, String secret) {
        byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
        return hub.send(hub.webhook("/webhooks/calcom", body).header("X-Cal-Signature-256", HubExtension.sign(secret, body)));
    }

    @Test
    void aStrangersDeliveryDoesNotEndWhatIsKnownOfACompany() throws Exception {
        String url = TestDatabase.create();
        try (Wire wire = new Wire()) {
            int port = URI.create(url.substring("jdbc:".length())).getPort();
            wire.lead(port);
            HubExtension hub = new HubExtension().with("database.url", url.replace(":" + port + "/", ":" + wire.port() + "/"));
            hub.beforeAll(null);
            try {
                assertThat(deliver(hub, HubExtension.SECRET).statusCode()).isEqualTo(200);
                wire.down();
                HttpResponse<String> strangers = deliver(hub, "a stranger's secret");
                assertThat(strangers.statusCode()).as(strangers.body()).isEqualTo(401);
                CompletableFuture<HttpResponse<String>> waiting = CompletableFuture.supplyAsync(() -> deliver(hub, HubExtension.SECRET));
                wire.up();
                assertThat(waiting.join().statusCode()).as(waiting.join().body()).isEqualTo(200);
            } finally {
                hub.afterAll(null);
            }
        }
    }
}
