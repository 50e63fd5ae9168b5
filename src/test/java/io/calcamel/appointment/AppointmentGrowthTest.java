package io.calcamel.appointment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a delivery costs does not grow with what is stored already, also before PostgreSQL has statistics. (A seat that
 * moves is looked for among the seats, where it may well read all of a small table.)
 */
class AppointmentGrowthTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension();

    private static final int STORED = 5_000;
    private static final int DELIVERIES = 40;

    @Test
    void applyingADeliveryReadsOnlyItsOwnBookings() {
        HUB.db().sql("""
                WITH made AS (
                    INSERT INTO appointment (company_id, status, start_at, calcom_booking_uid, calcom_reschedule_uid, calcom_cancel_uid, document)
                    SELECT 1, 'confirmed', now(), 'stored-' || n, 'stored-' || n, 'stored-' || n, '{}' FROM generate_series(1, :stored) AS n
                    RETURNING id, calcom_booking_uid)
                INSERT INTO booking (company_id, uid, appointment_id, seat_uids) SELECT 1, calcom_booking_uid, id, ARRAY['seat-' || id] FROM made""")
                .param("stored", STORED).update();
        long readBefore = await().until(() -> rows("n_tup_ins"), inserted -> inserted >= STORED) == 0 ? 0 : rowsRead();

        for (int i = 0; i < DELIVERIES / 4; i++) {
            HUB.deliver(Deliveries.created("new-" + i, 1).toString());
            HUB.deliver(Deliveries.rescheduled("next-" + i, "new-" + i, 2, "2027-01-12").toString());
            HUB.deliver(Deliveries.seatTaken("seat-" + i, "place-" + i, "one@example.org", 1).toString());
            HUB.deliver(Deliveries.cancelled("next-" + i, 3).toString());
        }
        await().until(() -> HUB.count("applied") == DELIVERIES);
        // PostgreSQL counts with a delay: once the new rows are counted, so is what was read for them.
        await().until(() -> rows("n_tup_ins") >= STORED + DELIVERIES * 3 / 4);
        assertThat(rowsRead() - readBefore).as("rows of booking read, by index or not").isLessThan(DELIVERIES * 20L);
    }

    private static long rows(String counter) {
        return ((Number) statistics().get(counter)).longValue();
    }

    private static long rowsRead() {
        return rows("seq_tup_read") + HUB.db().sql("SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'booking'").query(Long.class).single();
    }

    private static Map<String, Object> statistics() {
        return HUB.db().sql("SELECT n_tup_ins, seq_tup_read FROM pg_stat_user_tables WHERE relname = 'booking'").query().singleRow();
    }
}
