package io.calcamel.appointment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.database.Database;
import io.calcamel.privacy.Erased;
import io.calcamel.privacy.Erasure;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.camel.Variable;

/**
 * Erases people from bookings and appointments: the bean {@code appointmentErasure}. What is left knows whose data it had, so that no
 * delivery and no read-back brings that back.
 */
public final class AppointmentErasure {

    private final Database database;
    private final AppointmentStore store;

    AppointmentErasure(Database database, AppointmentStore store) {
        this.database = database;
        this.store = store;
    }

    /**
     * Finds the bookings of the person and erases them there, each appointment in a transaction of its own. Needs the bookings that
     * deliveries name, also of such as were not applied yet.
     *
     * @param erasure whose
     */
    public void erase(@Variable(Erasure.VARIABLE) Erasure erasure) {
        Erased person = erasure.person();
        SortedSet<String> uids = new TreeSet<>(erasure.bookings().keySet());
        store.uidsWith(erasure.company(), erasure.wanted(), erasure.isPhone()).forEach((uid, facts) -> {
            if (Forgetting.isIn(person, facts)) {
                uids.add(uid);
            }
        });
        Set<Long> found = store.appointmentsWith(erasure.company(), erasure.wanted(), erasure.isPhone());
        uids.addAll(store.uidsOf(found));
        uids.forEach(uid -> eraseIn(uid, erasure));
        found.forEach(id -> eraseWanted(id, erasure));
        erasure.count("bookings", erasure.bookings().size());
        erasure.count("appointments", erasure.appointments().size());
    }

    private void eraseIn(String uid, Erasure erasure) {
        if (erasure.isDryRun()) {
            erasure.has(uid, erasure.person());
            erasure.touched(store.appointmentsOf(erasure.company(), Set.of(uid)));
            return;
        }
        database.transaction().executeWithoutResult(transaction -> {
            DeliveryApplication erasing = DeliveryApplication.erasing(store, erasure.company(), uid, erasure.person().marks());
            DeliveryApplication.Result result = erasing.run();
            erasing.erased().forEach((named, marks) -> erasure.has(named, erasure.person().and(marks)));
            if (result.appointment() != null) {
                store.forgetAliases(result.appointment());
                erasure.touched(Set.of(result.appointment()));
            }
        });
    }

    /** Of one that is still to be booked the person's data is needed: whoever asks has to call it off first. */
    private void eraseWanted(long id, Erasure erasure) {
        database.transaction().executeWithoutResult(transaction -> store.lockWanted(erasure.company(), id)
                .filter(row -> row.document().path("uid").isNull() && row.mergedInto() == null).ifPresent(row -> {
                    if (WantedAppointment.isWaiting(row.document())) {
                        erasure.count("open", 1);
                        return;
                    }
                    erasure.touched(Set.of(id));
                    if (!erasure.isDryRun()) {
                        store.saveForgotten(id, new Forgetting(erasure.person()).without((ObjectNode) row.document()));
                    }
                }));
    }
}
