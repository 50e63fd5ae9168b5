package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.calcamel.booking.Begun.Outcome;
import io.calcamel.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The table booking_intent: that what a caller wants happens once, whatever node is asked and however often.
 *
 * <p>An intent is in somebody's hand for a time (the lease). When that is over without an answer, another may take it over,
 * and the attempt's number tells the two apart: the first one's {@link #sent} then fails. So the lease has to be longer than
 * the longest call to Cal.com. None of this may be called within a transaction: what was stored must be seen by others
 * before Cal.com is asked.
 */
public final class BookingIntents {

    /** How long the same booking without a key is taken for a repetition of the one that was made. */
    static final Duration REPEATED_WITHIN = Duration.ofMinutes(10);

    private static final Duration FIRST_LOOK = Duration.ofMillis(20);
    private static final Duration LAST_LOOK = Duration.ofMillis(250);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final JdbcClient db;
    private final Duration lease;

    /**
     * @param db    the database
     * @param lease how long an intent is in the hand of whoever began it
     */
    public BookingIntents(JdbcClient db, Duration lease) {
        this.db = db;
        this.lease = lease;
    }

    /**
     * Begins an intent, or finds the one of this key. Of callers who do so at the same moment, on whatever nodes, one gets
     * {@code NEW}.
     *
     * @param company whose it is
     * @param key     the caller's key, or a derived one
     * @param kind    what is wanted
     * @param request what was asked for, the booking that it is about included
     * @return whether it is the caller's to do
     */
    public Begun begin(int company, IntentKey key, Intent.Kind kind, JsonNode request) {
        return begin(company, key, kind, request, List.of());
    }

    /**
     * As {@link #begin(int, IntentKey, Intent.Kind, JsonNode)}, of a booking by branch and name.
     *
     * @param eventTypeIds the event types that it may be made with
     */
    Begun begin(int company, IntentKey key, Intent.Kind kind, JsonNode request, List<Long> eventTypeIds) {
        if (key.isDerived()) {
            letGo(company, key);
        }
        byte[] hash = RequestHash.of(key, request);
        while (true) {
            Optional<Intent> begun = insert(company, key, kind, hash, request, eventTypeIds);
            if (begun.isPresent()) {
                return new Begun(Outcome.NEW, begun.get());
            }
            Optional<Begun> known = known(company, key, kind, hash);
            // None where its key was let go of between the two statements.
            if (known.isPresent()) {
                return known.get();
            }
        }
    }

    /** A refusal is no answer to a later request, nor is a booking of long ago: nobody has said that they are the same. */
    private void letGo(int company, IntentKey key) {
        db.sql("""
                UPDATE booking_intent SET idempotency_key = NULL
                WHERE company_id = :company AND idempotency_key = :key AND derived
                    AND (status = 'refused' OR status = 'done' AND updated_at < now() - make_interval(secs => :seconds))""")
                .param("company", company).param("key", key.text()).param("seconds", seconds(REPEATED_WITHIN)).update();
    }

    /**
     * An appointment was rescheduled or ended, so whoever asks for the same booking again, without a key, wants a new one.
     *
     * @param appointmentId the appointment
     */
    public void letGo(long appointmentId) {
        db.sql("""
                UPDATE booking_intent SET idempotency_key = NULL
                WHERE appointment_id = :appointment AND derived AND status = 'done'""")
                .param("appointment", appointmentId).update();
    }

    /** Takes over what was begun and never sent, by somebody who is gone. */
    private Optional<Intent> insert(int company, IntentKey key, Intent.Kind kind, byte[] hash, JsonNode request, List<Long> eventTypeIds) {
        return db.sql("""
                INSERT INTO booking_intent AS known (company_id, idempotency_key, derived, kind, request_hash, request, stamp, event_type_ids, next_attempt_at)
                VALUES (:company, :key, :derived, :kind, :hash, :request::json, :stamp, :eventTypes::bigint[], now() + make_interval(secs => :lease))
                ON CONFLICT (company_id, idempotency_key) DO UPDATE
                    SET attempts = known.attempts + 1, next_attempt_at = EXCLUDED.next_attempt_at, updated_at = now(),
                        event_type_ids = CASE WHEN known.progress IS NULL THEN EXCLUDED.event_type_ids ELSE known.event_type_ids END
                    WHERE known.status = 'started' AND (known.next_attempt_at IS NULL OR known.next_attempt_at < now())
                        AND known.kind = EXCLUDED.kind AND known.request_hash = EXCLUDED.request_hash
                RETURNING *, now() AS read_at""")
                .param("company", company).param("key", key.text()).param("derived", key.isDerived()).param("kind", kind.text())
                .param("hash", hash).param("request", Json.writeColumn(request)).param("stamp", stamp()).param("lease", seconds(lease))
                .param("eventTypes", eventTypeIds.toArray(Long[]::new))
                .query(BookingIntents::intent).optional();
    }

    /**
     * The intent of a key that was used before.
     *
     * @param company whose it is
     * @param key     the caller's key
     * @param kind    what is wanted
     * @param request what was asked for
     * @return empty where the key is new, or its intent is to be done anew
     */
    public Optional<Begun> known(int company, IntentKey key, Intent.Kind kind, JsonNode request) {
        return known(company, key, kind, RequestHash.of(key, request))
                .filter(begun -> begun.intent().status() != Intent.Status.STARTED || isInHand(begun.intent().id()));
    }

    /** Then it is carried out as it was taken, whatever would be said to it now. */
    private boolean isInHand(long id) {
        return db.sql("SELECT coalesce(next_attempt_at >= now(), false) FROM booking_intent WHERE id = :id").param("id", id).query(Boolean.class).single();
    }

    private Optional<Begun> known(int company, IntentKey key, Intent.Kind kind, byte[] hash) {
        return db.sql("""
                SELECT *, now() AS read_at, kind = :kind AND request_hash = :hash AS same FROM booking_intent
                WHERE company_id = :company AND idempotency_key = :key""")
                .param("company", company).param("key", key.text()).param("kind", kind.text()).param("hash", hash)
                .query((row, n) -> {
                    Intent intent = intent(row, n);
                    return new Begun(!row.getBoolean("same") ? Outcome.MISMATCH : intent.reply() == null ? Outcome.IN_PROGRESS : Outcome.ANSWERED, intent);
                }).optional();
    }

    /**
     * Waits for whoever has an intent in hand. That can be another node, of which only the table tells: so it is looked at
     * again and again, less and less often.
     *
     * @param intent the intent
     * @param until  when to stop waiting
     * @return the intent as it is then; still in hand where that took too long
     * @throws InterruptedException if the hub stops
     */
    public Intent await(Intent intent, Instant until) throws InterruptedException {
        Duration pause = FIRST_LOOK;
        Intent now = find(intent.id());
        while (now.status().isInHand() && Instant.now().isBefore(until) && !isForgone(intent.id())) {
            Thread.sleep(pause.toMillis());
            pause = pause.multipliedBy(2).compareTo(LAST_LOOK) < 0 ? pause.multipliedBy(2) : LAST_LOOK;
            now = find(intent.id());
        }
        return now;
    }

    /** An intent as it is now. */
    public Intent find(long id) {
        return db.sql("SELECT *, now() AS read_at FROM booking_intent WHERE id = :id").param("id", id).query(BookingIntents::intent).single();
    }

    /**
     * Cal.com is about to be asked.
     *
     * @param intent the intent in hand
     * @return whether it still is: otherwise Cal.com must not be asked
     */
    public boolean sent(Intent intent) {
        return sent(intent, "started", "pending", "manual");
    }

    /**
     * Cal.com is about to be asked once more, by whoever knows what came of the time before: for the next date of a series, or
     * for a change that does no harm when it is made again.
     *
     * @param intent the intent in hand
     * @return whether it still is: otherwise Cal.com must not be asked
     */
    public boolean sentAgain(Intent intent) {
        return sent(intent, "started", "pending", "manual", "sent");
    }

    /**
     * Of a booking by branch and name: goes on with this event type, of which Cal.com was not asked yet. With those of which it
     * was, the booking surely was not made.
     *
     * @param intent      the intent in hand
     * @param eventTypeId one of its event types
     * @return the intent as it is then; empty where it is not in hand any more
     */
    Optional<Intent> chosen(Intent intent, long eventTypeId) {
        return db.sql("""
                UPDATE booking_intent SET event_type_ids = ARRAY[:chosen::bigint] || array_remove(event_type_ids, :chosen::bigint), status = 'started',
                    sends = 0, sent_at = NULL, settled = true, progress = NULL, next_attempt_at = now() + make_interval(secs => :lease), updated_at = now()
                WHERE id = :id AND attempts = :attempt AND status NOT IN ('done', 'refused') RETURNING *, now() AS read_at""")
                .param("chosen", eventTypeId).param("id", intent.id()).param("attempt", intent.attempt()).param("lease", seconds(lease))
                .query(BookingIntents::intent).optional();
    }

    /**
     * Of a booking by branch and name: Cal.com does not book it with the event type in hand, and surely has not.
     *
     * @param intent the intent in hand
     */
    void refusedWithChosen(Intent intent) {
        db.sql("""
                UPDATE booking_intent SET refused_event_type_ids = array_remove(refused_event_type_ids, :chosen::bigint) || :chosen::bigint
                WHERE id = :id AND attempts = :attempt AND status NOT IN ('done', 'refused')""")
                .param("chosen", intent.chosenEventTypeId()).param("id", intent.id()).param("attempt", intent.attempt()).update();
    }

    private boolean sent(Intent intent, String... from) {
        return db.sql("""
                UPDATE booking_intent SET status = 'sent', sends = sends + 1, sent_at = now(), settled = false, reason = NULL,
                    next_attempt_at = now() + make_interval(secs => :lease), updated_at = now()
                WHERE id = :id AND attempts = :attempt AND status = ANY(:from::text[])""")
                .param("from", from).param("id", intent.id()).param("attempt", intent.attempt()).param("lease", seconds(lease)).update() == 1;
    }

    /**
     * It happened. Whoever knows that may say so, also when the intent was taken over meanwhile: what is in Cal.com is there.
     *
     * @param intent           the intent
     * @param calcomBookingUid the booking; of a series its first
     * @param appointmentId    our record of it
     * @param reply            what the caller is answered, now and when it asks again
     * @return whether nobody had said so before
     */
    public boolean done(Intent intent, String calcomBookingUid, Long appointmentId, Reply reply) {
        return db.sql("""
                UPDATE booking_intent SET status = 'done', calcom_booking_uid = :uid, appointment_id = :appointment, response_status = :status,
                    response = :response::json, next_attempt_at = NULL, updated_at = now()
                WHERE id = :id AND status <> 'done'""")
                .param("id", intent.id()).param("uid", calcomBookingUid, Types.VARCHAR).param("appointment", appointmentId, Types.BIGINT)
                .param("status", reply.status()).param("response", Json.writeColumn(reply.body())).update() == 1;
    }

    /**
     * It did not happen, and won't.
     *
     * @param intent the intent in hand
     * @param reply  what the caller is answered, now and when it asks again
     * @return whether it still is in hand
     */
    public boolean refused(Intent intent, Reply reply) {
        return db.sql("""
                UPDATE booking_intent SET status = 'refused', response_status = :status, response = :response::json, next_attempt_at = NULL,
                    updated_at = now()
                WHERE id = :id AND attempts = :attempt AND status NOT IN ('done', 'refused')""")
                .param("id", intent.id()).param("attempt", intent.attempt())
                .param("status", reply.status()).param("response", Json.writeColumn(reply.body())).update() == 1;
    }

    /**
     * Cal.com was asked, and nobody knows what came of it.
     *
     * @param intent the intent in hand
     * @param after  when to look again
     * @return whether it still is in hand
     */
    public boolean pending(Intent intent, Duration after) {
        return db.sql("""
                UPDATE booking_intent SET status = 'pending', next_attempt_at = now() + make_interval(secs => :seconds), updated_at = now()
                WHERE id = :id AND attempts = :attempt AND status NOT IN ('done', 'refused', 'compensating')""")
                .param("id", intent.id()).param("attempt", intent.attempt()).param("seconds", seconds(after)).update() == 1;
    }

    /**
     * Cal.com is through with what it was asked.
     *
     * @param intent the intent in hand
     */
    public void settled(Intent intent) {
        db.sql("UPDATE booking_intent SET settled = true WHERE id = :id AND attempts = :attempt")
                .param("id", intent.id()).param("attempt", intent.attempt()).update();
    }

    /**
     * Cal.com was not asked after all.
     *
     * @param intent the intent in hand
     */
    public void unsent(Intent intent) {
        db.sql("UPDATE booking_intent SET sends = sends - 1, settled = true WHERE id = :id AND attempts = :attempt AND sends > 0")
                .param("id", intent.id()).param("attempt", intent.attempt()).update();
    }

    /**
     * A person may have to do it.
     *
     * @param intent the intent in hand
     * @param reason why
     * @param after  when to try again all the same; null for never
     * @return whether it still is in hand
     */
    public boolean manual(Intent intent, String reason, Duration after) {
        return db.sql("""
                UPDATE booking_intent SET status = 'manual', reason = :reason, updated_at = now(),
                    next_attempt_at = now() + make_interval(secs => cast(:seconds AS double precision))
                WHERE id = :id AND attempts = :attempt AND status NOT IN ('done', 'refused')""")
                .param("id", intent.id()).param("attempt", intent.attempt()).param("reason", reason)
                .param("seconds", after == null ? null : seconds(after), Types.DOUBLE).update() == 1;
    }

    /**
     * What was done of it is being undone.
     *
     * @param intent   the intent in hand
     * @param progress what there is to undo, and what the caller is answered then
     * @param after    when somebody else goes on, should this one not come to an end
     * @return whether it still is in hand
     */
    public boolean compensating(Intent intent, JsonNode progress, Duration after) {
        return db.sql("""
                UPDATE booking_intent SET status = 'compensating', progress = :progress::json, updated_at = now(),
                    next_attempt_at = now() + make_interval(secs => :seconds)
                WHERE id = :id AND attempts = :attempt AND status NOT IN ('done', 'refused')""")
                .param("id", intent.id()).param("attempt", intent.attempt()).param("progress", Json.writeColumn(progress))
                .param("seconds", seconds(after)).update() == 1;
    }

    /**
     * Stays in hand.
     *
     * @param intent   the intent in hand
     * @param progress what is known of it; null for as much as before
     * @return whether it still is
     */
    public boolean keep(Intent intent, JsonNode progress) {
        return db.sql("""
                UPDATE booking_intent SET progress = coalesce(:progress::json, progress), next_attempt_at = now() + make_interval(secs => :lease)
                WHERE id = :id AND attempts = :attempt AND status NOT IN ('done', 'refused')""")
                .param("id", intent.id()).param("attempt", intent.attempt()).param("lease", seconds(lease))
                .param("progress", progress == null ? null : Json.writeColumn(progress), Types.VARCHAR).update() == 1;
    }

    /**
     * Changes what is wanted of an intent that waits. Whoever has it in hand loses it by that, and can neither keep another
     * progress nor ask Cal.com for what is no longer wanted.
     *
     * @param intent   the intent as it was locked in this transaction
     * @param progress what is wanted from now on
     */
    void amend(Intent intent, JsonNode progress) {
        db.sql("""
                UPDATE booking_intent SET progress = :progress::json, attempts = attempts + 1, updated_at = now()
                WHERE id = :id AND attempts = :attempt AND status IN ('pending', 'manual')""")
                .param("id", intent.id()).param("attempt", intent.attempt()).param("progress", Json.writeColumn(progress)).update();
    }

    /**
     * Nothing came of it, for reasons that pass, and the caller is told so: asked again with the same key it is done anew.
     *
     * @param intent the intent in hand
     */
    public void forgo(Intent intent) {
        db.sql("""
                UPDATE booking_intent SET status = 'started', settled = true, next_attempt_at = NULL, updated_at = now(),
                    idempotency_key = CASE WHEN derived THEN NULL ELSE idempotency_key END
                WHERE id = :id AND attempts = :attempt AND status NOT IN ('done', 'refused')""")
                .param("id", intent.id()).param("attempt", intent.attempt()).update();
    }

    /**
     * As {@link #forgo}, unless somebody was told that it will be seen to.
     *
     * @param intent the intent in hand
     * @return whether nothing more is done about it
     */
    boolean forgoUnlessAccepted(Intent intent) {
        return db.sql("""
                UPDATE booking_intent SET status = 'started', settled = true, next_attempt_at = NULL, updated_at = now(),
                    idempotency_key = CASE WHEN derived THEN NULL ELSE idempotency_key END
                WHERE id = :id AND attempts = :attempt AND status NOT IN ('done', 'refused') AND NOT accepted""")
                .param("id", intent.id()).param("attempt", intent.attempt()).update() == 1;
    }

    /**
     * A caller is about to be told that it will be seen to, in the transaction that has {@link #lock}ed it.
     *
     * @return false where it was forgone meanwhile: then nobody sees to it
     */
    boolean accept(long id) {
        return db.sql("UPDATE booking_intent SET accepted = true WHERE id = :id AND NOT (status = 'started' AND next_attempt_at IS NULL)")
                .param("id", id).update() == 1;
    }

    /** Whether a caller was told that it will be seen to. */
    boolean isAccepted(long id) {
        return db.sql("SELECT accepted FROM booking_intent WHERE id = :id").param("id", id).query(Boolean.class).single();
    }

    private boolean isForgone(long id) {
        return db.sql("SELECT status = 'started' AND next_attempt_at IS NULL FROM booking_intent WHERE id = :id").param("id", id)
                .query(Boolean.class).single();
    }

    /** What was done is the case no more, so whoever asks for it again, without a key, wants it done again. */
    void letGoOf(Intent intent) {
        db.sql("UPDATE booking_intent SET idempotency_key = NULL WHERE id = :id AND derived AND status = 'done'").param("id", intent.id()).update();
    }

    /**
     * Locks an intent for the transaction: whoever names its appointment does so alone.
     *
     * @param id its number
     * @return the intent as it is now
     */
    Intent lock(long id) {
        return db.sql("SELECT *, now() AS read_at FROM booking_intent WHERE id = :id FOR UPDATE").param("id", id).query(BookingIntents::intent).single();
    }

    /** For the rest of the transaction: who waits longer for a lock gives up. */
    void waitForLocks(Duration atMost) {
        db.sql("SELECT set_config('lock_timeout', :millis, true)").param("millis", String.valueOf(Math.max(1, atMost.toMillis()))).query(String.class).single();
    }

    /** The appointments that wait for what is wanted, in the transaction that has {@link #lock}ed it. */
    void wanted(long id, List<Long> appointmentIds) {
        db.sql("UPDATE booking_intent SET appointment_id = :first, appointment_ids = :all::bigint[] WHERE id = :id")
                .param("id", id).param("first", appointmentIds.get(0)).param("all", appointmentIds.toArray(Long[]::new)).update();
    }

    /** What a change is about, as it was when the change was wanted; see {@link Intent#progress}. */
    void target(Intent intent, JsonNode target, long appointmentId) {
        db.sql("""
                UPDATE booking_intent SET progress = :target::json, appointment_id = :appointment, appointment_ids = ARRAY[:appointment::bigint]
                WHERE id = :id AND attempts = :attempt""")
                .param("id", intent.id()).param("attempt", intent.attempt()).param("target", Json.writeColumn(target)).param("appointment", appointmentId)
                .update();
    }

    /**
     * The intent whose appointment waits to be booked.
     *
     * @param company       whose it is
     * @param appointmentId the appointment
     */
    Optional<Intent> waiting(int company, long appointmentId) {
        return db.sql("""
                SELECT *, now() AS read_at FROM booking_intent WHERE company_id = :company AND appointment_ids @> ARRAY[:appointment::bigint] AND kind IN ('book', 'series')
                    AND status NOT IN ('done', 'refused') ORDER BY id LIMIT 1""")
                .param("company", company).param("appointment", appointmentId).query(BookingIntents::intent).optional();
    }

    /** An intent with what may be somebody's data. */
    record Suspect(long id, String key, JsonNode request, JsonNode response, JsonNode progress, boolean isOpen, List<Long> appointments) {
    }

    /**
     * Goes through the intents of a company that have a text in them, in small letters, or for a number its digits, and those of some
     * appointments. Reads all of them; they are kept for a few weeks.
     */
    void ofPerson(int company, String wanted, boolean isPhone, Collection<Long> appointments, Consumer<Suspect> each) {
        db.sql("SELECT * FROM (SELECT *, concat(idempotency_key, ' ', request::text, ' ', response::text, ' ', progress::text) AS said FROM booking_intent"
                + " WHERE company_id = :company) AS known WHERE appointment_ids && :appointments::bigint[] OR appointment_id = ANY(:appointments::bigint[])"
                + " OR position(:wanted in " + (isPhone ? "regexp_replace(said, '[^0-9]', '', 'g')" : "lower(said)") + ") > 0 ORDER BY id")
                .param("company", company).param("appointments", appointments.toArray(Long[]::new)).param("wanted", isPhone ? wanted : ascii(wanted))
                .query((row, n) -> {
                    List<Long> known = new ArrayList<>(List.of((Long[]) row.getArray("appointment_ids").getArray()));
                    Optional.ofNullable(row.getObject("appointment_id", Long.class)).ifPresent(known::add);
                    String status = row.getString("status");
                    boolean isOver = status.equals("done") || status.equals("refused") || status.equals("started") && row.getObject("next_attempt_at") == null;
                    return new Suspect(row.getLong("id"), row.getString("idempotency_key"), treeOrNothing(row, "request"), treeOrNothing(row, "response"),
                            treeOrNothing(row, "progress"), !isOver, known);
                }).list().forEach(each);
    }

    /** As a column of type json has it, see {@link Json#writeColumn}. */
    private static String ascii(String text) {
        String json = Json.writeColumn(text);
        return json.substring(1, json.length() - 1).toLowerCase(Locale.ROOT);
    }

    private static JsonNode treeOrNothing(ResultSet row, String column) throws SQLException {
        String json = row.getString(column);
        return json == null ? MissingNode.getInstance() : tree(json);
    }

    /** A derived key and its hash can be guessed by who knows the person, so they go; a caller's own stays where it tells nothing. */
    void forget(long id, JsonNode request, JsonNode response, JsonNode progress, boolean isKeyTelling) {
        db.sql("""
                UPDATE booking_intent SET request = :request::json, response = :response::json, progress = :progress::json,
                    request_hash = CASE WHEN derived THEN '\\x00'::bytea ELSE request_hash END,
                    idempotency_key = CASE WHEN derived THEN NULL WHEN :isKeyTelling THEN 'erased-' || id ELSE idempotency_key END
                WHERE id = :id AND (status IN ('done', 'refused') OR status = 'started' AND next_attempt_at IS NULL)""")
                .param("id", id).param("request", Json.writeColumn(request)).param("response", column(response), Types.VARCHAR)
                .param("progress", column(progress), Types.VARCHAR).param("isKeyTelling", isKeyTelling).update();
    }

    private static String column(JsonNode tree) {
        return tree.isMissingNode() ? null : Json.writeColumn(tree);
    }

    /**
     * Forgets what was answered long ago: the same key would then be a new request.
     *
     * @param keep how long answers are kept
     * @return how many were forgotten
     */
    public int prune(Duration keep) {
        return db.sql("""
                DELETE FROM booking_intent WHERE id IN (SELECT id FROM booking_intent
                    WHERE status IN ('done', 'refused', 'started') AND next_attempt_at IS NULL AND updated_at < now() - make_interval(secs => :seconds) ORDER BY updated_at LIMIT 10000)""")
                .param("seconds", seconds(keep)).update();
    }

    /**
     * Takes over what is due: what came to nothing in the hand of somebody who is gone, and what was to be looked at again.
     * What was sent is pending from then on.
     *
     * @param most how many
     * @return the intents, now in hand
     */
    public List<Intent> claim(int most) {
        return db.sql("""
                UPDATE booking_intent SET status = CASE status WHEN 'sent' THEN 'pending' ELSE status END, attempts = attempts + 1,
                    next_attempt_at = now() + make_interval(secs => :lease), updated_at = now()
                WHERE id IN (SELECT id FROM booking_intent WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT :most FOR UPDATE SKIP LOCKED)
                RETURNING *, now() AS read_at""")
                .param("lease", seconds(lease)).param("most", most).query(BookingIntents::intent).list();
    }

    private static String stamp() {
        byte[] bytes = new byte[15];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().encodeToString(bytes);
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1000.0;
    }

    private static Intent intent(ResultSet row, int n) throws SQLException {
        String response = row.getString("response");
        String progress = row.getString("progress");
        return new Intent(row.getLong("id"), row.getInt("company_id"), Intent.Kind.of(row.getString("kind")), Intent.Status.of(row.getString("status")),
                row.getString("stamp"), row.getInt("attempts"), tree(row.getString("request")), row.getString("calcom_booking_uid"),
                row.getObject("appointment_id", Long.class), response == null ? null : new Reply(row.getInt("response_status"), tree(response)),
                row.getInt("sends"), instant(row, "sent_at"), row.getBoolean("settled"), progress == null ? null : tree(progress), instant(row, "created_at"),
                row.getString("reason"), List.of((Long[]) row.getArray("appointment_ids").getArray()), instant(row, "read_at"),
                List.of((Long[]) row.getArray("event_type_ids").getArray()), List.of((Long[]) row.getArray("refused_event_type_ids").getArray()));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getTimestamp(column) == null ? null : row.getTimestamp(column).toInstant();
    }

    private static JsonNode tree(String json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
