package io.calcamel;

import io.calcamel.appointment.Appointments;
import io.calcamel.attention.Attention;
import io.calcamel.availability.Availability;
import io.calcamel.booking.AttendeeDefaults;
import io.calcamel.booking.Bookings;
import io.calcamel.calcom.Calcom;
import io.calcamel.calcom.Connection;
import io.calcamel.company.ApiTokens;
import io.calcamel.company.Branches;
import io.calcamel.company.Companies;
import io.calcamel.company.Company;
import io.calcamel.company.DefaultCompany;
import io.calcamel.company.Vault;
import io.calcamel.connect.CompanyConnect;
import io.calcamel.connect.ConnectSettings;
import io.calcamel.database.Database;
import io.calcamel.database.DatabaseUnavailable;
import io.calcamel.eventtype.EventTypes;
import io.calcamel.http.ApiCall;
import io.calcamel.http.HttpDoor;
import io.calcamel.http.Json;
import io.calcamel.http.NothingFromOutside;
import io.calcamel.http.ProblemResponse;
import io.calcamel.openapi.OpenApi;
import io.calcamel.privacy.Erasures;
import io.calcamel.privacy.Pseudonyms;
import io.calcamel.privacy.Retention;
import io.calcamel.reconcile.Reconcile;
import io.calcamel.sandbox.Sandbox;
import io.calcamel.webhook.Webhooks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.SimpleEventNotifierSupport;
import org.apache.commons.codec.digest.DigestUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.TransactionException;

/**
 * The application: puts the modules together, in the order in which they need each other, and takes them down in the
 * opposite one.
 */
public final class Hub {

    /** As Cal.com allows it. */
    private static final int SANDBOX_CALLS_PER_MINUTE = 120;

    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);

    private final Profile profile;
    private final Main main;
    private Settings settings;
    private Sandbox sandbox;
    private Database database;
    private HttpDoor door;
    private Attention attention;
    private Webhooks webhooks;
    private Calcom calcom;
    private EventTypes eventTypes;
    private Availability availability;
    private Bookings bookings;
    private Reconcile reconcile;

    /**
     * @param profile   dev or prod
     * @param overrides properties that win over application.properties and the environment; for tests
     */
    public Hub(Profile profile, Map<String, String> overrides) {
        this.profile = profile;
        this.main = new Main() {
            @Override
            protected CamelContext createCamelContext() {
                CamelContext context = super.createCamelContext();
                // Camel would read the file as Latin-1, and a secret with an umlaut would never match.
                context.getPropertiesComponent().setEncoding("UTF-8");
                context.getPropertiesComponent().addPropertiesFunction(new Millis(context));
                return context;
            }
        };
        main.setAppName("CalCamel");
        // The process that runs the hub stops it, in the right order; Camel's own hook would stop only the routes.
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.configure().withProfile(profile.text());
        main.setDefaultPropertyPlaceholderLocation("file:application.properties;optional=true");
        main.addInitialProperty("camel.main.profile", profile.text());
        overrides.forEach(main::addOverrideProperty);
        main.addMainListener(new Foundation());
        main.configure().addConfiguration(new Wiring());
    }

    /**
     * Starts, and returns when everything is ready.
     *
     * @throws StartRefused if the settings, a port or the data folder forbid it; its message is for the person who
     *                      started the hub
     * @throws Exception    if anything else goes wrong; what was started is stopped again
     */
    public void start() throws Exception {
        try {
            main.start();
            model().getRouteDefinitions().forEach(route -> RouteFault.check(context(), route));
            if (httpPort() <= 0) {
                throw new StartRefused("Port " + settings.httpPort() + " (HTTP_PORT) can't be listened on.");
            }
            showGauges();
            webhooks.work();
            door.openForWebhooks();
            beginJobs();
            door.open();
        } catch (Exception e) {
            Optional<RouteFault> fault = main.getCamelContext() == null ? Optional.empty() : RouteFault.in(e, model().getRouteDefinitions());
            stop();
            throw fault.<Exception>map(route -> new StartRefused(route.getMessage())).orElse(StartRefused.in(e));
        }
    }

    private void showGauges() {
        new Gauges(context())
                .show("calcamel.database.there", "1 while the database can be reached, else 0", () -> database.isThere() ? 1 : 0)
                .show("calcamel.spool.deliveries", "Deliveries on disk that wait for the database", webhooks::spooled)
                .show("calcamel.calcom.failing", "Companies whose Cal.com is not asked right now, since it fails", calcom::failing)
                .show("calcamel.http.requests", "Requests at hand", door::requests);
    }

    /** Now, or in the background as soon as the database is there. */
    private void beginJobs() throws InterruptedException {
        try {
            eventTypes.work();
            reconcile.work();
        } catch (DataAccessResourceFailureException | TransactionException e) {
            database.whenThere(() -> new Thread(this::beginJobsLater, "jobs-start").start());
        }
    }

    private void beginJobsLater() {
        try {
            beginJobs();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ModelCamelContext model() {
        return (ModelCamelContext) main.getCamelContext();
    }

    /**
     * Stops: takes no more requests, finishes those at hand, and closes the database. Deliveries that were acknowledged
     * and not yet applied stay in the inbox. Does nothing where nothing was started.
     */
    public synchronized void stop() {
        try {
            end(door, HttpDoor::close);
            end(webhooks, Webhooks::rest);
            end(bookings, Bookings::rest);
            end(eventTypes, EventTypes::expectRest);
            end(reconcile, Reconcile::expectRest);
            end(calcom, Calcom::rest);
            end(availability, Availability::close);
            end(eventTypes, EventTypes::rest);
            end(attention, Attention::rest);
            end(main, Main::stop);
            end(webhooks, Webhooks::close);
            end(calcom, Calcom::close);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (database != null) {
                database.close();
                database = null;
            }
            if (sandbox != null) {
                sandbox.close();
                sandbox = null;
            }
        }
    }

    private interface Ending<T> {
        void of(T module) throws InterruptedException;
    }

    /** One that does not end cleanly keeps none of the others from it: they have deliveries at hand. */
    private static <T> void end(T module, Ending<T> ending) throws InterruptedException {
        if (module != null) {
            try {
                ending.of(module);
            } catch (RuntimeException e) {
                LOG.warn("{} did not end cleanly: {}", module.getClass().getSimpleName(), e.getClass().getName());
            }
        }
    }

    /** The port that requests are taken on; not positive while it could not be bound. */
    public int httpPort() {
        PlatformHttpComponent http = main.getCamelContext().getComponent("platform-http", PlatformHttpComponent.class);
        return http.getEngine().getServerPort();
    }

    /** The settings in force. */
    public Settings settings() {
        return settings;
    }

    /** The database in use. */
    public Database database() {
        return database;
    }

    /** The running Camel context. */
    public CamelContext context() {
        return main.getCamelContext();
    }

    private final class Foundation extends MainListenerSupport {

        /** Before Camel opens the port: a request must not find a hub without a database. */
        @Override
        public void beforeConfigure(BaseMainSupport starting) {
            try {
                settings = Settings.read(starting.getCamelContext(), profile);
                requireFree(settings.httpHost(), settings.httpPort(), "HTTP_PORT");
                requireFree("127.0.0.1", settings.managementPort(), "MANAGEMENT_PORT");
                if (settings.needsSandbox()) {
                    requireFree("127.0.0.1", settings.sandboxPort(), "SANDBOX_PORT");
                    startSandbox();
                }
                database = Database.start(settings.database());
            } catch (IOException e) {
                throw new StartRefused("The embedded PostgreSQL could not be started: " + e.getMessage());
            } catch (DatabaseUnavailable e) {
                throw new StartRefused(e.getMessage());
            }
        }

        /**
         * Camel's dev profile records every step of every message for its developer tools, which we don't load: it made
         * intake 2.4 times slower.
         */
        @Override
        public void afterConfigure(BaseMainSupport configured) {
            CamelContext context = configured.getCamelContext();
            context.setMessageHistory(false);
            context.setTracingStandby(false);
            context.setBacklogTracingStandby(false);
            context.getInflightRepository().setInflightBrowseEnabled(false);
        }
    }

    /** With a subscription of ours, so that what is booked there comes in here. */
    private void startSandbox() throws IOException {
        String secret = settings.webhookSecret().split(",")[0].strip();
        String webhooks = settings.httpPort() == 0 ? null : "http://127.0.0.1:" + settings.httpPort() + "/webhooks/calcom";
        sandbox = Sandbox.start(new Sandbox.Settings("127.0.0.1", settings.sandboxPort(), Sandbox.DEMO_KEY, webhooks, secret,
                SANDBOX_CALLS_PER_MINUTE, true));
        settings = settings.withCalcom(Sandbox.DEMO_KEY, sandbox.baseUrl(), List.of(sandbox.baseUrl(), sandbox.euBaseUrl()));
    }

    /** Where Cal.com's API is: its address, and whether the sandbox stands in for it. */
    String calcom() {
        return sandbox == null ? settings.calcom().baseUrl() : "the sandbox, " + sandbox.baseUrl();
    }

    /** Camel 4.18.0 itself would log that a port is taken, and say "started". */
    private static void requireFree(String host, int port, String variable) {
        if (port == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (IOException e) {
            throw new StartRefused("Port " + port + " is taken: another program, or another CalCamel, listens on it."
                    + " Stop it, or set " + variable + " to a free port.");
        }
    }

    /** Between the opening of the port and the start of the routes, which Camel tells nowhere else. */
    private final class DoorHanger extends SimpleEventNotifierSupport {

        DoorHanger() {
            setIgnoreExchangeEvents(true);
        }

        @Override
        public void notify(CamelEvent event) {
            if (event instanceof CamelEvent.CamelContextRoutesStartingEvent) {
                door = HttpDoor.hang(context(), settings.door());
            }
        }
    }

    /** In dev nobody has to think of a master key: the one that is made beside the data does. */
    private Vault vault() {
        try {
            return settings.masterKey().isBlank() ? Vault.keptIn(settings.database().dataDir().resolve("master.key")) : new Vault(settings.masterKey());
        } catch (IllegalArgumentException e) {
            throw new StartRefused("CALCAMEL_MASTER_KEY can't be used. " + e.getMessage());
        }
    }

    private Pseudonyms pseudonyms() {
        try {
            Pseudonyms pseudonyms = new Pseudonyms(database.client(), vault());
            database.whenThere(pseudonyms::read);
            return pseudonyms;
        } catch (Vault.UnreadableSecret e) {
            throw new StartRefused(e.getMessage());
        }
    }

    private Companies companies(CamelContext context) {
        Settings.DefaultCalcom own = settings.calcom();
        // Without a key, which only dev allows, it is somebody's own sandbox that was named.
        String key = own.apiKey().isEmpty() ? Sandbox.DEMO_KEY : own.apiKey();
        try {
            Connection.of(Company.DEFAULT_ID, own.baseUrl(), key, own.apiVersion());
            return Companies.start(context, database, vault(), new DefaultCompany(key, own.baseUrl(), own.apiVersion().text(), own.teamSlug(),
                    settings.webhookSecret(), settings.apiToken()));
        } catch (IllegalArgumentException | Vault.UnreadableSecret e) {
            throw new StartRefused(e.getMessage());
        }
    }

    /** What the company says of its attendees, else what the settings say. */
    private IntFunction<AttendeeDefaults> attendees(Companies companies) {
        IntFunction<AttendeeDefaults> everywhere = settings.bookings().attendees();
        return id -> companies.byId(id).map(company -> new AttendeeDefaults(
                company.timeZone() == null ? everywhere.apply(id).zone() : company.timeZone(), company.language())).orElseGet(() -> everywhere.apply(id));
    }

    private final class Wiring implements CamelConfiguration {

        @Override
        public void configure(CamelContext context) throws Exception {
            context.getManagementStrategy().addEventNotifier(new DoorHanger());
            Companies companies = companies(context);
            ApiTokens tokens = ApiTokens.start(context, database.client(), companies);
            context.getRegistry().bind("branches", new Branches(database.client(), companies));
            attention = Attention.start(context, id -> companies.byId(id).map(Company::slug).orElse(null), settings.protection().destinations(), settings.attention());
            webhooks = Webhooks.start(context, database, companies, settings.protection().senders(), settings.storing(), settings.spooling(), settings.working(), settings.replaying(), attention::tell);
            calcom = Calcom.start(context, new StoredConnections(companies), settings.protection().destinations(), settings.calls());
            eventTypes = EventTypes.start(context, database, settings.eventTypes(), new CompaniesToSync(companies));
            availability = Availability.start(context, new SyncedEventTypes(eventTypes), settings.availability());
            if (settings.reloadFolder() != null) {
                context.addService(new RouteReload(settings.reloadFolder()));
            }
            context.getRegistry().bind("hubReadiness", new Readiness(() -> door != null && door.isOpen(), () -> database.isThere() || webhooks.canSpool()));
            context.getRegistry().bind("upstreamHealth", new UpstreamHealth(() -> calcom.failing()));
            context.getRegistry().bind("databaseHealth", new DatabaseHealth(database, webhooks::spooled));
            context.getRegistry().bind("dataSource", database.dataSource());
            context.getRegistry().bind("json", Json.MAPPER);
            context.getRegistry().bind("destinations", settings.protection().destinations());
            context.getRegistry().bind("nothingFromOutside", new NothingFromOutside());
            byte[] adminToken = DigestUtils.sha256(settings.adminToken());
            Predicate<String> isAdministrator = token -> MessageDigest.isEqual(DigestUtils.sha256(token), adminToken);
            ApiCall apiCall = new ApiCall("the company's API token", tokens::companyOf);
            context.getRegistry().bind("apiCall", apiCall);
            context.getRegistry().bind("apiOrAdminCall", apiCall.orAdministrator(Company.DEFAULT_ID, isAdministrator));
            context.getRegistry().bind("adminCall", new ApiCall("the administrator's token",
                    token -> isAdministrator.test(token) ? Optional.of(Company.DEFAULT_ID) : Optional.empty()));
            context.getRegistry().bind("problemResponse", new ProblemResponse());
            context.getRegistry().bind("openApi", new OpenApi());
            Pseudonyms pseudonyms = pseudonyms();
            context.getRegistry().bind("erasures", new Erasures(database.client(), companies, pseudonyms, tokens::nameOf));
            Appointments appointments = new Appointments(database, settings.readBackDelay(), pseudonyms);
            context.getRegistry().bind("appointmentErasure", appointments.erasure());
            context.getRegistry().bind("appointmentRetention", appointments.retention());
            context.getRegistry().bind("retention", new Retention(database.client(), settings.protection().retention()));
            context.getRegistry().bind("appointments", appointments);
            context.getRegistry().bind("readBacks", appointments.readBacks());
            context.getRegistry().bind("takeOver", appointments.takeOver());
            CompanyConnect.start(context, companies, new ConnectSettings(settings.protection().destinations(), settings.regions(), settings.publicUrl(),
                    settings.profile() == Profile.DEV ? () -> "http://127.0.0.1:" + httpPort() : null, settings.quietAfter(), settings.examine()));
            bookings = Bookings.start(context, database, appointments.booked(), eventTypes, availability, settings.bookings().of(attendees(companies)),
                    attention::tell);
            reconcile = Reconcile.start(context, database, appointments, new CompaniesToReconcile(companies), settings.reconcile(), webhooks::waiting,
                    attention::tell);
        }
    }
}
