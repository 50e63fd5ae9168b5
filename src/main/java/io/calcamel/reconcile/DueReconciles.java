package io.calcamel.reconcile;

import io.calcamel.reconcile.ReconcileRequest.Scope;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table reconcile_schedule: when each company is reconciled next, and until when all is known that Cal.com changed. */
final class DueReconciles {

    private final JdbcClient db;
    private final ReconcileSettings settings;

    /** A company whose turn it is, and how far is looked. */
    record Due(int company, Scope scope) {
    }

    DueReconciles(JdbcClient db, ReconcileSettings settings) {
        this.db = db;
        this.settings = settings;
    }

    /**
     * Claims those that are due, the longest overdue first: no other node gets them. A new one is due at once, with all that it can be.
     *
     * @param companies those that can be asked
     * @param most      how many to claim
     */
    List<Due> claim(List<Integer> companies, int most) {
        Integer[] ids = companies.toArray(Integer[]::new);
        db.sql("""
                INSERT INTO reconcile_schedule (company_id, changes_due_at, near_due_at, far_due_at)
                SELECT id, '-infinity', '-infinity', '-infinity' FROM unnest(:companies::integer[]) AS new (id)
                WHERE NOT EXISTS (SELECT FROM reconcile_schedule WHERE company_id = id) ON CONFLICT DO NOTHING""").param("companies", ids).update();
        // A little more or less each time, so that companies that came together do not stay together.
        return db.sql("""
                WITH due AS MATERIALIZED (
                    SELECT company_id, near_due_at <= now() AS near, far_due_at <= now() AS far, 0.9 + 0.2 * random() AS spread FROM reconcile_schedule
                    WHERE least(changes_due_at, near_due_at, far_due_at) <= now() AND company_id = ANY(:companies::integer[])
                    ORDER BY changes_due_at, company_id LIMIT :most FOR UPDATE SKIP LOCKED)
                UPDATE reconcile_schedule SET changes_due_at = now() + make_interval(secs => :every * spread),
                    near_due_at = CASE WHEN near OR far THEN now() + make_interval(secs => :nearEvery * spread) ELSE near_due_at END,
                    far_due_at = CASE WHEN far THEN now() + make_interval(secs => :farEvery * spread) ELSE far_due_at END
                FROM due WHERE reconcile_schedule.company_id = due.company_id RETURNING due.company_id, near, far""")
                .param("companies", ids).param("most", most).param("every", seconds(settings.every())).param("nearEvery", seconds(settings.nearEvery()))
                .param("farEvery", seconds(settings.farEvery()))
                .query((row, n) -> new Due(row.getInt("company_id"), row.getBoolean("far") ? Scope.FAR : row.getBoolean("near") ? Scope.NEAR : Scope.CHANGES))
                .list();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** What changed is asked for at the next look. */
    void allNow() {
        db.sql("UPDATE reconcile_schedule SET changes_due_at = least(changes_due_at, now())").update();
    }

    /** It was not done: it is due again with the next changes, not only when its own turn comes. */
    void again(int company, Scope scope) {
        db.sql("""
                UPDATE reconcile_schedule SET near_due_at = CASE WHEN :near THEN least(near_due_at, changes_due_at) ELSE near_due_at END,
                    far_due_at = CASE WHEN :far THEN least(far_due_at, changes_due_at) ELSE far_due_at END
                WHERE company_id = :company""")
                .param("near", scope == Scope.NEAR).param("far", scope == Scope.FAR).param("company", company).update();
    }

    /** Until when all is known that Cal.com changed; empty where nobody ever asked. */
    Optional<Instant> knownUntil(int company) {
        return db.sql("SELECT known_until FROM reconcile_schedule WHERE company_id = :company AND known_until IS NOT NULL").param("company", company)
                .query((row, n) -> row.getTimestamp("known_until").toInstant()).optional();
    }

    /** From now on all is known until then. */
    void knownUntil(int company, Instant moment) {
        db.sql("""
                INSERT INTO reconcile_schedule AS known (company_id, changes_due_at, near_due_at, far_due_at, known_until)
                VALUES (:company, '-infinity', '-infinity', '-infinity', :moment)
                ON CONFLICT (company_id) DO UPDATE SET known_until = greatest(known.known_until, excluded.known_until)""")
                .param("company", company).param("moment", Timestamp.from(moment)).update();
    }
}
