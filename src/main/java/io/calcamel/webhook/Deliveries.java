package io.calcamel.webhook;

import io.calcamel.http.Page;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Variable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The inbox as the API shows it: what came in, and what became of it. Lists don't show bodies: they hold personal data. */
public final class Deliveries {

    private static final String PATH = "/api/deliveries";
    private static final List<String> STATUSES = List.of("pending", "applied", "ignored", "unrecognised", "failed", "dead");

    private static final String COLUMNS = """
            id, received_at, trigger_event, booking_uid, status, attempts, greatest(next_attempt_at, received_at) AS next_attempt_at, settled_at, reason, content_type, webhook_version,
            length(body) AS bytes""";

    private final JdbcClient db;

    Deliveries(JdbcClient db) {
        this.db = db;
    }

    /**
     * Lists a company's deliveries, the newest first.
     *
     * @param company    the company's id
     * @param parameters {@code status}, {@code trigger}, {@code from} and {@code to} (when it was received), {@code limit},
     *                   {@code after} (the id that the page before ended with)
     * @return the page
     * @throws Problem 400 {@code bad_parameter}
     */
    public Page list(@Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        Map<String, Object> filter = filter(company, given);
        int limit = given.limit();

        long total = count(filter);
        filter.put("after", given.number("after").orElse(Long.MAX_VALUE));
        filter.put("limit", limit + 1);
        List<Map<String, Object>> items = db.sql("SELECT " + COLUMNS + " " + Inbox.MATCHING + " AND id < :after ORDER BY id DESC LIMIT :limit")
                .params(filter).query((row, n) -> item(row)).list();
        return Page.of(total, items, PATH, given);
    }

    /**
     * One delivery.
     *
     * @param company    the company's id
     * @param parameters {@code id}; {@code body} for its body too
     * @return the delivery
     * @throws Problem 400 {@code bad_parameter}, 404 {@code delivery_not_found}
     */
    public Map<String, Object> get(@Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        long id = given.number("id").orElse(0L);
        boolean withBody = given.bool("body").orElse(false);
        Map<String, Object> delivery = find(company, id);
        if (withBody) {
            delivery.put("body", db.sql("SELECT body FROM delivery WHERE company_id = :company AND id = :id").param("company", company).param("id", id)
                    .query((row, n) -> new String(row.getBytes("body"), StandardCharsets.UTF_8)).single());
        }
        return delivery;
    }

    Map<String, Object> find(int company, long id) {
        return db.sql("SELECT " + COLUMNS + " FROM delivery WHERE company_id = :company AND id = :id").param("company", company).param("id", id)
                .query((row, n) -> item(row)).optional().orElseThrow(() -> new Problem(404, "delivery_not_found", "There is no delivery of this id", null,
                        "GET /api/deliveries lists them."));
    }

    /** What {@link Inbox#MATCHING} takes. */
    static Map<String, Object> filter(int company, Parameters given) {
        Map<String, Object> filter = new LinkedHashMap<>();
        filter.put("company", company);
        filter.put("status", given.oneOf("status", STATUSES).orElse(null));
        filter.put("trigger", given.text("trigger").orElse(null));
        filter.put("from", given.instant("from").map(Timestamp::from).orElse(null));
        filter.put("to", given.instant("to").map(Timestamp::from).orElse(null));
        return filter;
    }

    long count(Map<String, Object> filter) {
        return db.sql("SELECT count(*) " + Inbox.MATCHING).params(filter).query(Long.class).single();
    }

    private static Map<String, Object> item(ResultSet row) throws SQLException {
        String status = row.getString("status");
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("id", row.getLong("id"));
        item.put("status", status);
        item.put("trigger", row.getString("trigger_event"));
        item.put("bookingUid", row.getString("booking_uid"));
        item.put("receivedAt", row.getTimestamp("received_at").toInstant());
        item.put("settledAt", row.getTimestamp("settled_at") == null ? null : row.getTimestamp("settled_at").toInstant());
        item.put("attempts", row.getInt("attempts"));
        item.put("nextAttemptAt", status.equals("pending") || status.equals("failed") ? row.getTimestamp("next_attempt_at").toInstant() : null);
        item.put("reason", row.getString("reason"));
        item.put("contentType", row.getString("content_type"));
        item.put("webhookVersion", row.getString("webhook_version"));
        item.put("bytes", row.getInt("bytes"));
        return item;
    }
}
