package io.calcamel.appointment;

import io.calcamel.database.Database;
import io.calcamel.privacy.RetentionRun;
import org.apache.camel.Variable;

/** Deletes old appointments with their bookings: the bean {@code appointmentRetention}. */
public final class AppointmentRetention {

    private final Database database;
    private final AppointmentStore store;

    AppointmentRetention(Database database, AppointmentStore store) {
        this.database = database;
        this.store = store;
    }

    /** @param run what is old */
    public void prune(@Variable(RetentionRun.VARIABLE) RetentionRun run) {
        run.appointmentsBefore().ifPresent(before -> {
            run.delete("appointments", () -> database.transaction().execute(transaction -> store.deleteAppointments(before, RetentionRun.BATCH)));
            run.delete("bookings", () -> store.deleteLooseBookings(before, RetentionRun.BATCH));
        });
    }
}
