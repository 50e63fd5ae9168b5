package io.calcamel.connect;

import io.calcamel.attention.Matter;
import io.calcamel.calcom.Account;
import io.calcamel.calcom.ApiVersion;
import io.calcamel.calcom.BookingsPage;
import io.calcamel.calcom.BookingsQuery;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.calcom.CalcomError;
import io.calcamel.calcom.CalcomException;
import io.calcamel.calcom.Connection;
import io.calcamel.calcom.Subscription;
import io.calcamel.calcom.Triggers;
import io.calcamel.company.Companies;
import io.calcamel.company.Company;
import io.calcamel.company.CompanyAdministration;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what is wrong with a company's connection, and says how to mend it: the steps of route {@code company-examine}, bean
 * {@code companyDoctor}.
 */
public final class CompanyDoctor {

    static final String EXAMINATION = "examination";

    private static final Logger LOG = LoggerFactory.getLogger(CompanyDoctor.class);
    private static final String OK = "ok";
    private static final String WARNING = "warning";
    private static final String CONNECT = "Connect again, which repairs it: company connect --slug %s.";
    /** How far back a change must have been told of, and how many are looked at. */
    private static final Duration LATELY = Duration.ofDays(7);
    private static final int CHANGES = 20;
    /** When a secret signed last is written down every few seconds only, and clocks differ. */
    private static final Duration TOLERANCE = Duration.ofSeconds(10);

    private final Companies companies;
    private final ConnectSettings settings;
    private final Instant begins;

    CompanyDoctor(Companies companies, ConnectSettings settings) {
        this.companies = companies;
        this.settings = settings;
        this.begins = Instant.now().plus(settings.examine().dividedBy(2));
    }

    /**
     * Begins.
     *
     * @param call    the API call, or the schedule's
     * @param company the company
     */
    public void begin(Exchange call, @Variable(CompanyAdministration.COMPANY) Company company) {
        Examination examination = new Examination(company, company.isConnected() ? connection(company).orElse(null) : null);
        if (company.isConnected() && examination.connection == null) {
            examination.add(new Step("key", Step.FAILED, "There can be no connection to " + company.calcom().baseUrl() + " in API " + company.calcom().apiVersion() + ".",
                    "Connect it again: company connect --slug " + company.slug() + " --base-url URL."));
        }
        call.setVariable(EXAMINATION, examination);
        call.setVariable("companyId", company.id());
        call.setVariable("organizationId", company.calcom().organizationId());
        call.getMessage().setBody(null);
    }

    private static Optional<Connection> connection(Company company) {
        try {
            return Optional.of(Connection.of(company.id(), company.calcom().baseUrl(), company.calcom().apiKey(), ApiVersion.of(company.calcom().apiVersion())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whom the schedule examines next. */
    public void take(Exchange exchange, @Body Integer id) {
        exchange.setVariable(CompanyAdministration.COMPANY, companies.byId(id).orElseThrow());
    }

    /** The companies that are to be examined; none at the start of the hub, which a new Quartz trigger does not wait for. */
    public List<Integer> due() {
        return Instant.now().isBefore(begins) ? List.of() : companies.connected();
    }

    /** Whether the company has a key at all. */
    public boolean hasKey(@Variable(EXAMINATION) Examination examination) {
        if (!examination.company.isConnected()) {
            examination.add(new Step("key", Step.FAILED, "The company has no API key in this hub, or none that can be read.",
                    "Give it one: company connect --slug " + examination.company.slug() + " --api-key KEY."));
        }
        return examination.connection != null;
    }

    /** Cal.com takes the key. */
    public void keyIsGood(@Body Account account, @Variable(EXAMINATION) Examination examination) {
        examination.isKeyGood = true;
        examination.add(new Step("key", OK, "It is " + (account.username() == null ? "account " + account.id() : account.username()) + "'s, at "
                + examination.connection.server() + "."));
    }

    /** Cal.com does not take it, or can't be reached. */
    public void keyIsRefused(@ExchangeException CalcomException refusal, @Variable(EXAMINATION) Examination examination) {
        examination.refusal = refusal;
    }

    /** Whether the key is taken. */
    public boolean isKeyGood(@Variable(EXAMINATION) Examination examination) {
        return examination.isKeyGood;
    }

    /** Where else a refused key may be good: only Cal.com's own regions are shown each other's keys. */
    public List<Connection> otherRegions(@Variable(EXAMINATION) Examination examination) {
        Connection own = examination.connection;
        boolean isRefused = examination.refusal != null && examination.refusal.error() == CalcomError.UNAUTHORIZED;
        // Not of an old server of one's own: there is no region with API v1 either.
        if (!isRefused || own.apiVersion() == ApiVersion.V1) {
            return List.of();
        }
        List<Connection> regions = settings.regions().stream().map(address -> Connection.of(own.companyId(), address, own.apiKey(), own.apiVersion())).toList();
        boolean isOfRegion = regions.stream().anyMatch(region -> region.server().equals(own.server()));
        return isOfRegion ? regions.stream().filter(region -> !region.server().equals(own.server())).toList() : List.of();
    }

    /** The key is good in another region. */
    public void otherRegion(@Variable(EXAMINATION) Examination examination, @Variable("calcomConnection") Connection region) {
        examination.otherRegion = region;
    }

    /** What is said of a key that is not taken. */
    public void keyFinding(@Variable(EXAMINATION) Examination examination) {
        String slug = examination.company.slug();
        CalcomException refusal = examination.refusal;
        if (examination.otherRegion != null) {
            examination.add(new Step("key", Step.FAILED, "The key is of another region: " + examination.otherRegion.server() + " takes it, "
                    + examination.connection.server() + " does not.", slug.equals(Company.DEFAULT)
                            ? "Set CALCOM_API_BASE_URL to " + examination.otherRegion.server() + "/v2 and start the hub again."
                            : "Connect it there: company connect --slug " + slug + " --base-url " + examination.otherRegion.server() + "/v2."));
        } else if (refusal.error() == CalcomError.UNAUTHORIZED) {
            examination.add(new Step("key", Step.FAILED, examination.connection.server() + " refuses the key. " + CompanyConnect.sentence(refusal),
                    "It is wrong, expired or revoked: make one in Cal.com (Settings, Security, API keys), and connect again: company connect --slug "
                            + slug + " --api-key KEY."));
        } else {
            examination.add(Step.failed("key", refusal));
        }
    }

    /** The subscriptions arrived. */
    public void subscriptions(@Body List<Subscription> there, @Variable(EXAMINATION) Examination examination) {
        Company company = examination.company;
        String hint = CONNECT.formatted(company.slug());
        Optional<String> url = CompanySubscription.url(settings, examination.connection.server(), company);
        if (url.isEmpty()) {
            examination.add(new Step(CompanySubscription.NAME, Step.FAILED, "Nobody said where Cal.com reaches this hub.", "Set CALCAMEL_PUBLIC_URL, and start the hub again."));
            return;
        }
        List<Subscription> own = there.stream().filter(subscription -> subscription.url().equals(url.get())).toList();
        if (own.isEmpty()) {
            examination.add(new Step(CompanySubscription.NAME, Step.FAILED, "Cal.com has no webhook subscription for " + url.get()
                    + (there.isEmpty() ? "." : ", but " + there.size() + " for other addresses."), hint));
            return;
        }
        Set<String> wanted = wanted(Triggers.sets(examination.connection.edition(), company.calcom().organizationId() != null), own.get(0).triggers());
        List<String> wrong = CompanySubscription.wrong(own.get(0), company, wanted).stream().map(CompanyDoctor::present).toList();
        examination.add(wrong.isEmpty() ? new Step(CompanySubscription.NAME, OK, url.get() + ", " + own.get(0).triggers().size() + " triggers.")
                : new Step(CompanySubscription.NAME, Step.FAILED, url.get() + ": " + String.join("; ", wrong) + ".", hint));
    }

    /** One of those that connecting may have come to: an older server knows fewer triggers, and no endpoint tells which. */
    private static Set<String> wanted(List<Set<String>> sets, Set<String> there) {
        Set<String> known = new HashSet<>(there);
        known.retainAll(sets.get(0));
        return sets.stream().filter(known::equals).findFirst().orElse(sets.get(0));
    }

    private static String present(String wrong) {
        return wrong.replace("it was ", "it is ").replace("it had ", "it has ").replace("it lacked ", "it lacks ").replace("its secret was another", "its secret is another than this hub's");
    }

    /** Whether the account is subscribed beside its organisation; null for not. */
    public void twice(@Body Step found, @Variable(EXAMINATION) Examination examination) {
        if (found != null) {
            examination.add(found);
        }
    }

    /** What Cal.com is asked to know whether its webhooks arrive. */
    public BookingsQuery latestChanges() {
        return BookingsQuery.changedSince(Instant.now().minus(LATELY), CHANGES, 0);
    }

    /**
     * The latest changes arrived. Those that were just made may still be on their way, and those from before there was a secret to
     * sign with could not be told.
     *
     * @return the bookings that should have been told of by now
     */
    public List<String> changed(@Body BookingsPage page, @Variable(EXAMINATION) Examination examination) {
        Instant due = Instant.now().minus(settings.quietAfter());
        Instant since = companies.listeningSince(examination.company.id());
        List<CalcomBooking> told = page.items().stream().filter(booking -> changedAt(booking) != null && changedAt(booking).isBefore(due)
                && changedAt(booking).isAfter(since)).toList();
        examination.newestChange = told.stream().map(CompanyDoctor::changedAt).max(Instant::compareTo).orElse(null);
        return told.stream().map(CalcomBooking::uid).distinct().toList();
    }

    private static Instant changedAt(CalcomBooking booking) {
        return booking.updatedAt() == null ? booking.createdAt() : booking.updatedAt();
    }

    /** Of those, the ones that this hub knows nothing of. */
    public void deliveries(@Body List<String> unknown, @Variable(EXAMINATION) Examination examination) {
        Instant last = companies.lastSigned(examination.company.id()).orElse(null);
        Instant change = examination.newestChange;
        boolean isSilent = change != null && (last == null || last.plus(TOLERANCE).isBefore(change));
        String lately = last == null ? "None has come yet" : "The last one came at " + last;
        String hint = "See what the subscription says above; is " + settings.reachedBy(examination.connection.server()) + " reached from outside?"
                + " The bookings themselves: company connect --slug " + examination.company.slug() + " takes them over.";
        if (isSilent) {
            examination.add(new Step("webhooks", Step.FAILED, "They have gone quiet: " + lately + ", and Cal.com's bookings changed until " + change + ".", hint));
        } else if (!unknown.isEmpty()) {
            examination.add(new Step("webhooks", WARNING, unknown.size() + " of Cal.com's latest bookings are not known here: "
                    + String.join(", ", unknown) + ".", hint));
        } else {
            examination.add(new Step("webhooks", OK, lately + (change == null ? "; none was due in the last " + LATELY.toDays() + " days." : ".")));
        }
    }

    /** How the last sync of all event types ended. */
    public void eventTypes(@Body Map<String, Object> lastSync, @Variable(EXAMINATION) Examination examination) {
        String hint = "sync-event-types --company " + examination.company.slug() + " syncs now, and says what is wrong.";
        if (lastSync == null) {
            examination.add(new Step("event types", WARNING, "They were never synced.", hint));
            return;
        }
        String status = String.valueOf(lastSync.get("status"));
        String when = "Synced " + Objects.requireNonNullElse(lastSync.get("endedAt"), lastSync.get("startedAt")) + ": " + status + ".";
        examination.add(List.of("complete", "running").contains(status) ? new Step("event types", OK, when) : new Step("event types", WARNING, when, hint));
    }

    /** Which secret signs, while there are two. */
    public void secrets(@Variable(EXAMINATION) Examination examination) {
        Company company = examination.company;
        if (company.webhookSecrets().isEmpty()) {
            examination.add(new Step("secrets", Step.FAILED, "The company has no webhook secret that can be read: all its webhooks are refused.",
                    "company rotate-secret " + company.slug() + " makes one."));
        } else if (company.webhookSecrets().size() > 1) {
            String signing = String.join(", ", companies.signing(company.id()));
            examination.add(new Step("secrets", OK, company.webhookSecrets().size() + " are good" + (signing.isEmpty() ? ", none has signed yet." : ": " + signing + ".")));
        }
    }

    /** Something could not be found out; of a server that is asked in API v1 some things never can. */
    public void failed(@ExchangeException Exception failure, @Variable(EXAMINATION) Examination examination, @Variable("step") String step) {
        if (examination.connection.apiVersion() == ApiVersion.V1 && failure instanceof CalcomException refusal && refusal.error() == CalcomError.UNSUPPORTED) {
            examination.add(new Step(step, Step.SKIPPED, CompanyConnect.sentence(refusal)));
            return;
        }
        if (!(failure instanceof Problem)) {
            LOG.error("Examining company {} failed at {}", examination.company.slug(), step, failure);
        }
        examination.add(Step.failed(step, failure instanceof Problem problem ? problem : Problem.ofStatus(500)));
    }

    private static boolean isNothing(Step finding) {
        return finding.outcome().equals(OK) || finding.outcome().equals(Step.SKIPPED);
    }

    /** What was found. */
    public Map<String, Object> report(@Variable(EXAMINATION) Examination examination) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("company", examination.company.slug());
        report.put("ok", examination.findings.stream().allMatch(CompanyDoctor::isNothing));
        report.put("findings", examination.findings.stream().map(Step::toJson).toList());
        return report;
    }

    /**
     * Tells whoever reads the log, where the schedule has found something.
     *
     * @return what somebody has to look at
     */
    public List<Matter> tell(@Variable(EXAMINATION) Examination examination) {
        List<Step> found = examination.findings.stream().filter(finding -> !isNothing(finding)).toList();
        found.forEach(finding ->
                LOG.warn("Company {}, {}: {}{}", examination.company.slug(), finding.name(), finding.detail(), finding.hint() == null ? "" : " " + finding.hint()));
        return found.stream().map(finding -> Matter.of(finding.name().equals("webhooks") ? Matter.Kind.SILENT_WEBHOOKS : Matter.Kind.CONNECTION,
                examination.company.id(), finding.name(), finding.detail())).toList();
    }
}
