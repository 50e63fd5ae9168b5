package io.calcamel.webhook;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.Set;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The table of deliveries. Nothing else writes SQL for it. */
final class Inbox {

    /** What the API's filters match, of the company. */
    static final String MATCHING = """
            FROM delivery
            WHERE company_id = :company
              AND (:status::text IS NULL OR status = :status)
              AND (:trigger::text IS NULL OR trigger_event = :trigger)
              AND (:from::timestamptz IS NULL OR received_at >= :from)
              AND (:to::timestamptz IS NULL OR received_at < :to)
            """;

    private static final String INSERT = """
            INSERT INTO delivery (company_id, trigger_event, booking_uid, content_type, webhook_version, body, body_hash, has_created_at, received_at)
            SELECT company, trigger_event, uid, content_type, version, body, hash, has_created_at, coalesce(received_at, now())
            FROM unnest(?::int[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::bytea[], ?::boolean[], ?::timestamptz[])
                AS incoming (company, trigger_event, uid, content_type, version, body, hash, has_created_at, received_at)
            ON CONFLICT (company_id, body_hash) WHERE has_created_at DO NOTHING
            RETURNING id, company_id, body_hash""";

    private static final String FIND_DUPLICATED = """
            SELECT d.id, d.company_id, d.body_hash
            FROM unnest(?::int[], ?::bytea[]) AS wanted (company_id, body_hash)
            JOIN delivery d ON d.company_id = wanted.company_id AND d.body_hash = wanted.body_hash AND d.has_created_at""";

    /**
     * Oldest due first; a delivery waits while an earlier one of its booking is pending, so that one booking's are taken
     * in order. One that failed and waits for its retry holds back nothing, nor does one whose turn in a replay has not come.
     *
     * <p>OFFSET 0 keeps PostgreSQL from making a join of the inner question: while its statistics say that nothing is pending, it would
     * read all that is pending for each that is claimed, and a backlog of 10,000 was worked off at 30 a second.
     */
    private static final String CLAIM = """
            SELECT d.id, d.company_id, c.slug, d.trigger_event, d.booking_uid, d.body, d.body_hash, d.attempts
            FROM delivery d JOIN company c ON c.id = d.company_id
            WHERE d.status IN ('pending', 'failed') AND d.next_attempt_at <= now()
              AND NOT EXISTS (SELECT FROM delivery earlier
                              WHERE earlier.company_id = d.company_id AND earlier.booking_uid = d.booking_uid
                                AND earlier.status = 'pending' AND earlier.id < d.id AND earlier.next_attempt_at <= now() OFFSET 0)
            ORDER BY d.next_attempt_at, d.id
            LIMIT 1
            FOR UPDATE OF d SKIP LOCKED""";

    private final JdbcTemplate jdbc;
    private final JdbcClient db;
    private final TransactionTemplate transaction;

    /** A delivery on its way into the inbox; {@code receivedAt} is null where that is now. */
    record Incoming(int company, DeliveryHead head, String contentType, String webhookVersion, byte[] body, byte[] hash, Instant receivedAt) {
    }

    /** Where a delivery was stored: its own row, or the one that it repeats. */
    record Stored(long id, boolean duplicate) {
    }

    /** A delivery that this thread holds until its transaction ends. */
    record Claimed(long id, int company, String companySlug, String triggerEvent, String bookingUid, byte[] body, String hash, int attempts) {
    }

    Inbox(JdbcTemplate jdbc, TransactionTemplate transaction) {
        this.jdbc = jdbc;
        this.db = JdbcClient.create(jdbc);
        this.transaction = transaction;
    }

    /**
     * Stores deliveries with one multi-row insert in a transaction of its own; they are durable when it returns.
     *
     * @param batch the deliveries, in the order they came
     * @return where each was stored, in the same order
     * @throws org.springframework.dao.DataAccessException if not one of them was stored
     */
    List<Stored> store(List<Incoming> batch) {
        return transaction.execute(tx -> jdbc.execute((ConnectionCallback<List<Stored>>) connection -> insert(connection, batch)));
    }

    /** Which of these bookings have deliveries that are not settled yet. */
    Set<String> waiting(int company, Collection<String> uids) {
        // Two look-ups, each of its own index: those that wait for another attempt are few.
        return db.sql("""
                SELECT booking_uid FROM delivery WHERE company_id = :company AND status = 'pending' AND booking_uid = ANY(:uids::text[])
                UNION SELECT booking_uid FROM delivery WHERE company_id = :company AND status = 'failed' AND booking_uid = ANY(:uids::text[])""")
                .param("company", company).param("uids", uids.toArray(String[]::new)).query(String.class).set();
    }

    private static List<Stored> insert(Connection connection, List<Incoming> batch) throws SQLException {
        Map<String, Queue<Long>> inserted = new HashMap<>();
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setArray(1, array(connection, "int4", batch.stream().map(Incoming::company).toArray()));
            insert.setArray(2, array(connection, "text", batch.stream().map(d -> d.head().triggerEvent()).toArray()));
            insert.setArray(3, array(connection, "text", batch.stream().map(d -> d.head().bookingUid()).toArray()));
            insert.setArray(4, array(connection, "text", batch.stream().map(Incoming::contentType).toArray()));
            insert.setArray(5, array(connection, "text", batch.stream().map(Incoming::webhookVersion).toArray()));
            insert.setArray(6, array(connection, "bytea", batch.stream().map(Incoming::body).toArray(byte[][]::new)));
            insert.setArray(7, array(connection, "bytea", batch.stream().map(Incoming::hash).toArray(byte[][]::new)));
            insert.setArray(8, array(connection, "bool", batch.stream().map(d -> d.head().hasCreatedAt()).toArray()));
            insert.setArray(9, array(connection, "timestamptz", batch.stream().map(d -> d.receivedAt() == null ? null : Timestamp.from(d.receivedAt())).toArray()));
            collect(insert, inserted);
        }
        List<Incoming> repeated = new ArrayList<>();
        List<Stored> stored = new ArrayList<>(batch.size());
        for (Incoming delivery : batch) {
            Long id = inserted.getOrDefault(key(delivery), new ArrayDeque<>()).poll();
            stored.add(id == null ? null : new Stored(id, false));
            if (id == null) {
                repeated.add(delivery);
            }
        }
        if (!repeated.isEmpty()) {
            Map<String, Queue<Long>> originals = find(connection, repeated);
            for (int i = 0; i < stored.size(); i++) {
                if (stored.get(i) == null) {
                    stored.set(i, new Stored(originals.get(key(batch.get(i))).element(), true));
                }
            }
        }
        return stored;
    }

    private static Map<String, Queue<Long>> find(Connection connection, List<Incoming> repeated) throws SQLException {
        Map<String, Queue<Long>> found = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement(FIND_DUPLICATED)) {
            select.setArray(1, array(connection, "int4", repeated.stream().map(Incoming::company).toArray()));
            select.setArray(2, array(connection, "bytea", repeated.stream().map(Incoming::hash).toArray(byte[][]::new)));
            collect(select, found);
        }
        return found;
    }

    private static void collect(PreparedStatement statement, Map<String, Queue<Long>> ids) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                ids.computeIfAbsent(key(rows.getInt(2), rows.getBytes(3)), k -> new ArrayDeque<>()).add(rows.getLong(1));
            }
        }
    }

    private static Array array(Connection connection, String type, Object[] values) throws SQLException {
        return connection.createArrayOf(type, values);
    }

    private static String key(Incoming delivery) {
        return key(delivery.company(), delivery.hash());
    }

    private static String key(int company, byte[] hash) {
        return company + ":" + HexFormat.of().formatHex(hash);
    }

    /**
     * Claims the delivery that is next, for the transaction of the calling thread.
     *
     * @return the delivery, or empty where none is due
     */
    Optional<Claimed> claim() {
        return db.sql(CLAIM)
                .query((row, n) -> new Claimed(row.getLong("id"), row.getInt("company_id"), row.getString("slug"),
                        row.getString("trigger_event"), row.getString("booking_uid"), row.getBytes("body"),
                        HexFormat.of().formatHex(row.getBytes("body_hash")), row.getInt("attempts")))
                .optional();
    }

    /**
     * Marks a delivery as done.
     *
     * @param id     the delivery
     * @param status {@code applied}, {@code ignored} or {@code unrecognised}
     * @param reason why, where it was not applied; may be null
     */
    void settle(long id, String status, String reason) {
        db.sql("""
                UPDATE delivery SET status = :status, attempts = attempts + 1, settled_at = now(), reason = :reason
                WHERE id = :id""")
                .param("status", status).param("reason", reason).param("id", id).update();
    }

    /**
     * Notes a failed attempt.
     *
     * @param id     the delivery
     * @param retry  how long to wait for the next attempt; empty to give up: a dead letter
     * @param reason what failed, without personal data
     * @return whether it was noted; not where somebody else was done with it meanwhile
     */
    boolean fail(long id, Optional<Duration> retry, String reason) {
        return db.sql("""
                UPDATE delivery SET status = :status, attempts = attempts + 1, reason = :reason,
                    next_attempt_at = clock_timestamp() + make_interval(secs => :wait),
                    settled_at = CASE WHEN :status = 'dead' THEN now() END
                WHERE id = :id AND status IN ('pending', 'failed')""")
                .param("status", retry.isPresent() ? "failed" : "dead")
                .param("reason", reason)
                .param("wait", retry.orElse(Duration.ZERO).toMillis() / 1000.0)
                .param("id", id)
                .update() == 1;
    }

    /**
     * Makes a delivery pending again, whatever became of it, with its retry schedule anew.
     *
     * @return whether the company has it
     */
    boolean replay(int company, long id) {
        return db.sql("""
                UPDATE delivery SET status = 'pending', attempts = 0, next_attempt_at = now(), settled_at = NULL, reason = NULL
                WHERE company_id = :company AND id = :id""")
                .param("company", company).param("id", id).update() == 1;
    }

    /** Deletes deliveries that were settled with one of these outcomes before then. */
    int delete(Instant before, int limit, String... statuses) {
        return db.sql("""
                DELETE FROM delivery WHERE id IN (SELECT id FROM delivery
                    WHERE status = ANY(:statuses::text[]) AND coalesce(settled_at, received_at) < :before ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED)""")
                .param("statuses", statuses).param("before", Timestamp.from(before)).param("limit", limit).update();
    }

    /** A delivery with what may be somebody's data. */
    record Suspect(long id, String bookingUid, byte[] body) {
    }

    private static final int SUSPECTS = 2_000;

    /**
     * Goes through the deliveries of a company that have a text in them, in small letters, or for a number its digits, and those of
     * some bookings; a few thousand at a time, since there is no index on what is in a body.
     */
    void withText(int company, String wanted, boolean isPhone, List<String> bookings, Consumer<Suspect> each) {
        long after = 0;
        while (after >= 0) {
            List<Suspect> found = db.sql("WITH page AS MATERIALIZED ("
                    + "SELECT id, booking_uid, body FROM delivery WHERE company_id = :company AND id > :after ORDER BY id LIMIT :limit) "
                    + "SELECT id, booking_uid, CASE WHEN booking_uid = ANY(:bookings::text[]) OR position(:wanted in "
                    + (isPhone ? DIGITS : LETTERS) + ") > 0 THEN body END AS body FROM page ORDER BY id")
                    .param("company", company).param("after", after).param("limit", SUSPECTS).param("bookings", bookings.toArray(String[]::new))
                    .param("wanted", isPhone ? wanted : escaped(wanted))
                    .query((row, n) -> new Suspect(row.getLong("id"), row.getString("booking_uid"), row.getBytes("body"))).list();
            found.stream().filter(delivery -> delivery.body() != null).forEach(each);
            after = found.size() < SUSPECTS ? -1 : found.get(found.size() - 1).id();
        }
    }

    /** A body is bytes, and need not be text in any encoding. */
    private static final String LETTERS = "lower(encode(body, 'escape'))";
    private static final String DIGITS = "regexp_replace(encode(body, 'escape'), '[^0-9]', '', 'g')";

    /** As {@link #LETTERS} has it. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            escaped.append(b < 0 ? String.format("\\%03o", b & 0xff) : String.valueOf((char) b));
        }
        return escaped.toString();
    }

    /** Puts another body in the place of one that had somebody's data; its hash stays that of the bytes that came. */
    void replaceBody(long id, byte[] body) {
        db.sql("UPDATE delivery SET body = :body WHERE id = :id").param("id", id).param("body", body).update();
    }

    /** When the last of those is due that a company has pending; empty where none is. */
    Optional<Instant> lastPending(int company) {
        return db.sql("SELECT next_attempt_at FROM delivery WHERE status = 'pending' AND company_id = :company ORDER BY next_attempt_at DESC LIMIT 1")
                .param("company", company).query(Timestamp.class).optional().map(Timestamp::toInstant);
    }

    /**
     * Makes deliveries pending again, as {@link #replay(int, long)}, the oldest first and one after the other.
     *
     * @param filter {@code company} and what else {@link #MATCHING} takes
     * @param after  only those with a higher id
     * @param limit  how many at most
     * @param from   when the first is due
     * @param apart  how long after it the next one is
     * @return their ids
     */
    List<Long> replay(Map<String, Object> filter, long after, int limit, Instant from, Duration apart) {
        return db.sql("""
                WITH wanted AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n
                                FROM (SELECT id
                """ + MATCHING + """
                                      AND id > :after ORDER BY id LIMIT :limit FOR UPDATE) AS locked)
                UPDATE delivery d SET status = 'pending', attempts = 0, settled_at = NULL, reason = NULL,
                    next_attempt_at = :first::timestamptz + make_interval(secs => wanted.n * :apart)
                FROM wanted WHERE d.id = wanted.id
                RETURNING d.id""")
                .params(filter).param("after", after).param("limit", limit).param("first", Timestamp.from(from)).param("apart", apart.toNanos() / 1e9)
                .query(Long.class).list();
    }
}
