package io.calcamel.eventtype;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.database.Database;
import io.calcamel.http.Page;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.camel.CamelContext;
import org.apache.camel.Variable;
import org.apache.camel.spi.Registry;

/**
 * The face of this module: Cal.com's event types as the last sync left them, and the bean {@code eventTypes} of the
 * routes that read them. The sync itself is in {@code routes/event-types}.
 */
public final class EventTypes {

    private static final String PATH = "/api/event-types";
    private static final int RECENT_RUNS = 20;
    private static final int MOST_ERRORS = 5;

    /**
     * @param company   the company that is synced when the hub starts
     * @param every     how often each company is synced
     * @param atOnce    companies that are synced at the same time
     * @param atStart   whether to sync when the hub starts, or only after an interval
     * @param maxShrink of a hundred, how many event types of a list may be missing at once
     * @param page      event types that are written in one statement
     */
    public record Settings(int company, Duration every, int atOnce, boolean atStart, int maxShrink, int page) {
    }

    private final EventTypeStore store;
    private final SyncRuns runs;
    private final EventTypeSchedule schedule;
    private final BranchEventTypes branches;
    private final Settings settings;
    /** Once true, true for ever. */
    private final Set<Integer> synced = ConcurrentHashMap.newKeySet();

    private EventTypes(EventTypeStore store, SyncRuns runs, EventTypeSchedule schedule, BranchEventTypes branches, Settings settings) {
        this.store = store;
        this.runs = runs;
        this.schedule = schedule;
        this.branches = branches;
        this.settings = settings;
    }

    /**
     * Binds the beans of the routes in {@code routes/event-types}.
     *
     * @param context   the Camel context
     * @param database  where the event types are
     * @param settings  the settings
     * @param companies whose event types they are
     * @return the module
     */
    public static EventTypes start(CamelContext context, Database database, Settings settings, SyncedCompanies companies) {
        EventTypeStore store = new EventTypeStore(database.client());
        SyncRuns runs = new SyncRuns(database.locks(), database.client());
        context.getRegistry().bind("syncRunRetention", new SyncRunRetention(runs));
        Stopping stopping = new Stopping();
        EventTypeSync sync = new EventTypeSync(store, runs, settings, stopping, companies);
        ThreadPoolExecutor threads = (ThreadPoolExecutor) context.getExecutorServiceManager().newFixedThreadPool(sync, "event-types-sync", settings.atOnce());
        EventTypeSchedule schedule = new EventTypeSchedule(context, runs, new DueSyncs(database.client()), companies, sync, settings, stopping, threads);
        BranchEventTypes branches = new BranchEventTypes(database);
        EventTypes eventTypes = new EventTypes(store, runs, schedule, branches, settings);

        Registry registry = context.getRegistry();
        registry.bind("eventTypes", eventTypes);
        registry.bind("branchEventTypes", branches);
        registry.bind("eventTypeSync", sync);
        registry.bind("eventTypeSchedule", schedule);
        registry.bind("eventTypeSyncThreads", threads);
        registry.bind("eventTypeCreation", new EventTypeCreation(store, runs, eventTypes));
        return eventTypes;
    }

    /**
     * Syncs, once the routes are there: before it returns where the company's event types were never synced as a whole,
     * unless Cal.com is slow or can't be reached; else in the background.
     */
    public void work() throws InterruptedException {
        schedule.start();
    }

    /** The hub will stop: a sync that is refused now ends as interrupted. */
    public void expectRest() {
        schedule.expectStop();
    }

    /** Ends a sync that waits, for its turn or for Cal.com. Called before the routes are taken down. */
    public void rest() throws InterruptedException {
        schedule.stop();
    }

    /** What the branches offer. */
    public BranchEventTypes branches() {
        return branches;
    }

    /**
     * One event type.
     *
     * @param company the company's id
     * @param id      Cal.com's id
     * @return the event type, active or not; empty where no sync has found it
     */
    public Optional<EventType> find(int company, long id) {
        return store.find(company, id);
    }

    /**
     * Whether a company's event types are known at all.
     *
     * @param company the company's id
     * @return true after its first complete sync
     */
    public boolean isSynced(int company) {
        if (!synced.contains(company) && runs.hasCompleted(company)) {
            synced.add(company);
        }
        return synced.contains(company);
    }

    /**
     * How the last sync of all of a company's event types ended, or goes.
     *
     * @param company the company's id
     * @return the run as the API shows it; null where there was none
     */
    public Map<String, Object> lastSync(@Variable("companyId") int company) {
        return runs.last(company).orElse(null);
    }

    /**
     * Answers one event type, with the recent errors that concern it.
     *
     * @param company    the company's id
     * @param parameters {@code id}; {@code document=true} adds it whole, as Cal.com has it
     * @return the event type as JSON
     * @throws Problem 404 {@code event_type_not_found}
     */
    public Map<String, Object> get(@Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        EventType type = given.number("id").flatMap(id -> find(company, id)).orElseThrow(() -> new Problem(404, "event_type_not_found",
                "No sync has found this event type", null,
                "Sync it: POST /api/event-types/sync with its id in ids. GET /api/event-types lists what there is."));
        Map<String, Object> json = json(company, type);
        json.put("recentErrors", recentErrors(company, type));
        if (given.bool("document").orElse(false)) {
            json.put("document", type.document());
        }
        return json;
    }

    /** An event type as the API shows it. */
    Map<String, Object> json(int company, EventType type) {
        return json(company, List.of(type)).get(0);
    }

    private List<Map<String, Object>> json(int company, List<EventType> types) {
        List<Long> ids = types.stream().map(EventType::id).toList();
        Map<Long, List<String>> branches = store.branchesOf(company, ids);
        Map<Long, Instant> synced = store.lastSynced(company, ids);
        return types.stream().map(type -> EventTypeJson.of(type, branches.getOrDefault(type.id(), List.of()), synced.get(type.id()))).toList();
    }

    /**
     * Lists event types, by id.
     *
     * @param company    the company's id
     * @param parameters {@code active}, {@code team} (its id), {@code slug}, {@code q} (part of title or slug), {@code limit},
     *                   {@code after} (the id that the page before ended with)
     * @return the page
     * @throws Problem 400 {@code bad_parameter}
     */
    public Page list(@Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        EventTypeStore.Search search = new EventTypeStore.Search(company, given.bool("active").orElse(null), given.number("team").orElse(null),
                given.text("slug").orElse(null), given.text("q").orElse(null), given.number("after").orElse(0L), given.limit() + 1);
        List<EventType> found = store.search(search);
        List<EventType> page = found.size() < search.limit() ? found : found.subList(0, found.size() - 1);
        String next = page.size() == found.size() ? null : Page.nextLink(PATH, given, String.valueOf(page.get(page.size() - 1).id()));
        return new Page(store.count(search), json(company, page), next);
    }

    private List<Map<String, Object>> recentErrors(int company, EventType type) {
        List<Map<String, Object>> errors = new ArrayList<>();
        for (Map<String, Object> run : runs.newest(company, RECENT_RUNS)) {
            for (JsonNode error : (JsonNode) run.get("errors")) {
                if (concerns(error, type) && errors.size() < MOST_ERRORS) {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("at", run.get("endedAt"));
                    json.put("syncRun", run.get("id"));
                    error.properties().forEach(field -> json.put(field.getKey(), field.getValue()));
                    errors.add(json);
                }
            }
        }
        return errors;
    }

    private static boolean concerns(JsonNode error, EventType type) {
        return switch (error.path("list").asText("")) {
            case "personal" -> type.teamId() == null;
            case "teams" -> type.teamId() != null;
            case "team" -> type.teamId() != null && type.teamId() == error.path("teamId").asLong();
            default -> !error.has("eventTypeId") || error.path("eventTypeId").asLong() == type.id();
        };
    }
}
