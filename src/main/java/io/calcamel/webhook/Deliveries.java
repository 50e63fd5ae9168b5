package io.calcamel.webhook;

import io.calcamel.http.Page;
import io.calcamel.http.Parameters;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Variable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The inbox as the API shows it: what came in, and what became of it. Bodies are not shown: they hold personal data. */
public final class Deliveries {

    private static final String PATH = "/api/deliveries";
    private static final List<String> STATUSES = List.of("pending", "applied", "ignored", "unrecognised", "failed", "dead");

    private static final String MATCHING = """
            FROM delivery
            WHERE company_id = :company
              AND (:status::text IS NULL OR status = :status)
              AND (:trigger::text IS NULL OR trigger_event = :trigger)
              AND (:from::timestamptz IS NULL OR received_at >= :from)
              AND (:to::timestamptz IS NULL OR received_at < :to)
            """;

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
     * @throws io.calcamel.http.Problem 400 {@code bad_parameter}
     */
    public Page list(@Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        Map<String, Object> filter = new LinkedHashMap<>();
        filter.put("company", company);
        filter.put("status", given.oneOf("status", STATUSES).orElse(null));
        filter.put("trigger", given.text("trigger").orElse(null));
        filter.put("from", given.instant("from").map(Timestamp::from).orElse(null));
        filter.put("to", given.instant("to").map(Timestamp::from).orElse(null));
        int limit = given.limit();

        long total = db.sql("SELECT count(*) " + MATCHING).params(filter).query(Long.class).single();
        filter.put("after", given.number("after").orElse(Long.MAX_VALUE));
        filter.put("limit", limit + 1);
        List<Map<String, Object>> items = db.sql("""
                SELECT id, received_at, trigger_event, booking_uid, status, attempts, next_attempt_at, settled_at, reason,
                       content_type, webhook_version, length(body) AS bytes
                """ + MATCHING + " AND id < :after ORDER BY id DESC LIMIT :limit")
                .params(filter).query((row, n) -> item(row)).list();
        if (items.size() <= limit) {
            return new Page(total, items, null);
        }
        List<Map<String, Object>> page = items.subList(0, limit);
        return new Page(total, page, Page.nextLink(PATH, given, String.valueOf(page.get(limit - 1).get("id"))));
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
