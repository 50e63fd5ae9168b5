package io.calcamel.reconcile;

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
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table reconcile_run. */
final class ReconcileRuns {

    private static final String PATH = "/api/reconcile-runs";
    private static final List<String> STATUSES = List.of("running", "complete", "partial", "failed", "interrupted");
    private static final String COLUMNS = """
            id, status, cause, scope, dry_run, since, window_from, window_to, started_at, ended_at, calls, seen, waiting,
            missed_webhook, unknown_here, gone_there, drift, repaired, listed, errors
            """;

    private final Locks locks;
    private final JdbcClient db;

    ReconcileRuns(Locks locks, JdbcClient db) {
        this.locks = locks;
        this.db = db;
    }

    Optional<Locks.Lock> lock(int company) {
        return locks.lock("reconcile", company);
    }

    /** Begins a run. Who calls it has the lock, so another run that claims to be running was killed. */
    ReconcileRun begin(ReconcileRequest request) {
        db.sql("UPDATE reconcile_run SET status = 'interrupted', ended_at = now(), errors = :errors::json WHERE company_id = :company AND status = 'running'")
                .param("company", request.company())
                .param("errors", Json.write(List.of(new Problem(503, "interrupted", "The hub stopped in the middle of it", null, null).toJson()))).update();
        return db.sql("""
                INSERT INTO reconcile_run (company_id, cause, scope, dry_run, since, window_from, window_to)
                VALUES (:company, :cause, :scope, :dryRun, :since, :from, :to) RETURNING id""")
                .param("company", request.company()).param("cause", text(request.cause())).param("scope", text(request.scope())).param("dryRun", request.dryRun())
                .param("since", timestamp(request.since()), Types.TIMESTAMP).param("from", timestamp(request.from()), Types.TIMESTAMP)
                .param("to", timestamp(request.to()), Types.TIMESTAMP)
                .query((row, n) -> new ReconcileRun(row.getLong("id"), request, Instant.now())).single();
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static Timestamp timestamp(Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }

    /** Tells whoever looks how far it is. */
    void progress(ReconcileRun run) {
        db.sql("UPDATE reconcile_run SET calls = :calls, seen = :seen, repaired = :repaired WHERE id = :id").param("calls", run.calls())
                .param("seen", run.seen()).param("repaired", run.count(ReconcileItem.REPAIRED)).param("id", run.id()).update();
    }

    /** Ends a run as what it was. */
    void end(ReconcileRun run) {
        db.sql("""
                UPDATE reconcile_run SET status = :status, ended_at = now(), calls = :calls, seen = :seen, waiting = :waiting,
                    missed_webhook = :missed, unknown_here = :unknown, gone_there = :gone, drift = :drift,
                    repaired = :repaired, listed = :listed, items = :items::json, errors = :errors::json
                WHERE id = :id""")
                .param("id", run.id()).param("status", run.status()).param("calls", run.calls()).param("seen", run.seen()).param("waiting", run.waiting())
                .param("missed", run.count("missed_webhook")).param("unknown", run.count("unknown_here")).param("gone", run.count(ReconcileItem.GONE))
                .param("drift", run.count(ReconcileItem.DRIFT)).param("repaired", run.count(ReconcileItem.REPAIRED)).param("listed", run.count(ReconcileItem.LISTED))
                .param("items", Json.writeColumn(run.items())).param("errors", Json.writeColumn(run.errors())).update();
    }

    /** Which of these bookings no run of the time before this one has listed. */
    List<String> news(ReconcileRun run, Collection<String> uids, Duration within) {
        Set<String> told = new HashSet<>(db.sql("""
                SELECT DISTINCT item ->> 'uid' FROM reconcile_run, json_array_elements(items) AS item
                WHERE company_id = :company AND id < :id AND started_at > :since AND NOT dry_run AND listed > 0 AND item ->> 'action' = 'listed'""")
                .param("company", run.request().company()).param("id", run.id()).param("since", Timestamp.from(Instant.now().minus(within)))
                .query(String.class).list());
        return uids.stream().filter(uid -> !told.contains(uid)).toList();
    }

    /** Forgets the runs of before. */
    void prune(Instant before) {
        db.sql("DELETE FROM reconcile_run WHERE started_at < :before AND status <> 'running'").param("before", Timestamp.from(before)).update();
    }

    /**
     * A run as the API shows it, with its differences.
     *
     * @throws Problem 404 {@code reconcile_run_not_found}
     */
    Map<String, Object> report(int company, long id) {
        return db.sql("SELECT " + COLUMNS + ", items FROM reconcile_run WHERE company_id = :company AND id = :id").param("company", company).param("id", id)
                .query((row, n) -> {
                    Map<String, Object> json = json(row);
                    json.put("items", tree(row.getString("items")));
                    return json;
                }).optional().orElseThrow(() -> new Problem(404, "reconcile_run_not_found", "The company has no such run", null, "GET /api/reconcile-runs lists them."));
    }

    /** Lists a company's runs, the newest first; {@code status}, {@code limit}, {@code after}. */
    Page list(int company, Parameters given) {
        Map<String, Object> filter = new LinkedHashMap<>();
        filter.put("company", company);
        filter.put("status", given.oneOf("status", STATUSES).orElse(null));
        int limit = given.limit();
        String matching = " FROM reconcile_run WHERE company_id = :company AND (:status::text IS NULL OR status = :status)";
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
        json.put("since", moment(row, "since"));
        json.put("from", moment(row, "window_from"));
        json.put("to", moment(row, "window_to"));
        json.put("startedAt", moment(row, "started_at"));
        json.put("endedAt", moment(row, "ended_at"));
        json.put("calls", row.getInt("calls"));
        json.put("seen", row.getInt("seen"));
        json.put("waiting", row.getInt("waiting"));
        json.put("missedWebhooks", row.getInt("missed_webhook"));
        json.put("unknownHere", row.getInt("unknown_here"));
        json.put("goneThere", row.getInt("gone_there"));
        json.put("drift", row.getInt("drift"));
        json.put("repaired", row.getInt("repaired"));
        json.put("listed", row.getInt("listed"));
        json.put("errors", tree(row.getString("errors")));
        return json;
    }

    private static Instant moment(ResultSet row, String column) throws SQLException {
        Timestamp timestamp = row.getTimestamp(column);
        return timestamp == null ? null : timestamp.toInstant();
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
        return new Problem(409, "reconcile_running", "The company's bookings are being reconciled already", null,
                "Wait for it to end; GET /api/reconcile-runs?status=running shows it.");
    }
}
