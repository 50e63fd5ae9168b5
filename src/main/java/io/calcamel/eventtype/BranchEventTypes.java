package io.calcamel.eventtype;

import io.calcamel.database.Database;
import io.calcamel.http.Page;
import io.calcamel.http.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which event types a branch offers: what somebody named, written here, and what the branch's rule brings, written by route
 * {@code event-types-map-branches}. The bean {@code branchEventTypes} of the routes in {@code routes/branches}.
 */
public final class BranchEventTypes {

    /** So many event types can be meant by one name: more would be more calls to Cal.com than anybody waits for. */
    static final int MOST_OF_A_NAME = 20;

    private static final String BRANCH = "branchId";
    private static final String WANTED = "eventTypeIds";
    private static final int MOST_NAMED = 20;

    private final Database database;
    private final JdbcClient db;

    /**
     * What is meant by the name of a service at a branch.
     *
     * @param branch     the branch's id
     * @param slug       its slug
     * @param eventTypes Cal.com's ids, sorted
     */
    public record Offer(int branch, String slug, List<Long> eventTypes) {
    }

    /** A branch with what can be booked of its event types. */
    private record Branch(int id, String slug, List<Offered> offered) {
    }

    private record Offered(long id, String title, String slug) {

        boolean isCalled(String name) {
            return title.strip().equalsIgnoreCase(name.strip()) || slug.equals(name.strip());
        }
    }

    /** A row of the mapping. */
    private record Mapped(int branch, Map<String, Object> json) {
    }

    BranchEventTypes(Database database) {
        this.database = database;
        this.db = database.client();
    }

    /**
     * The event types that a branch offers under a name, of those that can be booked.
     *
     * @param company the company
     * @param branch  the branch's id or slug
     * @param name    the title of the event types, or their slug
     * @return one to {@value #MOST_OF_A_NAME} of them
     * @throws Problem 404 {@code branch_not_found}, {@code event_type_not_found}; 400 {@code bad_parameter} where it means too many
     */
    public Offer offered(int company, String branch, String name) {
        Branch found = find(company, branch).orElseThrow(BranchEventTypes::noBranch);
        List<Long> ids = found.offered().stream().filter(type -> type.isCalled(name)).map(Offered::id).sorted().toList();
        if (ids.isEmpty()) {
            throw new Problem(404, "event_type_not_found", "The branch has no event type of this name", null, "It has: " + names(found) + ".");
        }
        if (ids.size() > MOST_OF_A_NAME) {
            throw Problem.badParameter("name", "means " + ids.size() + " event types of this branch, more than " + MOST_OF_A_NAME + ".",
                    "Ask for one of them by its eventTypeId, or give them different titles in Cal.com.");
        }
        return new Offer(found.id(), found.slug(), ids);
    }

    private static String names(Branch branch) {
        List<String> titles = branch.offered().stream().map(type -> "'" + type.title().strip() + "'").distinct().sorted().toList();
        return titles.isEmpty() ? "none that can be booked" : titles.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (titles.size() > MOST_NAMED ? ", …" : "");
    }

    /**
     * That a branch offers an event type.
     *
     * @param company     the company
     * @param branch      the branch's id or slug
     * @param eventTypeId Cal.com's id
     * @throws Problem 404 {@code branch_not_found}, {@code event_type_not_found}
     */
    public void requireOffered(int company, String branch, long eventTypeId) {
        Branch found = find(company, branch).orElseThrow(BranchEventTypes::noBranch);
        if (found.offered().stream().noneMatch(type -> type.id() == eventTypeId)) {
            throw new Problem(404, "event_type_not_found", "The branch does not offer it", null,
                    "GET /api/event-types tells the branches of each event type.");
        }
    }

    /**
     * The slug of a branch.
     *
     * @param company the company
     * @param branch  its id or slug
     * @return the slug; empty where the company has no such branch
     */
    public Optional<String> slug(int company, String branch) {
        return db.sql("SELECT slug FROM branch WHERE company_id = :company AND (slug = :branch OR id::text = :branch)")
                .param("company", company).param("branch", branch).query(String.class).optional();
    }

    /** What is answered where a company has no such branch. */
    public static Problem noBranch() {
        return new Problem(404, "branch_not_found", "The company has no branch of this id or slug", null,
                "Leave branch out, or use one that GET /api/event-types names with the event type.");
    }

    private Optional<Branch> find(int company, String idOrSlug) {
        List<Branch> found = db.sql("""
                SELECT branch.id AS branch_id, branch.slug AS branch_slug, type.calcom_event_type_id, type.title, type.slug
                FROM branch LEFT JOIN (branch_event_type offered JOIN event_type type
                    ON type.company_id = offered.company_id AND type.calcom_event_type_id = offered.calcom_event_type_id
                    AND type.is_active AND coalesce(lower(type.scheduling_type), '') <> 'managed') ON offered.branch_id = branch.id
                WHERE branch.company_id = :company AND (branch.slug = :branch OR branch.id::text = :branch)""")
                .param("company", company).param("branch", idOrSlug)
                .query((row, n) -> new Branch(row.getInt("branch_id"), row.getString("branch_slug"), row.getString("title") == null ? List.of()
                        : List.of(new Offered(row.getLong("calcom_event_type_id"), row.getString("title"), row.getString("slug"))))).list();
        return found.stream().reduce((one, other) -> {
            List<Offered> both = new ArrayList<>(one.offered());
            both.addAll(other.offered());
            return new Branch(one.id(), one.slug(), both);
        });
    }

    /**
     * Before a branch is written: that the event types that it shall have are there.
     *
     * @param ids Cal.com's ids; null where none were named
     * @throws Problem 404 {@code event_type_not_found}, which names those that are not
     */
    public void check(@Variable("companyId") int company, @Variable(WANTED) List<Long> ids) {
        if (ids == null) {
            return;
        }
        List<Long> unknown = db.sql("""
                SELECT id FROM unnest(:ids::bigint[]) AS wanted (id)
                WHERE NOT EXISTS (SELECT FROM event_type WHERE company_id = :company AND calcom_event_type_id = id) ORDER BY id LIMIT :most""")
                .param("ids", ids.toArray(Long[]::new)).param("company", company).param("most", MOST_NAMED).query(Long.class).list();
        if (!unknown.isEmpty()) {
            throw new Problem(404, "event_type_not_found", "There is no such event type",
                    "No sync of this company has found: " + unknown.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ".",
                    "GET /api/event-types lists them; one that was just made in Cal.com is known after POST /api/event-types/sync.");
        }
    }

    /**
     * Names the event types of a branch. Those that its rule brings stay beside them.
     *
     * @param ids Cal.com's ids; null for those that are named already
     */
    public void assign(@Variable("companyId") int company, @Variable(BRANCH) int branch, @Variable(WANTED) List<Long> ids) {
        if (ids == null) {
            return;
        }
        Long[] named = ids.toArray(Long[]::new);
        database.transaction().executeWithoutResult(transaction -> {
            db.sql("DELETE FROM branch_event_type WHERE branch_id = :branch AND NOT by_rule AND calcom_event_type_id <> ALL(:ids::bigint[])")
                    .param("branch", branch).param("ids", named).update();
            db.sql("""
                    INSERT INTO branch_event_type AS known (branch_id, company_id, calcom_event_type_id)
                    SELECT :branch, :company, id FROM unnest(:ids::bigint[]) AS named (id)
                    ON CONFLICT (branch_id, calcom_event_type_id) DO UPDATE SET by_rule = false WHERE known.by_rule""")
                    .param("branch", branch).param("company", company).param("ids", named).update();
        });
    }

    /**
     * Adds {@code eventTypes} to a branch, or to each of a page of them: id, and whether it is there by name or by rule.
     *
     * @param branches what is shown of them, each with its {@code id}
     */
    public void addTo(@Body Object branches) {
        List<Map<String, Object>> shown = new ArrayList<>();
        (branches instanceof Page page ? page.items() : List.of(branches)).forEach(branch -> shown.add(asMap(branch)));
        Map<Integer, List<Map<String, Object>>> offered = new HashMap<>();
        shown.forEach(branch -> offered.put((Integer) branch.get("id"), new ArrayList<>()));
        db.sql("SELECT branch_id, calcom_event_type_id, by_rule FROM branch_event_type WHERE branch_id = ANY(:branches::integer[]) ORDER BY 1, 2")
                .param("branches", offered.keySet().toArray(Integer[]::new))
                .query((row, n) -> new Mapped(row.getInt(1), json(row.getLong(2), row.getBoolean(3))))
                .list().forEach(row -> offered.get(row.branch()).add(row.json()));
        shown.forEach(branch -> branch.put("eventTypes", offered.get((Integer) branch.get("id"))));
    }

    private static Map<String, Object> json(long id, boolean isByRule) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("by", isByRule ? "rule" : "explicit");
        return json;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asMap(Object branch) {
        return (Map<String, Object>) branch;
    }
}
