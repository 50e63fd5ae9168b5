package io.calcamel.eventtype;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.calcamel.HubExtension;
import io.calcamel.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * 10,000 event types: an unchanged sync writes nothing, and what a first sync costs in the database is beside what one
 * hand-written statement of the same rows costs, both measured at the JDBC driver. {@code -Dsync.rounds=10} for steadier
 * figures.
 */
class EventTypeSyncSpeedTest {

    @RegisterExtension
    static final WireMockExtension SERVER = FakeCalcom.server();

    private static final int EVENT_TYPES = 10_000;
    private static final int ROUNDS = Integer.getInteger("sync.rounds", 3);

    private static final String BY_HAND = """
            INSERT INTO event_type (company_id, calcom_event_type_id, title, slug, description, length, locations, booking_fields, team_id,
                scheduling_type, parent_id, hidden, content_hash, document)
            SELECT 1, * FROM (
                SELECT id, title, slug, description, length, locations::json, booking_fields::json, team_id, scheduling_type, parent_id, hidden,
                    content_hash, document::json
                FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::integer[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::bigint[],
                    ?::boolean[], ?::bytea[], ?::text[])
                    AS row (id, title, slug, description, length, locations, booking_fields, team_id, scheduling_type, parent_id, hidden,
                        content_hash, document)) AS rows
            ON CONFLICT (company_id, calcom_event_type_id) DO UPDATE SET title = excluded.title, slug = excluded.slug,
                description = excluded.description, length = excluded.length, locations = excluded.locations,
                booking_fields = excluded.booking_fields, content_hash = excluded.content_hash, document = excluded.document""";

    @Test
    void tenThousandEventTypes() throws Exception {
        String url = TestDatabase.create();
        HubExtension hub = FakeCalcom.hub(SERVER.baseUrl() + "/v2").with("database.url", TimedDriver.timed(url))
                .with("calcom.timeout.response", "20000").with("calcom.timeout.call", "25s");
        FakeCalcom calcom = new FakeCalcom(SERVER);
        calcom.teams();
        String padding = ",\"padding\":\"" + "x".repeat(1_500) + "\"";
        calcom.personal(LongStream.rangeClosed(1, EVENT_TYPES).mapToObj(id -> FakeCalcom.type(id, "type-" + id, padding)).toList());
        hub.beforeAll(null);
        try (Connection database = DriverManager.getConnection(url)) {
            assertThat(sync(hub).path("created").asInt()).isEqualTo(EVENT_TYPES);
            assertUnchangedWritesNothing(hub, database);
            Object[] rows = rows(database);

            List<Double> first = new ArrayList<>();
            List<Double> byHand = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                truncate(database);
                byHand.add(byHand(database, rows));
                truncate(database);
                TimedDriver.takeMillis();
                assertThat(sync(hub).path("created").asInt()).isEqualTo(EVENT_TYPES);
                first.add(TimedDriver.takeMillis());
            }
            double ratio = best(first) / best(byHand);
            System.out.printf("sync of %d: database share of a first one %.0f ms, one statement by hand %.0f ms, ratio %.2f (all: %s, %s)%n",
                    EVENT_TYPES, best(first), best(byHand), ratio, rounded(first), rounded(byHand));
            assertThat(ratio).as("1.5 is the aim; a busy machine gets some leeway").isLessThan(2.5);
        } finally {
            hub.afterAll(null);
        }
    }

    private static void assertUnchangedWritesNothing(HubExtension hub, Connection database) throws SQLException {
        String before = fingerprint(database);
        TimedDriver.takeMillis();
        JsonNode report = sync(hub);
        System.out.printf("unchanged sync of %d: database share %.0f ms%n", EVENT_TYPES, TimedDriver.takeMillis());
        assertThat(report.path("unchanged").asInt()).isEqualTo(EVENT_TYPES);
        assertThat(fingerprint(database)).as("no row was written or locked").isEqualTo(before);
    }

    private static JsonNode sync(HubExtension hub) {
        JsonNode report = HubExtension.json(hub.post("/api/event-types/sync", ""));
        assertThat(report.path("status").asText()).as(report.toString()).isEqualTo("complete");
        return report;
    }

    private static String fingerprint(Connection database) throws SQLException {
        try (ResultSet row = database.createStatement().executeQuery(
                "SELECT md5(string_agg(xmin::text || '/' || xmax::text || '/' || ctid::text, ',' ORDER BY calcom_event_type_id)) FROM event_type")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void truncate(Connection database) throws SQLException {
        database.createStatement().execute("TRUNCATE event_type, branch_event_type");
        database.createStatement().execute("CHECKPOINT");
    }

    private static double byHand(Connection database, Object[] columns) throws SQLException {
        long begin = System.nanoTime();
        try (PreparedStatement statement = database.prepareStatement(BY_HAND)) {
            for (int i = 0; i < columns.length; i++) {
                statement.setObject(i + 1, columns[i]);
            }
            assertThat(statement.executeUpdate()).isEqualTo(EVENT_TYPES);
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    /** The rows that the sync wrote, as one array a column. */
    private static Object[] rows(Connection database) throws SQLException {
        Object[] columns = {new Long[EVENT_TYPES], new String[EVENT_TYPES], new String[EVENT_TYPES], new String[EVENT_TYPES], new Integer[EVENT_TYPES],
            new String[EVENT_TYPES], new String[EVENT_TYPES], new Long[EVENT_TYPES], new String[EVENT_TYPES], new Long[EVENT_TYPES],
            new Boolean[EVENT_TYPES], new byte[EVENT_TYPES][], new String[EVENT_TYPES]};
        try (ResultSet rows = database.createStatement().executeQuery("""
                SELECT calcom_event_type_id, title, slug, description, length, locations::text, booking_fields::text, team_id, scheduling_type,
                    parent_id, hidden, content_hash, document::text
                FROM event_type ORDER BY 1""")) {
            for (int row = 0; rows.next(); row++) {
                for (int column = 0; column < columns.length; column++) {
                    ((Object[]) columns[column])[row] = rows.getObject(column + 1);
                }
            }
        }
        return columns;
    }

    private static double best(List<Double> times) {
        return times.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    private static List<Long> rounded(List<Double> times) {
        return IntStream.range(0, times.size()).mapToObj(i -> Math.round(times.get(i))).toList();
    }
}
