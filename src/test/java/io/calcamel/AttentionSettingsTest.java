package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An address that can't be told stops the start, and not the first thing that somebody has to look at. */
class AttentionSettingsTest {

    private static void start(Profile profile, Map<String, String> attention) throws Exception {
        Map<String, String> settings = new HashMap<>(attention);
        for (String secret : new String[] {"calcom.webhook-secret", "api.token", "admin.token", "master.key", "calcom.api-key"}) {
            settings.put(secret, "0123456789abcdef0123456789abcdef");
        }
        // Should it not be refused, nothing is started all the same.
        settings.put("database.url", TestDatabase.create().replaceFirst("/test_[0-9]+", "/no_such_database"));
        settings.put("http.port", "0");
        settings.put("management.port", "0");
        new Hub(profile, settings).start();
    }

    @ParameterizedTest
    @CsvSource({"PROD,http://alerts.example.com/calcamel", "DEV,ftp://alerts.example.com", "DEV,alerts", "DEV,https://user:word@alerts.example.com",
            "DEV,https://alerts.example.com/#there", "DEV,https:///nowhere", "DEV,https://a b"})
    void anAddressThatCantBeToldIsRefused(Profile profile, String url) {
        assertThatThrownBy(() -> start(profile, Map.of("attention.url", url, "attention.secret", "s")))
                .isInstanceOf(StartRefused.class).hasMessageContaining("CALCAMEL_ATTENTION_URL can't be posted to").hasMessageNotContaining("alerts.example.com/#")
                .hasMessageNotContaining("word");
    }

    @Test
    void anAddressWithoutASecretIsRefused() {
        assertThatThrownBy(() -> start(Profile.DEV, Map.of("attention.url", "http://localhost:9/x"))).isInstanceOf(StartRefused.class)
                .hasMessageContaining("CALCAMEL_ATTENTION_SECRET is not");
    }

    @Test
    void anAddressInProdIsHttps() {
        assertThatThrownBy(() -> start(Profile.PROD, Map.of("attention.url", "https://alerts.example.com/x?key=1", "attention.secret", "s")))
                .satisfies(refused -> assertThat(refused.getMessage()).as("something else").doesNotContain("ATTENTION"));
    }
}
