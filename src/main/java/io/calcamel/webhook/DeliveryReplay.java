package io.calcamel.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.JsonBody;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;

/**
 * Has stored deliveries processed again: bean {@code deliveryReplay}. Whatever became of them, since to apply one twice changes
 * nothing.
 */
public final class DeliveryReplay {

    private static final List<String> FILTERS = List.of("status", "trigger", "from", "to");
    private static final List<String> FIELDS = List.of("status", "trigger", "from", "to", "after", "dryRun");
    /** Of one call: what can be made pending while its caller waits. */
    private static final int MOST = 10_000;

    private final Inbox inbox;
    private final Deliveries deliveries;
    private final Runnable wake;
    private final Settings settings;

    /**
     * @param perSecond how many of a company's are due again in a second, so that those that come in find the worker free
     * @param batch     how many are made pending in one statement
     */
    public record Settings(int perSecond, int batch) {
    }

    DeliveryReplay(Inbox inbox, Deliveries deliveries, Runnable wake, Settings settings) {
        this.inbox = inbox;
        this.deliveries = deliveries;
        this.wake = wake;
        this.settings = settings;
    }

    /**
     * {@code POST /api/deliveries/{id}/replay}: one, at once.
     *
     * @throws Problem 400 {@code bad_parameter}, 404 {@code delivery_not_found}
     */
    public void one(Exchange call, @Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        long id = new Parameters(parameters).number("id").orElse(0L);
        deliveries.find(company, id);
        inbox.replay(company, id);
        wake.run();
        call.getMessage().setBody(deliveries.find(company, id));
        call.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 202);
    }

    /**
     * {@code POST /api/deliveries/replay}: all that match, the oldest first and one after the other.
     *
     * @throws Problem 400 {@code bad_request}, {@code bad_parameter}
     */
    public void matching(Exchange call, @Body byte[] body, @Variable("companyId") int company) {
        JsonNode order = JsonBody.read(body);
        JsonBody.refuseUnknown(order, FIELDS);
        Map<String, Object> filter = Deliveries.filter(company, texts(order));
        if (FILTERS.stream().allMatch(name -> filter.get(name) == null)) {
            throw Problem.badParameter("status", "is missing, and so are trigger, from and to.", "Say which ones, by at least one of them.");
        }
        long after = number(order, "after");
        boolean isDry = flag(order, "dryRun");
        long matching = deliveries.count(filter);
        Replayed replayed = isDry ? new Replayed(0, null) : replay(company, filter, after);
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("matching", matching);
        report.put("replayed", replayed.count());
        report.put("dryRun", isDry);
        report.put("next", replayed.next());
        call.getMessage().setBody(report);
        call.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, isDry ? 200 : 202);
    }

    private record Replayed(int count, Long next) {
    }

    private Replayed replay(int company, Map<String, Object> filter, long after) {
        Duration apart = Duration.ofSeconds(1).dividedBy(settings.perSecond());
        Instant now = Instant.now();
        // Behind what an earlier replay has left, so that of one booking the older ones go first.
        Instant due = inbox.lastPending(company).filter(now::isBefore).map(last -> last.plus(apart)).orElse(now);
        long last = after;
        int count = 0;
        while (count < MOST) {
            int limit = Math.min(settings.batch(), MOST - count);
            List<Long> ids = inbox.replay(filter, last, limit, due, apart);
            count += ids.size();
            last = ids.stream().mapToLong(Long::longValue).max().orElse(last);
            due = due.plus(apart.multipliedBy(ids.size()));
            wake.run();
            if (ids.size() < limit) {
                return new Replayed(count, null);
            }
        }
        return new Replayed(count, last);
    }

    /** The filters, as the list takes them. */
    private static Parameters texts(JsonNode order) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : FILTERS) {
            given(order, name).ifPresent(value -> {
                if (!value.isTextual()) {
                    throw Problem.badParameter(name, "is no text.", null);
                }
                texts.put(name, value.textValue());
            });
        }
        return new Parameters(texts);
    }

    private static long number(JsonNode order, String name) {
        JsonNode value = given(order, name).orElse(null);
        if (value != null && !(value.isIntegralNumber() && value.canConvertToLong())) {
            throw Problem.badParameter(name, "is no whole number.", null);
        }
        return value == null ? 0 : value.longValue();
    }

    private static boolean flag(JsonNode order, String name) {
        JsonNode value = given(order, name).orElse(null);
        if (value != null && !value.isBoolean()) {
            throw Problem.badParameter(name, "is neither true nor false.", null);
        }
        return value != null && value.booleanValue();
    }

    private static Optional<JsonNode> given(JsonNode order, String name) {
        return Optional.of(order.path(name)).filter(value -> !value.isMissingNode() && !value.isNull());
    }
}
