package io.calcamel.eventtype;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.eventtype.SyncRequest.Cause;
import io.calcamel.eventtype.SyncRequest.Scope;
import io.calcamel.http.JsonBody;
import io.calcamel.http.Problem;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Reads the body of {@code POST /api/event-types/sync}. */
final class SyncCommand {

    private static final int MOST_IDS = 1_000;

    private final EventTypeStore store;
    private final SyncedCompanies companies;

    SyncCommand(EventTypeStore store, SyncedCompanies companies) {
        this.store = store;
        this.companies = companies;
    }

    /**
     * @param callers         the caller's company
     * @param isAdministrator whether the caller may name any other
     * @param body            the request's body; may be empty
     * @return the order
     * @throws Problem 400, 403 {@code forbidden}, 404 {@code company_not_found}, {@code branch_not_found}
     */
    SyncRequest read(int callers, boolean isAdministrator, byte[] body) {
        JsonNode given = JsonBody.read(body);
        JsonBody.refuseUnknown(given, List.of("company", "branch", "ids", "force", "dryRun"));
        int company = JsonBody.idOrSlug(given, "company").map(named -> company(companies, callers, isAdministrator, named)).orElse(callers);
        boolean force = flag(given, "force");
        boolean dryRun = flag(given, "dryRun");
        Optional<String> branch = JsonBody.idOrSlug(given, "branch");
        if (given.hasNonNull("ids")) {
            if (branch.isPresent()) {
                throw Problem.badParameter("branch", "was given together with ids.", "Send one of them.");
            }
            return new SyncRequest(company, Cause.COMMAND, Scope.IDS, ids(given.path("ids")), force, dryRun);
        }
        return branch.map(named -> new SyncRequest(company, Cause.COMMAND, Scope.BRANCH, ofBranch(company, named), force, dryRun))
                .orElseGet(() -> new SyncRequest(company, Cause.COMMAND, Scope.ALL, null, force, dryRun));
    }

    /**
     * The company that somebody names.
     *
     * @throws Problem 403 {@code forbidden} where it is not the caller's; 404 {@code company_not_found} for the administrator
     */
    static int company(SyncedCompanies companies, int callers, boolean isAdministrator, String named) {
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

    private List<Long> ofBranch(int company, String branch) {
        return store.ofBranch(company, branch).orElseThrow(() -> new Problem(404, "branch_not_found",
                "The company has no branch of this id or slug", null, "Leave branch out to sync all event types of the company."));
    }

    private static List<Long> ids(JsonNode ids) {
        TreeSet<Long> distinct = new TreeSet<>();
        ids.forEach(id -> distinct.add(id.isIntegralNumber() && id.canConvertToLong() ? id.longValue() : 0));
        if (!ids.isArray() || distinct.isEmpty() || distinct.first() < 1 || distinct.size() > MOST_IDS) {
            throw Problem.badParameter("ids", "is no list of event types.", "Send 1 to " + MOST_IDS + " of Cal.com's ids, such as [1,2,3].");
        }
        return List.copyOf(distinct);
    }

    private static boolean flag(JsonNode given, String name) {
        JsonNode value = given.path(name);
        if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
            throw Problem.badParameter(name, "is neither true nor false.", null);
        }
        return value.asBoolean(false);
    }
}
