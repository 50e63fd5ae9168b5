package io.calcamel;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** {@code kill -9} in the middle of a sync: the next one does all, is not blocked, and says what became of the first. */
class EventTypeCrashTest {

    private static final int EVENT_TYPES = 2_000;

    @RegisterExtension
    static final WireMockExtension SERVER = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    @Test
    void aSyncThatIsKilledLosesAndDeactivatesNothing() {
        SERVER.stubFor(get("/v2/teams").willReturn(okJson("{\"status\":\"success\",\"data\":[]}")));
        personal(EVENT_TYPES, "first");
        String url = TestDatabase.create();
        JdbcClient database = JdbcClient.create(new DriverManagerDataSource(url));
        HubProcess hub = new HubProcess(folder).with("CALCAMEL_DB_URL", url).with("DEFAULT_CALCOM_API_KEY", "cal_test")
                .with("CALCOM_API_BASE_URL", SERVER.baseUrl() + "/v2").with("EVENT_TYPES_SYNC_PAGE", "1").start();
        try {
            await().ignoreExceptions().until(() -> count(database, "SELECT count(*) FROM event_type") > 50);
            hub.kill();
            assertThat(count(database, "SELECT count(*) FROM event_type")).as("it was in the middle").isLessThan(EVENT_TYPES);
            assertThat(statuses(database)).containsExactly("running");

            hub.with("EVENT_TYPES_SYNC_PAGE", "1000").start().awaitReady();
            assertThat(statuses(database)).as("the start waits for a first sync that is whole").containsExactly("interrupted", "complete");
            assertThat(count(database, "SELECT count(*) FROM event_type WHERE is_active")).isEqualTo(EVENT_TYPES);
            hub.stop();

            // All of them renamed and some gone, and killed in the middle of that.
            database.sql("UPDATE event_type SET missing_in_syncs = 1 WHERE calcom_event_type_id > 1900").update();
            personal(EVENT_TYPES - 100, "second");
            hub.with("EVENT_TYPES_SYNC_PAGE", "1").start();
            await().until(() -> count(database, "SELECT count(*) FROM event_type WHERE slug LIKE 'second%'") > 50);
            hub.kill();
            assertThat(count(database, "SELECT count(*) FROM event_type WHERE is_active")).isEqualTo(EVENT_TYPES);
            assertThat(statuses(database)).containsExactly("interrupted", "complete", "running");
        } finally {
            if (hub.isAlive()) {
                hub.kill();
            }
        }
    }

    private static void personal(int count, String slug) {
        String types = IntStream.rangeClosed(1, count).mapToObj(id -> "{\"id\":" + id + ",\"title\":\"T\",\"slug\":\"" + slug + "-" + id
                + "\",\"lengthInMinutes\":30,\"locations\":[],\"bookingFields\":[]}").collect(Collectors.joining(","));
        SERVER.stubFor(get("/v2/event-types").willReturn(okJson("{\"status\":\"success\",\"data\":[" + types + "]}")));
    }

    private static long count(JdbcClient database, String sql) {
        return database.sql(sql).query(Long.class).single();
    }

    private static List<String> statuses(JdbcClient database) {
        return database.sql("SELECT status FROM sync_run ORDER BY id").query(String.class).list();
    }
}
