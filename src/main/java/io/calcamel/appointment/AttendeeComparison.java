package io.calcamel.appointment;

import io.calcamel.appointment.Appointment.Attendee;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Whether the same people take part: the one place where personal data of Cal.com and of an appointment are compared. */
final class AttendeeComparison {

    private AttendeeComparison() {
    }

    /**
     * @param said   the appointment that Cal.com's answer alone would be
     * @param here   the appointment
     * @param isOpen whether the booking stands: of one that is cancelled Cal.com lists no seats, or all that were
     */
    static boolean isSame(Appointment said, Appointment here, boolean isOpen) {
        boolean isSeated = here.attendees().stream().anyMatch(attendee -> attendee.status() != null);
        if (isSeated) {
            // To a key that may not see them no seats are shown.
            return !isOpen || said.attendees().isEmpty() || seats(said).equals(seats(here));
        }
        return said.attendees().isEmpty() || same(said.attendees(), here.attendees());
    }

    private static Set<String> seats(Appointment appointment) {
        Set<String> seats = new TreeSet<>();
        appointment.attendees().stream().filter(Attendee::isActive).map(Attendee::seatUid).filter(Objects::nonNull).forEach(seats::add);
        return seats;
    }

    private static boolean same(List<Attendee> said, List<Attendee> here) {
        if (said.size() != here.size()) {
            return false;
        }
        for (int i = 0; i < said.size(); i++) {
            Attendee one = said.get(i);
            Attendee other = here.get(i);
            if (!isSaid(one.name(), other.name()) || !isSaid(one.email(), other.email()) || !isSaid(one.phoneNumber(), other.phoneNumber())
                    || !isSaid(one.timeZone(), other.timeZone()) || !isSaid(one.language(), other.language())
                    || one.noShow() && !other.noShow()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSaid(String said, String here) {
        return said == null || said.isEmpty() || said.equals(here);
    }
}
