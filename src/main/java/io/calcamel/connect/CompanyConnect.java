package io.calcamel.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.calcom.Account;
import io.calcamel.calcom.ApiVersion;
import io.calcamel.calcom.CalcomError;
import io.calcamel.calcom.CalcomException;
import io.calcamel.calcom.Connection;
import io.calcamel.calcom.Team;
import io.calcamel.company.Companies;
import io.calcamel.company.Company;
import io.calcamel.company.CompanyAdministration;
import io.calcamel.company.CompanyFields;
import io.calcamel.http.JsonBody;
import io.calcamel.http.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects a company with its Cal.com: the steps of route {@code company-connect} and those that it calls, bean
 * {@code companyConnect}. Done twice, it changes nothing.
 */
public final class CompanyConnect {

    static final String RUN = "connect";
    private static final Logger LOG = LoggerFactory.getLogger(CompanyConnect.class);
    private static final List<String> FIELDS = List.of("name", "apiKey", "baseUrl", "apiVersion", "teamSlug", "organizationId", "timeZone", "language");

    /** At half a second between them, somewhat less than the call may take. */
    private static final int MOST_LOOKS = 1000;

    private final Companies companies;
    private final ConnectSettings settings;

    private CompanyConnect(Companies companies, ConnectSettings settings) {
        this.companies = companies;
        this.settings = settings;
    }

    /**
     * Binds the beans of the routes in {@code routes/company} that ask Cal.com.
     *
     * @param context   the Camel context
     * @param companies the companies
     * @param settings  the settings
     */
    public static void start(CamelContext context, Companies companies, ConnectSettings settings) {
        context.getRegistry().bind("companyConnect", new CompanyConnect(companies, settings));
        context.getRegistry().bind("companySubscription", new CompanySubscription(companies, settings));
        context.getRegistry().bind("companyDoctor", new CompanyDoctor(companies, settings));
    }

    /**
     * Reads who is to be connected: {@code slug}, {@code apiKey}, {@code baseUrl}, {@code team} (its slug) and what else is known
     * of a company. A company that is known already needs its slug only.
     *
     * @param call the API call
     * @throws Problem 400 {@code bad_request}, {@code bad_parameter}; 409 {@code set_by_environment}
     */
    public void read(Exchange call) {
        settings.destinations().check(call.getMessage().getBody(byte[].class));
        ObjectNode given = (ObjectNode) JsonBody.read(call.getMessage().getBody(byte[].class));
        List<String> known = new ArrayList<>(List.of("slug", "team"));
        known.addAll(FIELDS);
        known.remove("teamSlug");
        JsonBody.refuseUnknown(given, known);
        String slug = CompanyFields.slug(given.path("slug"));
        if (given.has("team")) {
            given.set("teamSlug", given.path("team"));
        }
        CompanyFields fields = CompanyFields.some(given, FIELDS);
        ConnectRun run = new ConnectRun(slug, fields);
        run.company = companies.bySlug(slug).orElse(null);
        if (run.company != null && run.company.id() == Company.DEFAULT_ID) {
            fields.refuseWhatTheEnvironmentSays();
        }
        if (key(run) == null) {
            throw Problem.badParameter("apiKey", "is missing.", "Make one in Cal.com: Settings, Security, API keys.");
        }
        call.setVariable(RUN, run);
        call.getMessage().setBody(null);
    }

    /** Of a company that is stored: only its subscription is seen to. */
    public void again(Exchange call, @Variable(CompanyAdministration.COMPANY) Company company) {
        ConnectRun run = new ConnectRun(company.slug(), CompanyFields.none());
        run.company = company;
        run.connection = connection(company.id(), company.calcom().baseUrl(), company.calcom().apiKey(), company.calcom().apiVersion());
        call.setVariable(RUN, run);
        call.getMessage().setBody(null);
    }

    private static String key(ConnectRun run) {
        String given = (String) run.fields.get("apiKey");
        return given == null && run.company != null ? run.company.calcom().apiKey() : given;
    }

    /**
     * Where the key may be good: the address that was named, or the one before and then Cal.com's regions.
     *
     * @throws Problem 400 {@code bad_parameter} where there can be no such connection
     */
    public List<Connection> servers(@Variable(RUN) ConnectRun run) {
        String named = (String) run.fields.get("baseUrl");
        String version = Optional.ofNullable((String) run.fields.get("apiVersion"))
                .orElse(run.company == null ? ApiVersion.V2.text() : run.company.calcom().apiVersion());
        Set<String> addresses = new LinkedHashSet<>();
        if (named != null) {
            addresses.add(named);
        } else {
            // Also of one that has no key now: the server that it was stored with is its own all the same.
            Optional.ofNullable(run.company).map(company -> company.calcom().baseUrl()).ifPresent(addresses::add);
            // Not to Cal.com's own regions with a key of somebody's own server.
            if (addresses.isEmpty()) {
                addresses.add(companies.usualBaseUrl());
            }
            if (settings.regions().containsAll(addresses) && !isOfEnvironment(run)) {
                addresses.addAll(settings.regions());
            }
        }
        int id = run.company == null ? 0 : run.company.id();
        return addresses.stream().map(address -> connection(id, address, key(run), version)).toList();
    }

    private static boolean isOfEnvironment(ConnectRun run) {
        return run.company != null && run.company.id() == Company.DEFAULT_ID;
    }

    private static Connection connection(int company, String baseUrl, String key, String version) {
        try {
            return Connection.of(company, baseUrl, key, ApiVersion.of(version));
        } catch (IllegalArgumentException e) {
            throw Problem.badParameter("baseUrl", "can't be used. " + e.getMessage(), null);
        }
    }

    /** Whether it is still to be found out where the key is good. */
    public boolean isLooking(@Variable(RUN) ConnectRun run) {
        return run.account == null;
    }

    /** The key is good here. */
    public void found(@Body Account account, @Variable(RUN) ConnectRun run, @Variable("calcomConnection") Connection connection) {
        run.account = account;
        run.connection = connection;
    }

    /** The key is not good here, or nobody answered. */
    public void notFound(@ExchangeException CalcomException refusal, @Variable(RUN) ConnectRun run, @Variable("calcomConnection") Connection connection) {
        run.refusals.put(connection.server().toString(), refusal);
    }

    /**
     * Whose key it is, and where.
     *
     * @return the connection
     * @throws Problem 422 {@code api_key_refused} where all refused it; what went wrong else
     */
    public Connection server(@Variable(RUN) ConnectRun run, Exchange exchange) {
        if (run.account == null) {
            run.refusals.values().stream().filter(refusal -> refusal.error() != CalcomError.UNAUTHORIZED).findFirst().ifPresent(refusal -> {
                throw refusal;
            });
            throw new Problem(422, "api_key_refused", "Cal.com refuses the API key", String.join(" ", run.refusals.entrySet().stream()
                    .map(refusal -> refusal.getKey() + ": " + sentence(refusal.getValue())).toList()),
                    "It may be expired, revoked, or of another region or server: name that one with baseUrl.");
        }
        run.add(new Step("key", "ok", "It is " + (run.account.username() == null ? "account " + run.account.id() : run.account.username()) + "'s."));
        run.add(new Step("server", run.connection.edition().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                run.connection.server() + ", API " + run.connection.apiVersion().text() + "."));
        exchange.setVariable("calcomConnection", run.connection);
        return run.connection;
    }

    static String sentence(Exception e) {
        return e.getMessage().endsWith(".") ? e.getMessage() : e.getMessage() + ".";
    }

    /**
     * The teams of the account arrived.
     *
     * @throws Problem 422 {@code team_not_found} where the company's is not among them
     */
    public void teams(@Body List<Team> teams, @Variable(RUN) ConnectRun run) {
        run.teams = teams;
        String slug = Optional.ofNullable((String) run.fields.get("teamSlug")).orElse(run.company == null ? null : run.company.calcom().teamSlug());
        if (slug == null) {
            run.add(new Step("teams", teams.isEmpty() ? "none" : "all", teams.isEmpty() ? "The account has no teams." : "The event types of all are synced: " + slugs(teams) + "."));
            return;
        }
        Team chosen = teams.stream().filter(team -> slug.equals(team.slug())).findFirst().orElseThrow(() -> new Problem(422, "team_not_found",
                "Cal.com has no team of this slug", "The account has no team '" + slug + "'" + (teams.isEmpty() ? "; it has none." : ", but " + slugs(teams) + "."),
                "Name one of the account's teams, or none."));
        run.fields.with("teamId", chosen.id()).with("teamSlug", slug);
        run.add(new Step("teams", slug, "Team " + chosen.id() + "; of the others nothing is synced."));
    }

    private static String slugs(List<Team> teams) {
        return teams.stream().map(team -> team.slug() == null ? String.valueOf(team.id()) : team.slug()).collect(Collectors.joining(", "));
    }

    /** Whether the account is subscribed beside its organisation; null for not. */
    public void twice(@Body Step found, @Variable(RUN) ConnectRun run) {
        if (found != null) {
            run.add(found);
        }
    }

    /** What is to be stored of the company: what was said, and what was found. */
    public void store(Exchange call, @Variable(RUN) ConnectRun run) {
        if (!isOfEnvironment(run)) {
            run.fields.with("baseUrl", address(run.connection));
            run.fields.with("apiVersion", run.connection.apiVersion().text());
        }
        Companies.Stored stored = companies.store(run.slug, run.fields);
        run.company = stored.company();
        call.setVariable("companyId", stored.company().id());
        call.setVariable(CompanyAdministration.COMPANY, stored.company());
        call.setVariable("apiVersion", run.connection.apiVersion().text());
        run.add(new Step("company", stored.outcome(), "Id " + stored.company().id() + "."));
    }

    private static String address(Connection connection) {
        return connection.server() + "/" + connection.apiVersion().text();
    }

    /** The first sync can't be. Where somebody else syncs already, such as the schedule that has just seen the company, that is as good. */
    public void notSynced(@ExchangeException Exception failure, @Variable(RUN) ConnectRun run, @Variable("step") String step) {
        run.isAwaitingSync = failure instanceof Problem refusal && refusal.code().equals("sync_running");
        if (!run.isAwaitingSync) {
            failed(failure, run, step);
        }
    }

    /** Whether the sync of somebody else is to be waited for. */
    public boolean isAwaitingSync(@Variable(RUN) ConnectRun run) {
        return run.isAwaitingSync;
    }

    /** How that one is doing. */
    public void lookAtSync(@Body Map<String, Object> lastSync, @Variable(RUN) ConnectRun run) {
        run.looks++;
        boolean isRunning = lastSync == null || "running".equals(lastSync.get("status"));
        run.isAwaitingSync = isRunning && run.looks < MOST_LOOKS;
        if (!isRunning) {
            synced(lastSync, run);
        } else if (!run.isAwaitingSync) {
            run.add(new Step("event types", Step.FAILED, "They are being synced, which takes long.", "GET /api/sync-runs?status=running shows it."));
        }
    }

    /** The first sync ended. */
    public void synced(@Body Map<String, Object> report, @Variable(RUN) ConnectRun run) {
        String status = String.valueOf(report.get("status"));
        boolean isChanged = List.of("created", "updated", "deactivated", "missing").stream().anyMatch(count -> ((Number) report.get(count)).longValue() > 0);
        String detail = "%s seen, %s created, %s updated, %s unchanged; %s calls.".formatted(report.get("seen"), report.get("created"), report.get("updated"),
                report.get("unchanged"), report.get("calls"));
        run.add(status.equals("complete") ? new Step("event types", isChanged ? "changed" : "unchanged", detail)
                : new Step("event types", Step.FAILED, "The sync is " + status + ": " + detail, "GET /api/sync-runs says why; it is tried again by itself."));
    }

    /** The upcoming bookings are taken over. */
    public void takenOver(@Body Map<String, Object> report, @Variable(RUN) ConnectRun run) {
        boolean isChanged = ((Number) report.get("created")).intValue() > 0;
        run.add(new Step("bookings", isChanged ? "changed" : "unchanged", report.get("seen") + " upcoming, " + report.get("created") + " new to this hub."
                + (Boolean.TRUE.equals(report.get("more")) ? " There are more than that." : "")));
    }

    /** A step after the company was stored went wrong: the others are done all the same. */
    public void failed(@ExchangeException Exception failure, @Variable(RUN) ConnectRun run, @Variable("step") String step) {
        if (!(failure instanceof Problem)) {
            LOG.error("Connecting company {} failed at {}", run.slug, step, failure);
        }
        run.add(Step.failed(step, failure instanceof Problem problem ? problem : Problem.ofStatus(500)));
    }

    /** What was done. */
    public Map<String, Object> report(@Variable(RUN) ConnectRun run) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("company", run.slug);
        report.put("ok", run.steps.stream().noneMatch(Step::isFailed));
        report.put("steps", run.steps.stream().map(Step::toJson).toList());
        return report;
    }
}
