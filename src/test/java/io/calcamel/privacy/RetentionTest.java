package io.calcamel.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is older than it may be goes by itself; what is still to be dealt with stays, whatever its age. */
class RetentionTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension().with("retention.cron", "0/1 * * * * ?").with("retention.deliveries", "10d").with("retention.dead", "20d")
            .with("retention.appointments", "30d").with("retention.sync-runs", "10d").with("inbox.worker.poll-interval", "1h");

    private static void delivery(String uid, String status, int daysAgo) {
        HUB.db().sql("INSERT INTO delivery (company_id, booking_uid, body, body_hash, has_created_at, status, received_at, settled_at, next_attempt_at) VALUES"
                + " (1, :uid, '\\x7b7d', decode(md5(:uid), 'hex'), true, :status, now() - make_interval(days => :days),"
                + " CASE WHEN :status IN ('pending', 'failed') THEN NULL ELSE now() - make_interval(days => :days) END, now() + interval '1 day')")
                .param("uid", uid).param("status", status).param("days", daysAgo).update();
    }

    private static void appointment(long id, int endedDaysAgo, Long mergedInto) {
        HUB.db().sql("INSERT INTO appointment (id, company_id, status, start_at, end_at, calcom_booking_uid, document, merged_into) VALUES"
                + " (:id, 1, 'confirmed', now() - make_interval(days => :days), now() - make_interval(days => :days), 'kept-' || :id, '{}', :merged)")
                .param("id", id).param("days", endedDaysAgo).param("merged", mergedInto, java.sql.Types.BIGINT).update();
        HUB.db().sql("INSERT INTO booking (company_id, uid, appointment_id) VALUES (1, 'kept-' || :id, :id)").param("id", id).update();
    }

    @Test
    void whatIsOldGoesAndWhatIsOpenStays() {
        HUB.deliver(Deliveries.created("today", 1).toString());
        await().until(() -> HUB.get("/api/appointments/today").statusCode() == 200);
        for (String status : List.of("applied", "ignored", "unrecognised", "pending", "failed", "dead")) {
            delivery("old-" + status, status, 11);
            delivery("new-" + status, status, 9);
        }
        delivery("oldest-dead", "dead", 21);
        appointment(900001, 29, null);
        appointment(900002, 1, null);
        HUB.db().sql("INSERT INTO booking_intent (company_id, idempotency_key, derived, kind, request_hash, request, stamp, appointment_id, appointment_ids)"
                + " VALUES (1, 'k', false, 'book', '\\x00', '{}', 's', 900002, '{900002}')").update();
        HUB.db().sql("UPDATE appointment SET end_at = now() - interval '400 days' WHERE id = 900002").update();
        HUB.db().sql("INSERT INTO sync_run (company_id, cause, scope, status, dry_run, forced, started_at, ended_at)"
                + " SELECT 1, 'schedule', 'all', 'complete', false, false, now() - make_interval(days => age), now() - make_interval(days => age) FROM unnest('{30,20,5}'::int[]) AS age").update();
        // The last that is written, and found by a whole run that began after it.
        appointment(900003, 31, null);
        appointment(900004, 31, 900003L);

        await().until(() -> HUB.db().sql("SELECT count(*) FROM appointment WHERE id IN (900003, 900004)").query(Long.class).single() == 0);
        await().until(() -> HUB.db().sql("SELECT count(*) FROM sync_run").query(Long.class).single() == 1);
        assertThat(HUB.db().sql("SELECT booking_uid FROM delivery ORDER BY 1").query(String.class).list()).containsExactly("new-applied", "new-dead",
                "new-failed", "new-ignored", "new-pending", "new-unrecognised", "old-dead", "old-failed", "old-pending", "today");
        assertThat(HUB.db().sql("SELECT uid FROM booking ORDER BY 1").query(String.class).list()).containsExactly("kept-900001", "kept-900002", "today");
        assertThat(HUB.db().sql("SELECT count(*) FROM appointment WHERE id IN (900001, 900002)").query(Long.class).single()).isEqualTo(2);
        assertThat(String.join(" ", HUB.db().sql("SELECT counts::text FROM retention_run").query(String.class).list()))
                .contains("\"deliveries\":").contains("\"dead\":1").contains("\"appointments\":1");
    }
}
