package io.calcamel.eventtype;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.database.Locks;
import io.calcamel.http.Json;
import io.calcamel.http.Page;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table sync_run. */
final class SyncRuns {

    private static final Logger LOG = LoggerFactory.getLogger(SyncRuns.class);

    private static final String PATH = "/api/sync-runs";
    private static final List<String> STATUSES = Stream.concat(Stream.of("running"), Arrays.stream(SyncRun.Status.values()).map(SyncRun.Status::text)).toList();
    private static final String COLUMNS = """
            id, cause, scope, status, dry_run, forced, started_at, ended_at, seen, created, updated, unchanged, missing, deactivated, calls, errors
            """;

    private final Locks locks;
    private final JdbcClient db;

    SyncRuns(Locks locks, JdbcClient db) {
        this.locks = locks;
        this.db = db;
    }

    /**
     * Takes the company's lock.
     *
     * @return the lock, to be closed; empty where another run has it
     */
    Optional<Locks.Lock> lock(int company) {
        return locks.lock("event-type-sync", company);
    }

    /**
     * Begins a run. Who calls it has the lock, so another run that claims to be running was killed.
     *
     * @param request what it is asked to do
     * @return the run
     */
    SyncRun begin(SyncRequest request) {
        int killed = db.sql("""
                UPDATE sync_run SET status = 'interrupted', ended_at = now(), errors = :errors::json
                WHERE company_id = :company AND status = 'running'""")
                .param("company", request.company())
                .param("errors", Json.write(List.of(Map.of("code", "interrupted", "title", "The hub ended in the middle of it"))))
                .update();
        if (killed > 0) {
            LOG.warn("The event-type sync before this one ended in the middle of it");
        }
        return insert(request, "running");
    }

    /** Begins a run that stores what was just created: it needs no lock, and ends in a moment. */
    SyncRun beginCreated(SyncRequest request) {
        return insert(request, "failed");
    }

    private SyncRun insert(SyncRequest request, String status) {
        return db.sql("""
                INSERT INTO sync_run (company_id, cause, scope, status, dry_run, forced, ended_at)
                VALUES (:company, :cause, :scope, :status, :dryRun, :forced, CASE WHEN :status <> 'running' THEN now() END) RETURNING id, started_at""")
                .param("company", request.company()).param("cause", text(request.cause())).param("scope", text(request.scope()))
                .param("status", status).param("dryRun", request.dryRun()).param("forced", request.force())
                .query((row, n) -> new SyncRun(row.getLong("id"), request, row.getTimestamp("started_at").toInstant()))
                .single();
    }

    /** Tells whoever looks how far it is. */
    void progress(SyncRun run) {
        db.sql("UPDATE sync_run SET calls = :calls, seen = :seen WHERE id = :id")
                .param("calls", run.calls()).param("seen", run.seen()).param("id", run.id()).update();
    }

    /** Ends a run as what it was. */
    void end(SyncRun run) {
        db.sql("""
                UPDATE sync_run SET status = :status, ended_at = now(), calls = :calls, seen = :seen, created = :created, updated = :updated,
                    unchanged = :unchanged, missing = :missing, deactivated = :deactivated, errors = :errors::json,
                    answered_lists = :lists::bigint[], answered_ids = :ids::bigint[]
                WHERE id = :id""")
                .param("id", run.id()).param("status", run.status().text()).params(run.counts())
                .param("errors", Json.writeColumn(run.errors()))
                .param("lists", array(run.comparedLists())).param("ids", array(run.comparedIds()))
                .update();
    }

    private static Long[] array(Collection<Long> ids) {
        return ids.toArray(Long[]::new);
    }

    /** Whether somebody has synced all of a company's event types, or is doing so, within this time. */
    boolean hasSynced(int company, Duration within) {
        return db.sql("""
                SELECT EXISTS (SELECT FROM sync_run WHERE company_id = :company AND scope = 'all' AND cause IN ('schedule', 'start') AND NOT dry_run
                    AND status IN ('running', 'complete', 'refused') AND started_at > now() - make_interval(secs => :seconds))""")
                .param("company", company).param("seconds", within.toMillis() / 1000.0)
                .query(Boolean.class).single();
    }

    /** Whether all of a company's event types were ever synced. */
    boolean hasCompleted(int company) {
        return db.sql("SELECT EXISTS (SELECT FROM sync_run WHERE company_id = :company AND scope = 'all' AND status = 'complete' AND NOT dry_run)")
                .param("company", company).query(Boolean.class).single();
    }

    /** A run as the API shows it. */
    Map<String, Object> report(long id) {
        return db.sql("SELECT " + COLUMNS + " FROM sync_run WHERE id = :id").param("id", id).query((row, n) -> json(row)).single();
    }

    /** The newest run of all event types. */
    Optional<Map<String, Object>> last(int company) {
        return db.sql("SELECT " + COLUMNS + " FROM sync_run WHERE company_id = :company AND scope = 'all' AND NOT dry_run ORDER BY id DESC LIMIT 1")
                .param("company", company).query((row, n) -> json(row)).optional();
    }

    /** The newest runs that ended, as the API shows them. */
    List<Map<String, Object>> newest(int company, int most) {
        return db.sql("SELECT " + COLUMNS + " FROM sync_run WHERE company_id = :company AND ended_at IS NOT NULL ORDER BY id DESC LIMIT :most")
                .param("company", company).param("most", most).query((row, n) -> json(row)).list();
    }

    /** Lists a company's runs, the newest first; {@code status}, {@code limit}, {@code after}. */
    Page list(int company, Parameters given) {
        Map<String, Object> filter = new LinkedHashMap<>();
        filter.put("company", company);
        filter.put("status", given.oneOf("status", STATUSES).orElse(null));
        int limit = given.limit();
        String matching = " FROM sync_run WHERE company_id = :company AND (:status::text IS NULL OR status = :status)";
        long total = db.sql("SELECT count(*)" + matching).params(filter).query(Long.class).single();
        filter.put("after", given.number("after").orElse(Long.MAX_VALUE));
        filter.put("limit", limit + 1);
        List<Map<String, Object>> items = db.sql("SELECT " + COLUMNS + matching + " AND id < :after ORDER BY id DESC LIMIT :limit")
                .params(filter).query((row, n) -> json(row)).list();
        return Page.of(total, items, PATH, given);
    }

    private static Map<String, Object> json(ResultSet row) throws SQLException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", row.getLong("id"));
        json.put("status", row.getString("status"));
        json.put("cause", row.getString("cause"));
        json.put("scope", row.getString("scope"));
        json.put("dryRun", row.getBoolean("dry_run"));
        json.put("force", row.getBoolean("forced"));
        json.put("startedAt", row.getTimestamp("started_at").toInstant());
        Timestamp ended = row.getTimestamp("ended_at");
        json.put("endedAt", ended == null ? null : ended.toInstant());
        for (String count : List.of("seen", "created", "updated", "unchanged", "missing", "deactivated", "calls")) {
            json.put(count, row.getInt(count));
        }
        json.put("errors", tree(row.getString("errors")));
        return json;
    }

    private static JsonNode tree(String json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is answered while another run has the lock. */
    static Problem running() {
        return new Problem(409, "sync_running", "The company's event types are being synced already", null,
                "Wait for it to end; GET /api/sync-runs?status=running shows it.");
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Whether a run on its own accord failed, so that it is worth another try soon. */
    static boolean isFailure(Map<?, ?> report) {
        return List.of("failed", "partial", "interrupted").contains(String.valueOf(report.get("status")));
    }

    /** Deletes runs that ended before then, but for each company's last. */
    int delete(Instant before, int limit) {
        return db.sql("""
                DELETE FROM sync_run WHERE id IN (SELECT id FROM sync_run old WHERE ended_at < :before
                    AND EXISTS (SELECT FROM sync_run later WHERE later.company_id = old.company_id AND later.id > old.id) ORDER BY id LIMIT :limit)""")
                .param("before", Timestamp.from(before)).param("limit", limit).update();
    }
}
