package io.calcamel.eventtype;

import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table event_type_schedule: when each company is synced next, whatever node does it. */
final class DueSyncs {

    private final JdbcClient db;

    DueSyncs(JdbcClient db) {
        this.db = db;
    }

    /**
     * Claims those that are due, the longest overdue first. One that is new is due at once, and then at a random moment of the
     * interval: that spreads companies over it which came together.
     *
     * @param companies those that can be synced
     * @param every     the interval
     * @param most      how many to claim
     * @return their ids
     */
    List<Integer> claim(List<Integer> companies, Duration every, int most) {
        Integer[] ids = companies.toArray(Integer[]::new);
        db.sql("""
                INSERT INTO event_type_schedule (company_id, due_at) SELECT id, '-infinity' FROM unnest(:companies::integer[]) AS new (id)
                WHERE NOT EXISTS (SELECT FROM event_type_schedule WHERE company_id = id) ON CONFLICT DO NOTHING""").param("companies", ids).update();
        return db.sql("""
                UPDATE event_type_schedule SET due_at = now() + make_interval(secs => :seconds)
                    * CASE WHEN due_at = '-infinity' THEN 0.1 + 0.9 * random() ELSE 1 END
                WHERE company_id IN (SELECT company_id FROM event_type_schedule WHERE due_at <= now() AND company_id = ANY(:companies::integer[])
                    ORDER BY due_at, company_id LIMIT :most FOR UPDATE SKIP LOCKED)
                RETURNING company_id""")
                .param("seconds", every.toMillis() / 1000.0).param("companies", ids).param("most", most)
                .query(Integer.class).list();
    }

    /** One that is synced now for the first time is due at a random moment of the interval; of another nothing changes. */
    void spread(int company, Duration every) {
        db.sql("""
                INSERT INTO event_type_schedule AS known (company_id, due_at) VALUES (:company, now() + make_interval(secs => :seconds) * (0.1 + 0.9 * random()))
                ON CONFLICT (company_id) DO UPDATE SET due_at = excluded.due_at WHERE known.due_at = '-infinity'""")
                .param("company", company).param("seconds", every.toMillis() / 1000.0).update();
    }

    /** It is due after so long a time, if it was to be later. */
    void soon(int company, Duration in) {
        db.sql("UPDATE event_type_schedule SET due_at = least(due_at, now() + make_interval(secs => :seconds)) WHERE company_id = :company")
                .param("company", company).param("seconds", in.toMillis() / 1000.0).update();
    }

    /** It is not due before so long a time has passed: somebody syncs it now. */
    void notBefore(int company, Duration in) {
        db.sql("""
                INSERT INTO event_type_schedule AS known (company_id, due_at) VALUES (:company, now() + make_interval(secs => :seconds))
                ON CONFLICT (company_id) DO UPDATE SET due_at = greatest(known.due_at, excluded.due_at)""")
                .param("company", company).param("seconds", in.toMillis() / 1000.0).update();
    }
}
