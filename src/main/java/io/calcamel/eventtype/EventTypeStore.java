package io.calcamel.eventtype;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads the tables event_type, branch and branch_event_type. What a sync writes is in the routes
 * {@code event-types-upsert}, {@code event-types-mark-missing} and {@code event-types-map-branches}.
 */
final class EventTypeStore {

    private static final String COLUMNS = """
            calcom_event_type_id, title, slug, description, length, locations, booking_fields, team_id, scheduling_type, parent_id,
            hidden, is_active, missing_in_syncs, changed_at, document
            """;

    private static final String MATCHING = """
            FROM event_type
            WHERE company_id = :company
              AND (:active::boolean IS NULL OR is_active = :active)
              AND (:team::bigint IS NULL OR team_id = :team)
              AND (:slug::text IS NULL OR slug = :slug)
              AND (:q::text IS NULL OR strpos(lower(title || ' ' || slug), lower(:q)) > 0)
            """;

    /** Runs that are looked back on for when an event type was last synced: ten days of them. */
    private static final int RECENT_RUNS = 500;

    private final JdbcClient db;

    /**
     * What a sync compares with.
     *
     * @param hash     of the content
     * @param accepted whether it was forced to be counted as missing
     * @param earlier  whether the last complete sync of all knew it: what a refused one brought must not make its gaps look small
     */
    record Known(long id, Long teamId, byte[] hash, boolean active, int missingInSyncs, boolean accepted, boolean earlier) {
    }

    /**
     * What is searched for; null matches all.
     *
     * @param q part of the title or the slug
     */
    record Search(int company, Boolean active, Long team, String slug, String q, long after, int limit) {

        private Map<String, Object> parameters() {
            Map<String, Object> parameters = new HashMap<>();
            parameters.put("company", company);
            parameters.put("active", active);
            parameters.put("team", team);
            parameters.put("slug", slug);
            parameters.put("q", q);
            parameters.put("after", after);
            parameters.put("limit", limit);
            return parameters;
        }
    }

    EventTypeStore(JdbcClient db) {
        this.db = db;
    }

    Optional<EventType> find(int company, long id) {
        return db.sql("SELECT " + COLUMNS + " FROM event_type WHERE company_id = :company AND calcom_event_type_id = :id")
                .param("company", company).param("id", id)
                .query((row, n) -> eventType(row)).optional();
    }

    List<EventType> search(Search search) {
        return db.sql("SELECT " + COLUMNS + MATCHING + " AND calcom_event_type_id > :after ORDER BY calcom_event_type_id LIMIT :limit")
                .params(search.parameters()).query((row, n) -> eventType(row)).list();
    }

    long count(Search search) {
        return db.sql("SELECT count(*) " + MATCHING).params(search.parameters()).query(Long.class).single();
    }

    /** Reads what a sync compares with: all of a company's, or some. */
    Map<Long, Known> known(int company, Collection<Long> ids, Instant runBegan) {
        Map<Long, Known> known = new HashMap<>();
        db.sql("""
                SELECT calcom_event_type_id, team_id, content_hash, is_active, missing_in_syncs, missing_accepted,
                    first_seen_at <= coalesce((SELECT max(ended_at) FROM sync_run
                        WHERE company_id = :company AND status = 'complete' AND scope = 'all' AND NOT dry_run), :began) AS earlier
                FROM event_type WHERE company_id = :company AND (:ids::bigint[] IS NULL OR calcom_event_type_id = ANY(:ids::bigint[]))""")
                .param("company", company).param("began", Timestamp.from(runBegan))
                .param("ids", ids == null ? null : ids.toArray(Long[]::new))
                .query((row, n) -> new Known(row.getLong("calcom_event_type_id"), (Long) row.getObject("team_id"), row.getBytes("content_hash"),
                        row.getBoolean("is_active"), row.getInt("missing_in_syncs"), row.getBoolean("missing_accepted"), row.getBoolean("earlier")))
                .list()
                .forEach(one -> known.put(one.id(), one));
        return known;
    }

    /** The teams of these event types, where they are known to be of one. */
    Map<Long, Long> teamsOf(int company, Collection<Long> ids) {
        Map<Long, Long> teams = new HashMap<>();
        db.sql("SELECT calcom_event_type_id, team_id FROM event_type WHERE company_id = :company AND calcom_event_type_id = ANY(:ids::bigint[])"
                + " AND team_id IS NOT NULL")
                .param("company", company).param("ids", ids.toArray(Long[]::new))
                .query((row, n) -> teams.put(row.getLong("calcom_event_type_id"), row.getLong("team_id"))).list();
        return teams;
    }

    /** The event types of a branch, by its id or slug; empty where there is no such branch. */
    Optional<List<Long>> ofBranch(int company, String idOrSlug) {
        return db.sql("SELECT id FROM branch WHERE company_id = :company AND (slug = :branch OR id::text = :branch)")
                .param("company", company).param("branch", idOrSlug).query(Integer.class).optional()
                .map(branch -> db.sql("SELECT calcom_event_type_id FROM branch_event_type WHERE branch_id = :branch ORDER BY 1")
                        .param("branch", branch).query(Long.class).list());
    }

    /** The slugs of the branches that offer each of these. */
    Map<Long, List<String>> branchesOf(int company, Collection<Long> ids) {
        Map<Long, List<String>> branches = new HashMap<>();
        db.sql("""
                SELECT offered.calcom_event_type_id, array_agg(branch.slug ORDER BY branch.slug) AS slugs
                FROM branch_event_type offered JOIN branch ON branch.id = offered.branch_id
                WHERE offered.company_id = :company AND offered.calcom_event_type_id = ANY(:ids::bigint[])
                GROUP BY offered.calcom_event_type_id""")
                .param("company", company).param("ids", ids.toArray(Long[]::new))
                .query((row, n) -> branches.put(row.getLong(1), List.of((String[]) row.getArray(2).getArray()))).list();
        return branches;
    }

    /** When each was last compared with Cal.com, changed or not. */
    Map<Long, Instant> lastSynced(int company, Collection<Long> ids) {
        Map<Long, Instant> synced = new HashMap<>();
        db.sql("""
                WITH recent AS MATERIALIZED (
                    SELECT id, ended_at, answered_lists, answered_ids FROM sync_run
                    WHERE company_id = :company AND ended_at IS NOT NULL AND NOT dry_run ORDER BY id DESC LIMIT :recent)
                SELECT one.calcom_event_type_id, coalesce(
                    (SELECT ended_at FROM recent
                     WHERE coalesce(one.team_id, 0) = ANY(answered_lists) OR one.calcom_event_type_id = ANY(answered_ids)
                     ORDER BY id DESC LIMIT 1),
                    one.changed_at) AS synced_at
                FROM event_type one WHERE one.company_id = :company AND one.calcom_event_type_id = ANY(:ids::bigint[])""")
                .param("company", company).param("recent", RECENT_RUNS).param("ids", ids.toArray(Long[]::new))
                .query((row, n) -> synced.put(row.getLong(1), row.getTimestamp(2).toInstant())).list();
        return synced;
    }


    private static EventType eventType(ResultSet row) throws SQLException {
        return new EventType(row.getLong("calcom_event_type_id"), row.getString("title"), row.getString("slug"), row.getString("description"),
                row.getInt("length"), json(row, "locations"), json(row, "booking_fields"), (Long) row.getObject("team_id"),
                row.getString("scheduling_type"), (Long) row.getObject("parent_id"), row.getBoolean("hidden"), row.getBoolean("is_active"),
                row.getInt("missing_in_syncs"), row.getTimestamp("changed_at").toInstant(), json(row, "document"));
    }

    private static JsonNode json(ResultSet row, String column) throws SQLException {
        try {
            return Json.MAPPER.readTree(row.getString(column));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
