package io.calcamel.appointment;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.Json;
import io.calcamel.privacy.Erased;
import io.calcamel.privacy.Pseudonyms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables appointment and booking. Nothing else writes SQL for them. */
final class AppointmentStore {

    /** A read-back that fails so often for whatever reason is given up. */
    private static final int MOST_READ_BACKS = 20;

    private final JdbcClient db;
    private final Duration readBackDelay;
    private final Pseudonyms pseudonyms;

    /** A booking's row: its appointment (null while only facts of it are known), the facts, and whose data was erased in it. */
    record BookingRow(String uid, Long appointment, BookingFacts facts, Set<String> erased) {
    }

    /** An appointment's row. {@code mergedInto} is the one that it has become an alias of. */
    record AppointmentRow(long id, Long mergedInto, JsonNode document, Instant updatedAt) {
    }

    /** @param readBackDelay how long after a delivery its booking is read back: Cal.com cancels after it has said so */
    AppointmentStore(JdbcClient db, Duration readBackDelay, Pseudonyms pseudonyms) {
        this.db = db;
        this.pseudonyms = pseudonyms;
        this.readBackDelay = readBackDelay;
    }

    /**
     * Makes sure that until the end of the transaction nobody else applies anything about these uids.
     *
     * @param names uids and seats; locked in their order, so that two applications can't wait for each other
     */
    void lock(int company, SortedSet<String> names) {
        db.sql("SELECT pg_advisory_xact_lock(hashtextextended(name, :company)) FROM unnest(:names::text[]) AS name")
                .param("company", company).param("names", names.toArray(String[]::new))
                .query((row, n) -> n).list();
    }

    /** Finds the appointments of these uids. */
    SortedSet<Long> appointmentsOf(int company, Collection<String> uids) {
        return new TreeSet<>(db.sql("""
                SELECT appointment_id FROM booking
                WHERE company_id = :company AND uid = ANY(:uids::text[]) AND appointment_id IS NOT NULL""")
                .param("company", company).param("uids", uids.toArray(String[]::new))
                .query(Long.class).set());
    }

    /** Finds the appointments of bookings that have, or had, one of these seats. */
    SortedSet<Long> appointmentsWithSeat(int company, Collection<String> seatUids) {
        // Without the company in the condition, so that the index on the seats is the only one that fits.
        return db.sql("SELECT company_id, appointment_id FROM booking WHERE seat_uids && :seats::text[] AND appointment_id IS NOT NULL")
                .param("seats", seatUids.toArray(String[]::new))
                .query((row, n) -> row.getInt("company_id") == company ? row.getLong("appointment_id") : null).list()
                .stream().filter(Objects::nonNull).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Locks these appointments for the transaction, in the order of their ids, and reads them as they now are. */
    SortedMap<Long, AppointmentRow> lockAppointments(SortedSet<Long> ids) {
        SortedMap<Long, AppointmentRow> rows = new TreeMap<>();
        if (!ids.isEmpty()) {
            db.sql("SELECT id, merged_into, document, updated_at FROM appointment WHERE id = ANY(:ids::bigint[]) ORDER BY id FOR UPDATE")
                    .param("ids", ids.toArray(Long[]::new))
                    .query((row, n) -> appointmentRow(row)).list()
                    .forEach(row -> rows.put(row.id(), row));
        }
        return rows;
    }

    /** Reads the bookings of these appointments, and those of these uids. */
    Map<String, BookingRow> bookings(int company, Set<Long> appointments, Collection<String> uids) {
        Map<String, BookingRow> rows = new HashMap<>();
        // Two look-ups by key: with OR between them PostgreSQL reads all bookings of the company.
        db.sql("""
                SELECT uid, appointment_id, facts, erased FROM booking WHERE appointment_id = ANY(:appointments::bigint[])
                UNION ALL
                SELECT uid, appointment_id, facts, erased FROM booking WHERE company_id = :company AND uid = ANY(:uids::text[])""")
                .param("company", company)
                .param("appointments", appointments.toArray(Long[]::new))
                .param("uids", uids.toArray(String[]::new))
                .query((row, n) -> new BookingRow(row.getString("uid"), (Long) row.getObject("appointment_id"), facts(row.getString("facts")),
                        Set.of((String[]) row.getArray("erased").getArray())))
                .list()
                .forEach(row -> rows.put(row.uid(), row));
        return rows;
    }

    /** @param readBack why the booking is to be read back from Cal.com; null changes nothing about that */
    void saveBooking(int company, BookingRow booking, Status status, String readBack) {
        BookingFacts facts = booking.facts();
        db.sql("""
                INSERT INTO booking (company_id, uid, appointment_id, status, seat_uids, read_back_reason, read_back_due_at, facts, erased)
                VALUES (:company, :uid, :appointment, :status, :seats::text[], :readBack, :due, :facts::json, :erased::text[])
                ON CONFLICT (company_id, uid) DO UPDATE SET
                    appointment_id = excluded.appointment_id, status = excluded.status, seat_uids = excluded.seat_uids,
                    facts = excluded.facts, erased = excluded.erased, updated_at = now(),
                    read_back_reason = coalesce(excluded.read_back_reason, booking.read_back_reason),
                    read_back_due_at = coalesce(excluded.read_back_due_at, booking.read_back_due_at),
                    read_back_attempts = CASE WHEN excluded.read_back_reason IS NULL THEN booking.read_back_attempts ELSE 0 END""")
                .param("company", company).param("uid", booking.uid()).param("appointment", booking.appointment())
                .param("erased", booking.erased().toArray(String[]::new))
                .param("status", status == null ? null : status.text())
                .param("seats", facts.seatUids().toArray(String[]::new))
                .param("readBack", readBack)
                .param("due", readBack == null ? null : Timestamp.from(Instant.now().plus(readBackDelay)), Types.TIMESTAMP)
                .param("facts", Json.writeColumn(facts))
                .update();
    }

    /** Reserves the id of a new appointment. */
    long nextId() {
        return db.sql("SELECT nextval(pg_get_serial_sequence('appointment', 'id'))").query(Long.class).single();
    }

    void saveAppointment(int company, long id, Appointment appointment) {
        List<Appointment.Attendee> people = appointment.attendees();
        db.sql("""
                INSERT INTO appointment (id, company_id, status, start_at, end_at, calcom_booking_id, calcom_booking_uid,
                    calcom_reschedule_uid, calcom_cancel_uid, requires_manual_booking, attendee_emails, attendee_phones, document)
                VALUES (:id, :company, :status, :start, :end, :bookingId, :uid, :rescheduleUid, :cancelUid, :manual, :emails::text[], :phones::text[],
                    :document::json)
                ON CONFLICT (id) DO UPDATE SET
                    status = excluded.status, start_at = excluded.start_at, end_at = excluded.end_at,
                    calcom_booking_id = excluded.calcom_booking_id, calcom_booking_uid = excluded.calcom_booking_uid,
                    calcom_reschedule_uid = excluded.calcom_reschedule_uid, calcom_cancel_uid = excluded.calcom_cancel_uid,
                    requires_manual_booking = excluded.requires_manual_booking, attendee_emails = excluded.attendee_emails,
                    attendee_phones = excluded.attendee_phones, document = excluded.document, updated_at = now()""")
                .param("id", id).param("company", company)
                .param("status", appointment.status())
                .param("start", timestamp(appointment.start())).param("end", timestamp(appointment.end()))
                .param("bookingId", appointment.calcomBookingId())
                .param("uid", appointment.uid())
                .param("rescheduleUid", appointment.calcomRescheduleUid())
                .param("cancelUid", appointment.calcomCancelUid())
                .param("manual", appointment.requiresManualBooking())
                .param("emails", keys(people, person -> person.email() == null ? null : emailKey(person.email())))
                .param("phones", keys(people, person -> person.phoneNumber() == null ? null : phoneKey(person.phoneNumber())))
                .param("document", Json.writeColumn(appointment))
                .update();
    }

    /** Deletes appointments that ended before then, with their bookings and aliases; in a transaction. None that a caller's request still names. */
    int deleteAppointments(Instant before, int limit) {
        List<Long> old = db.sql("""
                SELECT id FROM appointment a WHERE merged_into IS NULL AND coalesce(end_at, start_at, updated_at) < :before
                    AND NOT EXISTS (SELECT FROM booking_intent i WHERE i.company_id = a.company_id AND (i.appointment_id = a.id OR i.appointment_ids @> ARRAY[a.id]))
                    AND NOT EXISTS (SELECT FROM appointment alias JOIN booking_intent i ON i.company_id = alias.company_id AND i.appointment_id = alias.id
                                    WHERE alias.merged_into = a.id)
                ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED""")
                .param("before", Timestamp.from(before)).param("limit", limit).query(Long.class).list();
        Long[] ids = old.toArray(Long[]::new);
        db.sql("DELETE FROM booking WHERE appointment_id IN (SELECT id FROM appointment WHERE id = ANY(:ids::bigint[]) OR merged_into = ANY(:ids::bigint[]))")
                .param("ids", ids).update();
        db.sql("DELETE FROM appointment WHERE merged_into = ANY(:ids::bigint[])").param("ids", ids).update();
        return db.sql("DELETE FROM appointment WHERE id = ANY(:ids::bigint[])").param("ids", ids).update();
    }

    /** Deletes what is known of bookings that never came. */
    int deleteLooseBookings(Instant before, int limit) {
        return db.sql("""
                DELETE FROM booking WHERE (company_id, uid) IN (SELECT company_id, uid FROM booking
                    WHERE appointment_id IS NULL AND updated_at < :before AND read_back_due_at IS NULL LIMIT :limit FOR UPDATE SKIP LOCKED)""")
                .param("before", Timestamp.from(before)).param("limit", limit).update();
    }

    /** Those who were erased, by these marks. */
    Erased erased(Collection<String> marks) {
        return Erased.of(pseudonyms, marks);
    }

    /**
     * Bookings whose facts have a text in them, in small letters, or for a number its digits; others than the person's can be among
     * them. Reads all bookings of the company.
     */
    Map<String, BookingFacts> uidsWith(int company, String wanted, boolean isPhone) {
        Map<String, BookingFacts> found = new HashMap<>();
        db.sql("SELECT uid, facts FROM booking WHERE company_id = :company AND position(:wanted in "
                + (isPhone ? DIGITS : "lower(facts::text)") + ") > 0")
                .param("company", company).param("wanted", isPhone ? wanted : ascii(wanted))
                .query((row, n) -> Map.entry(row.getString("uid"), facts(row.getString("facts")))).list()
                .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
        return found;
    }

    private static final String DIGITS = "regexp_replace(facts::text, '[^0-9]', '', 'g')";

    /** As a column of type json has it, see {@link Json#writeColumn}. */
    private static String ascii(String text) {
        String json = Json.writeColumn(text);
        return json.substring(1, json.length() - 1).toLowerCase(Locale.ROOT);
    }

    /** The appointments that somebody takes part in, by address or number as {@link #emailKey} and {@link #phoneKey} have them. */
    Set<Long> appointmentsWith(int company, String wanted, boolean isPhone) {
        return new TreeSet<>(db.sql("SELECT id FROM appointment WHERE company_id = :company AND "
                + (isPhone ? "attendee_phones @> ARRAY[:wanted::text]" : "attendee_emails @> ARRAY[:wanted::text]"))
                .param("company", company).param("wanted", wanted).query(Long.class).set());
    }

    List<String> uidsOf(Collection<Long> appointments) {
        return db.sql("SELECT uid FROM booking WHERE appointment_id = ANY(:appointments::bigint[])").param("appointments", appointments.toArray(Long[]::new))
                .query(String.class).list();
    }

    /** Of those that were merged into this one nobody reads more than its id. */
    void forgetAliases(long appointment) {
        db.sql("UPDATE appointment SET document = '{}', attendee_emails = '{}', attendee_phones = '{}' WHERE merged_into = :id").param("id", appointment).update();
    }

    /** Writes the document of an appointment that was never booked, without the people that it was searched by. */
    void saveForgotten(long id, JsonNode document) {
        db.sql("UPDATE appointment SET document = :document::json, attendee_emails = '{}', attendee_phones = '{}', updated_at = now() WHERE id = :id")
                .param("id", id).param("document", Json.writeColumn(document)).update();
    }

    /** Makes these appointments aliases of the one that survives. */
    void merge(long survivor, Collection<Long> others) {
        db.sql("UPDATE booking SET appointment_id = :survivor WHERE appointment_id = ANY(:others::bigint[])")
                .param("survivor", survivor).param("others", others.toArray(Long[]::new)).update();
        db.sql("UPDATE appointment SET merged_into = :survivor, updated_at = now() WHERE id = ANY(:others::bigint[]) OR merged_into = ANY(:others::bigint[])")
                .param("survivor", survivor).param("others", others.toArray(Long[]::new)).update();
    }

    Optional<AppointmentRow> byId(int company, long id) {
        return db.sql("""
                SELECT kept.id, kept.merged_into, kept.document, kept.updated_at
                FROM appointment asked JOIN appointment kept ON kept.id = coalesce(asked.merged_into, asked.id)
                WHERE asked.company_id = :company AND asked.id = :id""")
                .param("company", company).param("id", id).query((row, n) -> appointmentRow(row)).optional();
    }

    Optional<AppointmentRow> byUid(int company, String uid) {
        return db.sql("""
                SELECT a.id, a.merged_into, a.document, a.updated_at
                FROM booking b JOIN appointment a ON a.id = b.appointment_id
                WHERE b.company_id = :company AND b.uid = :uid""")
                .param("company", company).param("uid", uid).query((row, n) -> appointmentRow(row)).optional();
    }

    /** The appointments that are wanted and not booked yet, of this start; the oldest first. */
    List<AppointmentRow> wanted(int company, String start) {
        return db.sql("""
                SELECT id, merged_into, document, updated_at FROM appointment
                WHERE company_id = :company AND start_at = :start AND calcom_booking_uid IS NULL AND merged_into IS NULL
                    AND status IN ('pending', 'manual') ORDER BY id""")
                .param("company", company).param("start", timestamp(start)).query((row, n) -> appointmentRow(row)).list();
    }

    /** Locks an appointment for the transaction, to change what is wanted of it. */
    Optional<AppointmentRow> lockWanted(int company, long id) {
        return db.sql("SELECT id, merged_into, document, updated_at FROM appointment WHERE company_id = :company AND id = :id FOR UPDATE")
                .param("company", company).param("id", id).query((row, n) -> appointmentRow(row)).optional();
    }

    /** Writes the document of an appointment that is not booked yet, and the columns that follow it. */
    void saveWanted(long id, JsonNode document) {
        db.sql("""
                UPDATE appointment SET status = :status, requires_manual_booking = :manual, document = :document::json, updated_at = now()
                WHERE id = :id""")
                .param("id", id).param("status", document.path("status").asText())
                .param("manual", document.path("requiresManualBooking").asBoolean()).param("document", Json.writeColumn(document)).update();
    }

    /** An appointment by any uid of its chain, or by its id, also one that was merged into another. */
    Optional<AppointmentRow> byUidOrId(int company, String asked) {
        Optional<AppointmentRow> found = byUid(company, asked);
        return found.isEmpty() && asked.matches("\\d{1,18}") ? byId(company, Long.parseLong(asked)) : found;
    }

    /** What a search asks for; null where it asks nothing. {@code afterStart} and {@code afterId} are where the page before ended. */
    record Search(int company, String status, Instant from, Instant to, String phone, String email, Boolean requiresManualBooking,
            Instant afterStart, long afterId, int limit) {
    }

    private static final String MATCHING = """
            FROM appointment
            WHERE company_id = :company AND merged_into IS NULL
              AND (:status::text IS NULL OR status = :status)
              AND (:from::timestamptz IS NULL OR coalesce(start_at, '-infinity') >= :from)
              AND (:to::timestamptz IS NULL OR coalesce(start_at, '-infinity') < :to)
              AND (:phone::text IS NULL OR attendee_phones @> ARRAY[:phone::text])
              AND (:email::text IS NULL OR attendee_emails @> ARRAY[:email::text])
              AND (:manual::boolean IS NULL OR requires_manual_booking = :manual)
            """;

    long count(Search search) {
        return statement("SELECT count(*) " + MATCHING, search).query(Long.class).single();
    }

    /** Finds a page of appointments, by start and id. */
    List<AppointmentRow> search(Search search) {
        return statement("SELECT id, merged_into, document, updated_at " + MATCHING + """
                 AND (:afterId = 0 OR (coalesce(start_at, '-infinity'), id) > (coalesce(:afterStart::timestamptz, '-infinity'), :afterId))
                ORDER BY coalesce(start_at, '-infinity'), id LIMIT :limit""", search)
                .param("afterStart", search.afterStart() == null ? null : Timestamp.from(search.afterStart()))
                .param("afterId", search.afterId())
                .param("limit", search.limit())
                .query((row, n) -> appointmentRow(row)).list();
    }

    private JdbcClient.StatementSpec statement(String sql, Search search) {
        return db.sql(sql)
                .param("company", search.company())
                .param("status", search.status())
                .param("from", search.from() == null ? null : Timestamp.from(search.from()))
                .param("to", search.to() == null ? null : Timestamp.from(search.to()))
                .param("phone", search.phone() == null ? null : phoneKey(search.phone()))
                .param("email", search.email() == null ? null : emailKey(search.email()))
                .param("manual", search.requiresManualBooking());
    }

    /** A phone number as it is compared: its digits, without the 00 that some dial for the plus. */
    static String phoneKey(String phone) {
        return phone.replaceAll("\\D", "").replaceFirst("^00", "");
    }

    static String emailKey(String email) {
        return column(email.strip().toLowerCase(Locale.ROOT));
    }

    private static String[] keys(List<Appointment.Attendee> people, Function<Appointment.Attendee, String> key) {
        return people.stream().flatMap(person -> Stream.ofNullable(key.apply(person))).filter(Objects::nonNull).distinct().toArray(String[]::new);
    }

    /** Text that a column takes: PostgreSQL's text has no NUL, and UTF-8 no half of a surrogate pair. */
    private static String column(String text) {
        return text.replaceAll("[\\x00\\p{Cs}]", "");
    }

    /** An appointment that stands: its booking, and Cal.com's number of it. */
    record Standing(long id, String uid, Long bookingId, Instant start) {
    }

    /**
     * The appointments that stand and start in a time, by start and id.
     *
     * @param to         null for no end
     * @param afterStart where the page before ended; null for the first
     * @param afterId    likewise; 0 for the first
     */
    List<Standing> standing(int company, Instant from, Instant to, Instant afterStart, long afterId, int limit) {
        return db.sql("""
                SELECT id, calcom_booking_uid, calcom_booking_id, start_at FROM appointment
                WHERE company_id = :company AND merged_into IS NULL AND status IN ('requested', 'awaiting_payment', 'confirmed')
                  AND calcom_booking_uid IS NOT NULL AND coalesce(start_at, '-infinity') >= :from
                  AND (:to::timestamptz IS NULL OR coalesce(start_at, '-infinity') < :to)
                  AND (coalesce(start_at, '-infinity'), id) > (:afterStart::timestamptz, :afterId)
                ORDER BY coalesce(start_at, '-infinity'), id LIMIT :limit""")
                .param("company", company).param("from", Timestamp.from(from)).param("to", to == null ? null : Timestamp.from(to), Types.TIMESTAMP)
                .param("afterStart", Timestamp.from(afterStart == null ? from.minusMillis(1) : afterStart)).param("afterId", afterId).param("limit", limit)
                .query((row, n) -> new Standing(row.getLong("id"), row.getString("calcom_booking_uid"), (Long) row.getObject("calcom_booking_id"),
                        row.getTimestamp("start_at").toInstant())).list();
    }

    /** What is known of one booking; null for nothing. */
    BookingFacts facts(int company, String uid) {
        return db.sql("SELECT facts FROM booking WHERE company_id = :company AND uid = :uid").param("company", company).param("uid", uid)
                .query((row, n) -> facts(row.getString("facts"))).optional().orElse(null);
    }

    /** Whether a booking is known, and more of it than a fact that came first. */
    boolean isBooked(int company, String uid) {
        return db.sql("SELECT appointment_id FROM booking WHERE company_id = :company AND uid = :uid AND appointment_id IS NOT NULL")
                .param("company", company).param("uid", uid).query(Long.class).optional().isPresent();
    }

    /** A booking that is to be read back. */
    record ReadBackDue(int company, String uid, String reason, int attempt) {
    }

    /** Claims bookings that are due: they come again after the lease, unless {@link #readBackDone} is told before. */
    List<ReadBackDue> claimReadBacks(int most, Duration lease) {
        return db.sql("""
                WITH due AS MATERIALIZED (
                    SELECT company_id, uid FROM booking WHERE read_back_due_at <= now()
                    ORDER BY read_back_due_at LIMIT :most FOR UPDATE SKIP LOCKED)
                UPDATE booking SET read_back_attempts = read_back_attempts + 1,
                    read_back_due_at = CASE WHEN read_back_attempts < :patience THEN cast(:again AS timestamptz) END
                FROM due WHERE booking.company_id = due.company_id AND booking.uid = due.uid
                RETURNING booking.company_id, booking.uid, read_back_reason, read_back_attempts""")
                .param("again", Timestamp.from(Instant.now().plus(lease))).param("most", most).param("patience", MOST_READ_BACKS)
                .query((row, n) -> new ReadBackDue(row.getInt("company_id"), row.getString("uid"), row.getString("read_back_reason"),
                        row.getInt("read_back_attempts"))).list();
    }

    /**
     * Unless a delivery has wanted it again meanwhile, which begins to count anew.
     *
     * @param attempt the attempt that was claimed
     * @param note    what came of it, where nothing did; null where the booking was read
     */
    void readBackDone(int company, String uid, int attempt, String note) {
        db.sql("""
                UPDATE booking SET read_back_reason = NULL, read_back_due_at = NULL, read_back_attempts = 0, read_back_at = now(), read_back_note = :note
                WHERE company_id = :company AND uid = :uid AND read_back_attempts = :attempt""")
                .param("company", company).param("uid", uid).param("attempt", attempt).param("note", note, Types.VARCHAR).update();
    }

    void readBackAgain(int company, String uid, int attempt, Duration wait, String note) {
        db.sql("""
                UPDATE booking SET read_back_due_at = :due, read_back_note = :note
                WHERE company_id = :company AND uid = :uid AND read_back_attempts = :attempt""")
                .param("due", Timestamp.from(Instant.now().plus(wait))).param("note", note).param("company", company).param("uid", uid)
                .param("attempt", attempt).update();
    }

    /** Wants a booking read back that may not be known at all. */
    void wantReadBack(int company, String uid, String reason) {
        db.sql("""
                INSERT INTO booking (company_id, uid, read_back_reason, read_back_due_at) VALUES (:company, :uid, :reason, now())
                ON CONFLICT (company_id, uid) DO UPDATE SET read_back_reason = excluded.read_back_reason, read_back_due_at = excluded.read_back_due_at,
                    read_back_attempts = 0""")
                .param("company", company).param("uid", uid).param("reason", reason).update();
    }

    private static Timestamp timestamp(String instant) {
        return instant == null ? null : Timestamp.from(Instant.parse(instant));
    }

    private static AppointmentRow appointmentRow(ResultSet row) throws SQLException {
        try {
            return new AppointmentRow(row.getLong("id"), (Long) row.getObject("merged_into"), Json.MAPPER.readTree(row.getString("document")),
                    row.getTimestamp("updated_at").toInstant());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BookingFacts facts(String json) {
        try {
            return Json.MAPPER.readValue(json, BookingFacts.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
