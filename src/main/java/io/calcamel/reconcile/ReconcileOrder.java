package io.calcamel.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.JsonBody;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the body of {@code POST /api/reconcile}. */
final class ReconcileOrder {

    private final ReconciledCompanies companies;
    private final ReconcileSettings settings;

    ReconcileOrder(ReconciledCompanies companies, ReconcileSettings settings) {
        this.companies = companies;
        this.settings = settings;
    }

    /** What somebody wants; {@code from} and {@code to} are empty where nobody says. */
    record Order(int company, Optional<Instant> from, Optional<Instant> to, boolean dryRun) {

        /** Whether it is left to the hub how far it looks. */
        boolean isWhole() {
            return from.isEmpty() && to.isEmpty();
        }
    }

    /**
     * @param callers         the caller's company
     * @param isAdministrator whether the caller may name any other
     * @param body            the request's body; may be empty
     * @throws Problem 400, 403 {@code forbidden}, 404 {@code company_not_found}
     */
    Order read(int callers, boolean isAdministrator, byte[] body) {
        JsonNode given = JsonBody.read(body);
        JsonBody.refuseUnknown(given, List.of("company", "from", "to", "dryRun"));
        int company = JsonBody.idOrSlug(given, "company").map(named -> company(callers, isAdministrator, named)).orElse(callers);
        Optional<Instant> from = instant(given, "from");
        Optional<Instant> to = instant(given, "to");
        JsonNode dryRun = given.path("dryRun");
        if (!dryRun.isMissingNode() && !dryRun.isNull() && !dryRun.isBoolean()) {
            throw Problem.badParameter("dryRun", "is neither true nor false.", null);
        }
        Instant begin = from.orElseGet(() -> usualFrom(Instant.now()));
        if (to.isPresent() && !to.get().isAfter(begin)) {
            throw Problem.badParameter("to", "is not after from.", from.isPresent() ? null : "Without from it is " + days(settings.back()) + " ago.");
        }
        return new Order(company, from, to, dryRun.asBoolean(false));
    }

    private static String days(Duration duration) {
        return duration.toDays() > 0 ? duration.toDays() + " days" : duration.toString();
    }

    /** From which start on bookings are compared where nobody says. */
    Instant usualFrom(Instant now) {
        return now.minus(settings.back());
    }

    private static Optional<Instant> instant(JsonNode given, String name) {
        JsonNode value = given.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        // What is no text is no time either.
        return new Parameters(Map.of(name, value.isTextual() ? value.asText() : "?")).instant(name);
    }

    /**
     * The company that somebody names.
     *
     * @throws Problem 403 {@code forbidden} where it is not the caller's; 404 {@code company_not_found} for the administrator
     */
    int company(int callers, boolean isAdministrator, String named) {
        if (isAdministrator) {
            return companies.named(named).orElseThrow(() -> new Problem(404, "company_not_found", "There is no company of this id or slug", null,
                    "GET /api/companies lists them."));
        }
        if (!companies.isNamed(callers, named)) {
            throw new Problem(403, "forbidden", "This token is not that company's", null,
                    "Leave company out: a company's token is for its own. The administrator's token is for all.");
        }
        return callers;
    }
}
