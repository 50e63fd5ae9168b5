package io.calcamel.company;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.calcamel.HubExtension;
import io.calcamel.StartRefused;
import io.calcamel.TestDatabase;
import org.junit.jupiter.api.Test;

/** The master key is changed as docs/operations.md says: the new one before the old one, then the new one alone. */
class MasterKeyTest {

    private static final String OLD = "old-master-key-0123456789-0123456789";
    private static final String NEW = "new-master-key-0123456789-0123456789";
    private static final String DATABASE = TestDatabase.create();
    private static final String SECRET = "the secret of acme";

    private static HubExtension start(String masterKey) throws Exception {
        HubExtension hub = new HubExtension().with("database.url", DATABASE).with("master.key", masterKey);
        hub.beforeAll(null);
        return hub;
    }

    private static int deliver(HubExtension hub) {
        byte[] body = "{\"triggerEvent\":\"PING\"}".getBytes();
        return hub.send(hub.webhook("/webhooks/calcom/acme", body).header("X-Cal-Signature-256", HubExtension.sign(SECRET, body))).statusCode();
    }

    @Test
    void isChangedWithoutLosingWhatItEncrypted() throws Exception {
        HubExtension hub = start(OLD);
        try {
            assertThat(hub.administer("POST", "/api/companies", "{\"slug\":\"acme\",\"apiKey\":\"cal_live_of_acme\"}").statusCode()).isEqualTo(201);
            assertThat(hub.administer("POST", "/api/companies/acme/webhook-secrets", "{\"secret\":\"" + SECRET + "\"}").statusCode()).isEqualTo(200);
        } finally {
            hub.afterAll(null);
        }
        assertThatThrownBy(() -> start(NEW)).isInstanceOf(StartRefused.class).hasMessageContaining("CALCAMEL_MASTER_KEY must name that one too");

        for (String keys : new String[] {NEW + "," + OLD, NEW}) {
            HubExtension next = start(keys);
            try {
                assertThat(deliver(next)).isEqualTo(200);
                assertThat(HubExtension.json(next.administer("GET", "/api/companies/acme", null)).path("hasApiKey").asBoolean()).isTrue();
            } finally {
                next.afterAll(null);
            }
        }
        assertThatThrownBy(() -> start(OLD)).isInstanceOf(StartRefused.class);
        assertThatThrownBy(() -> start("short")).isInstanceOf(StartRefused.class).hasMessageContaining("CALCAMEL_MASTER_KEY can't be used");
    }

    @Test
    void whatIsLostWithTheKeyIsGivenAnew() throws Exception {
        String database = TestDatabase.create();
        HubExtension hub = new HubExtension().with("database.url", database).with("master.key", OLD);
        hub.beforeAll(null);
        try {
            assertThat(hub.administer("POST", "/api/companies", "{\"slug\":\"acme\",\"apiKey\":\"cal_live_of_acme\"}").statusCode()).isEqualTo(201);
            // As docs/operations.md says.
            hub.db().sql("UPDATE company SET calcom_api_key = NULL").update();
            hub.db().sql("DELETE FROM webhook_secret WHERE secret IS NOT NULL").update();
        } finally {
            hub.afterAll(null);
        }
        hub = new HubExtension().with("database.url", database).with("master.key", NEW);
        hub.beforeAll(null);
        try {
            assertThat(hub.administer("PATCH", "/api/companies/acme", "{\"apiKey\":\"cal_live_of_acme\"}").statusCode()).isEqualTo(200);
            assertThat(hub.administer("POST", "/api/companies/acme/webhook-secrets", "{\"secret\":\"" + SECRET + "\"}").statusCode()).isEqualTo(200);
            assertThat(deliver(hub)).isEqualTo(200);
        } finally {
            hub.afterAll(null);
        }
    }
}
