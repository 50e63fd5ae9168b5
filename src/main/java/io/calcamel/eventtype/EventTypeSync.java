package io.calcamel.eventtype;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.calcom.CalcomError;
import io.calcamel.calcom.CalcomEventType;
import io.calcamel.calcom.CalcomException;
import io.calcamel.calcom.CalcomHttp;
import io.calcamel.calcom.Lane;
import io.calcamel.calcom.Team;
import io.calcamel.database.Locks;
import io.calcamel.http.ApiCall;
import io.calcamel.http.Page;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of a sync that need a type or a loop, in the order in which the routes in {@code routes/event-types} take
 * them: bean {@code eventTypeSync}. A run is the variable {@code syncRun}.
 */
public final class EventTypeSync {

    private static final Logger LOG = LoggerFactory.getLogger(EventTypeSync.class);

    private static final String RUN = "syncRun";
    private static final String LOCK = "syncLock";
    private static final String PROGRESS = "syncProgressAt";
    private static final Duration BETWEEN_PROGRESS = Duration.ofSeconds(1);
    private static final Duration PATIENCE_OF_SCHEDULE = Duration.ofSeconds(30);

    private final EventTypeStore store;
    private final SyncRuns runs;
    private final EventTypes.Settings settings;
    private final Stopping stopping;
    private final SyncedCompanies companies;

    EventTypeSync(EventTypeStore store, SyncRuns runs, EventTypes.Settings settings, Stopping stopping, SyncedCompanies companies) {
        this.store = store;
        this.runs = runs;
        this.settings = settings;
        this.stopping = stopping;
        this.companies = companies;
    }

    /**
     * Reads the order of somebody who calls the API, and begins the run.
     *
     * @param exchange the call
     * @param company  the caller's company; any is the administrator's
     * @throws Problem where it can't be read, or 409 {@code sync_running}
     */
    public void command(Exchange exchange, @Variable("companyId") int company) {
        boolean isAdministrator = exchange.getVariable(ApiCall.IS_ADMINISTRATOR, false, Boolean.class);
        begin(exchange, new SyncCommand(store, companies).read(company, isAdministrator, exchange.getMessage().getBody(byte[].class)));
    }

    /**
     * Begins a run.
     *
     * @param exchange gets the variables of the run
     * @param request  what it is asked to do
     * @throws Problem 409 {@code sync_running}
     */
    void begin(Exchange exchange, SyncRequest request) {
        Locks.Lock lock = runs.lock(request.company()).orElseThrow(SyncRuns::running);
        // Not even where the route is just being reloaded may the lock outlive the exchange.
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                lock.close();
            }
        });
        exchange.setVariable("companyId", request.company());
        exchange.setVariable(LOCK, lock);
        try {
            exchange.setVariable(RUN, runs.begin(request));
        } catch (RuntimeException e) {
            // Before a route has taken it, an exchange that fails completes nothing.
            lock.close();
            throw e;
        }
        exchange.setVariable("syncAsksTeams", request.isAll() && companies.team(request.company()).id() == null);
        exchange.setVariable(Lane.VARIABLE, "background");
        exchange.setVariable(PROGRESS, new long[] {System.nanoTime()});
        exchange.getMessage().setBody(null);
    }

    /** Is about to ask for the teams. */
    public void askTeams(Exchange exchange, @Variable(RUN) SyncRun run) {
        stopping.enter();
        boundWait(exchange, run);
        run.asking(Question.TEAMS);
    }

    /** While it waits for its key's rate limit, a company whose turn it is holds up others; it has another turn. */
    private static void boundWait(Exchange exchange, SyncRun run) {
        if (run.request().cause() == SyncRequest.Cause.SCHEDULE) {
            exchange.setVariable(CalcomHttp.DEADLINE, Instant.now().plus(PATIENCE_OF_SCHEDULE));
        }
    }

    /** The teams arrived. */
    public void teams(@Body List<Team> teams, @Variable(RUN) SyncRun run) {
        stopping.leave();
        run.teams(teams);
        String slug = companies.team(run.request().company()).slug();
        if (slug != null && chosen(teams, slug).isEmpty()) {
            run.failed(new Problem(404, "team_not_found", "Cal.com has no team of this slug", "The account has no team '" + slug + "'.",
                    "Name one of the account's teams, or none: DEFAULT_CALCOM_TEAM_SLUG for the default company, 'company update --team' for another."));
        }
    }

    private static List<Team> chosen(List<Team> teams, String slug) {
        return teams.stream().filter(team -> slug == null || slug.equals(team.slug())).toList();
    }

    /** What is to be asked, once the teams are known. An event type of a team is looked up in its list: alone it can be refused. */
    public List<Question> questions(@Variable(RUN) SyncRun run) {
        if (run.request().isAll()) {
            SyncedCompanies.ChosenTeam team = companies.team(run.request().company());
            if (team.id() != null) {
                run.onlyTeam(team.id());
            }
            return Stream.concat(Stream.of(Question.PERSONAL), (team.id() != null ? run.teams() : chosen(run.teams(), team.slug())).stream()
                    .map(one -> Question.team(one.id()))).toList();
        }
        Map<Long, Long> teams = store.teamsOf(run.request().company(), run.request().ids());
        run.lookedUpInTeams(teams);
        Set<Question> questions = new LinkedHashSet<>();
        run.request().ids().forEach(id -> questions.add(teams.containsKey(id) ? Question.team(teams.get(id)) : Question.eventType(id)));
        return List.copyOf(questions);
    }

    /** What is to be asked, once the lists of teams were looked through. */
    public List<Question> questionsLeft(@Variable(RUN) SyncRun run) {
        return run.request().isAll() ? List.of() : run.stillWanted();
    }

    /** Is about to ask one question; its kind is the variable {@code question}, its id the body. */
    public void ask(Exchange exchange, @Body Question question, @Variable(RUN) SyncRun run) {
        stopping.enter();
        boundWait(exchange, run);
        run.asking(question);
        exchange.setVariable("question", question.kind().text());
        exchange.getMessage().setBody(question.id());
    }

    /** An answer arrived: a list, or an event type. */
    @SuppressWarnings("unchecked")
    public void answered(Exchange exchange, @Variable(RUN) SyncRun run) {
        stopping.leave();
        Object answer = exchange.getMessage().getBody();
        if (answer instanceof CalcomEventType type) {
            run.received(type);
        } else {
            run.listed((List<CalcomEventType>) answer);
        }
        tellProgress(exchange, run);
    }

    private void tellProgress(Exchange exchange, SyncRun run) {
        long now = System.nanoTime();
        long[] last = exchange.getVariable(PROGRESS, long[].class);
        if (now - last[0] > BETWEEN_PROGRESS.toNanos()) {
            last[0] = now;
            runs.progress(run);
        }
    }

    /** No answer came. That Cal.com has no such event type is one. */
    public void unanswered(@ExchangeException Exception failure, @Variable(RUN) SyncRun run) {
        stopping.leave();
        if (stopping.hasBegun()) {
            throw new Stopping.HubStops();
        }
        if (failure instanceof CalcomException refusal && refusal.error() == CalcomError.EVENT_TYPE_NOT_FOUND) {
            run.notFound();
            return;
        }
        boolean isTeamGone = failure instanceof CalcomException refusal && Set.of(CalcomError.NOT_FOUND, CalcomError.UNSUPPORTED).contains(refusal.error())
                && run.question().kind() == Question.Kind.TEAM && !run.request().isAll();
        if (isTeamGone) {
            run.noList();
            return;
        }
        if (!(failure instanceof Problem)) {
            LOG.error("The event-type sync failed unexpectedly", failure);
        }
        run.failed(failure instanceof Problem problem ? problem : Problem.ofStatus(500));
    }

    /** The pages to be written; none where nothing changed, or nothing shall be written. */
    public List<ChangedPage> changes(@Variable(RUN) SyncRun run) {
        SyncRequest request = run.request();
        List<ChangedPage.Change> changes = run.changes(store.known(request.company(), request.ids(), run.begun()));
        List<ChangedPage> pages = new ArrayList<>();
        for (int from = 0; from < changes.size(); from += settings.page()) {
            pages.add(new ChangedPage(request.company(), changes.subList(from, Math.min(changes.size(), from + settings.page()))));
        }
        if (request.dryRun()) {
            pages.forEach(run::stored);
            return List.of();
        }
        return pages;
    }

    /** Is about to write a page. */
    public void page(Exchange exchange, @Body ChangedPage page) {
        exchange.setVariable("page", page);
        exchange.getMessage().setHeader("CamelJdbcParameters", page.parameters());
    }

    /** A page is written. */
    public void stored(@Variable("page") ChangedPage page, @Variable(RUN) SyncRun run) {
        run.stored(page);
    }

    /** What is to be counted as missing: parameters of the statement, or null where nothing is. */
    public void missing(Exchange exchange, @Variable(RUN) SyncRun run) {
        List<Long> gone = run.findMissing(settings.maxShrink());
        SyncRequest request = run.request();
        if (request.dryRun()) {
            run.marked();
        }
        exchange.getMessage().setBody(gone.isEmpty() || request.dryRun() ? null
                : Map.of("company", request.company(), "ids", gone.toArray(Long[]::new), "accepted", request.force()));
    }

    /** They are counted. */
    public void marked(Exchange exchange, @Variable(RUN) SyncRun run) {
        exchange.getMessage().removeHeaders("*");
        run.marked();
    }

    /** Whether this run writes, and does not only report. */
    public boolean isStored(@Variable(RUN) SyncRun run) {
        return !run.request().dryRun();
    }

    /** Something happened that is no answer of Cal.com's: the hub stops, the database is away, or the hub has a fault. */
    public void fail(@ExchangeException Exception failure, @Variable(RUN) SyncRun run) {
        stopping.leave();
        if (stopping.hasBegun()) {
            run.interrupted();
            run.error(null, new Problem(503, "interrupted", "The hub stopped in the middle of it", null, null));
            return;
        }
        LOG.error("The event-type sync failed unexpectedly", failure);
        run.broken();
        run.error(null, Problem.ofStatus(500));
    }

    /**
     * Ends the run.
     *
     * @return its report
     */
    public Map<String, Object> end(@Variable(RUN) SyncRun run, @Variable(LOCK) Locks.Lock lock) {
        try (lock) {
            runs.end(run);
        }
        Map<String, Object> report = runs.report(run.id());
        if (run.status() == SyncRun.Status.COMPLETE) {
            LOG.info("Event types of company {} synced: {}", run.request().company(), run.counts());
        } else {
            LOG.warn("The event-type sync of company {} is {}: {} {}", run.request().company(), run.status().text(), run.counts(), problems(report));
        }
        return report;
    }

    private static String problems(Map<String, Object> report) {
        List<String> problems = new ArrayList<>();
        for (JsonNode error : (JsonNode) report.get("errors")) {
            String about = error.path("list").asText("") + error.path("teamId").asText("") + error.path("eventTypeId").asText("");
            problems.add((about.isEmpty() ? "" : about + ": ") + error.path("detail").asText(error.path("title").asText()));
        }
        return String.join(" ", problems);
    }

    /** Lists the runs. */
    public Page runs(Exchange call, @Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        boolean isAdministrator = call.getVariable(ApiCall.IS_ADMINISTRATOR, false, Boolean.class);
        return runs.list(given.text("company").map(named -> SyncCommand.company(companies, company, isAdministrator, named)).orElse(company), given);
    }
}
