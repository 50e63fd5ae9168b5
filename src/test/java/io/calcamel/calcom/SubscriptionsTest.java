package io.calcamel.calcom;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.calcamel.SandboxExtension;
import io.calcamel.sandbox.Sandbox;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** Webhook subscriptions, and keys that no company has yet, from our words to Cal.com's answer and back; Cal.com is the sandbox. */
class SubscriptionsTest {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension();

    private static final String SECRET = "grüner-Tee-s3cret";
    private static final Set<String> CREATED = Set.of("BOOKING_CREATED");

    private static ProducerTemplate routes;

    @BeforeAll
    static void start() {
        routes = BOTH.hub().hub().context().createProducerTemplate();
    }

    @AfterEach
    void mend() {
        BOTH.faults("{}");
    }

    private static Exchange call(String route, Object words) {
        return routes.request("direct:" + route, exchange -> {
            exchange.getMessage().setBody(words);
            exchange.setVariable("companyId", 1);
        });
    }

    private static CalcomError refusal(Exchange exchange) {
        assertThat(exchange.getException()).isInstanceOf(CalcomException.class);
        return ((CalcomException) exchange.getException()).error();
    }

    private static Subscription one(String route, Object words) {
        Exchange exchange = call(route, words);
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody(Subscription.class);
    }

    @SuppressWarnings("unchecked")
    private static List<Subscription> all() {
        Exchange exchange = call("calcom-webhooks", null);
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody(List.class);
    }

    private static Subscription found(String id) {
        return all().stream().filter(subscription -> subscription.id().equals(id)).findFirst().orElseThrow();
    }

    private static NewSubscription to(String url) {
        return new NewSubscription(null, url, Triggers.sets(Edition.SELF_HOSTED, false).get(0), SECRET);
    }

    @Test
    void subscribesReadsAndChanges() {
        Subscription made = one("calcom-webhook-create", to("https://hub.example.org/made"));
        assertThat(made).isEqualTo(new Subscription(made.id(), "https://hub.example.org/made", true, Triggers.sets(Edition.SELF_HOSTED, false).get(0), null, SECRET));
        assertThat(found(made.id())).isEqualTo(made);

        Subscription changed = one("calcom-webhook-change", new SubscriptionChange(null, made.id(), null, CREATED, null, "another", false));
        assertThat(changed).isEqualTo(new Subscription(made.id(), made.url(), true, CREATED, null, "another"));
        assertThat(found(made.id())).isEqualTo(changed);
    }

    @Test
    void mendsWhatAHostHasSpoilt() {
        Subscription made = one("calcom-webhook-create", to("https://hub.example.org/spoilt"));
        BOTH.ask("PATCH", "/webhooks/" + made.id(), null, "{\"active\": false, \"payloadTemplate\": \"{}\", \"triggers\": []}");
        assertThat(found(made.id())).isEqualTo(new Subscription(made.id(), made.url(), false, Set.of(), "{}", SECRET));

        assertThat(one("calcom-webhook-change", new SubscriptionChange(null, made.id(), null, made.triggers(), true, null, true))).isEqualTo(made);
        assertThat(found(made.id())).isEqualTo(made);

        BOTH.ask("DELETE", "/webhooks/" + made.id(), null, null);
        assertThat(all()).extracting(Subscription::id).doesNotContain(made.id());
        assertThat(refusal(call("calcom-webhook-change", new SubscriptionChange(null, made.id(), null, null, true, null, false)))).isEqualTo(CalcomError.NOT_FOUND);
    }

    @Test
    void saysWhatCalcomDoesNotTake() {
        one("calcom-webhook-create", to("https://hub.example.org/taken"));
        Subscription other = one("calcom-webhook-create", to("https://hub.example.org/other"));
        assertThat(refusal(call("calcom-webhook-create", to("https://hub.example.org/taken")))).isEqualTo(CalcomError.ALREADY_EXISTS);
        assertThat(refusal(call("calcom-webhook-change", new SubscriptionChange(null, other.id(), "https://hub.example.org/taken", null, null, null, false))))
                .isEqualTo(CalcomError.ALREADY_EXISTS);
        assertThat(refusal(call("calcom-webhook-create", to("http://169.254.169.254/x")))).isEqualTo(CalcomError.URL_NOT_ALLOWED);

        Exchange unknown = call("calcom-webhook-create", new NewSubscription(null, "https://hub.example.org/new", Set.of("BOOKING_TELEPORTED"), SECRET));
        assertThat(refusal(unknown)).isEqualTo(CalcomError.INVALID_REQUEST);
        assertThat(unknown.getException()).hasMessageContaining("triggers").message().doesNotContain(SECRET);
        assertThat(refusal(call("calcom-webhook-create", new NewSubscription(77L, "https://hub.example.org/of-all", CREATED, SECRET))))
                .as("the sandbox has no organisations").isEqualTo(CalcomError.UNSUPPORTED);
    }

    @Test
    void aChangeThatFailsIsNotSentAgain() {
        BOTH.faults("{\"500-after-success\": {\"match\": \"POST /v2/webhooks\"}}");
        int before = BOTH.asked("/v2/webhooks").size();
        assertThat(((CalcomException) call("calcom-webhook-create", to("https://hub.example.org/once")).getException()).mayHaveHappened()).isTrue();
        assertThat(BOTH.asked("/v2/webhooks")).hasSize(before + 1);
        assertThat(all()).extracting(Subscription::url).contains("https://hub.example.org/once");
    }

    @Test
    void readsAllPages() {
        List<String> urls = IntStream.range(0, 260).mapToObj(i -> "https://many.example.org/" + i).toList();
        urls.forEach(url -> BOTH.ask("POST", "/webhooks", null, "{\"subscriberUrl\": \"" + url + "\", \"triggers\": [], \"active\": true}"));
        int before = BOTH.asked("/v2/webhooks").size();
        List<Subscription> all = all();
        assertThat(all).extracting(Subscription::url).containsAll(urls).doesNotHaveDuplicates();
        assertThat(BOTH.asked("/v2/webhooks").stream().skip(before).map(Sandbox.RecordedRequest::query)).containsExactly("take=250&skip=0", "take=250&skip=250");
    }

    @Test
    void theLogOfCallsDoesNotTellTheSecret() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger calls = (Logger) LoggerFactory.getLogger("calcom");
        calls.addAppender(log);
        calls.setLevel(Level.INFO);
        debug(true);
        try {
            Subscription made = one("calcom-webhook-create", to("https://hub.example.org/logged"));
            call("calcom-webhook-change", new SubscriptionChange(null, made.id(), null, null, null, SECRET + "2", false));
            assertThat(found(made.id()).secret()).isEqualTo(SECRET + "2");
            assertThat(log.list).hasSizeGreaterThan(2).allSatisfy(line -> assertThat(line.getFormattedMessage()).doesNotContain(SECRET, Sandbox.DEMO_KEY, "/logged"));
            assertThat(log.list.get(0).getFormattedMessage()).contains("https://hub.example.org/***", "BOOKING_CREATED");
        } finally {
            debug(false);
            calls.detachAppender(log);
        }
    }

    private static void debug(boolean on) {
        assertThat(BOTH.hub().send(HttpRequest.newBuilder(BOTH.hub().uri("/api/calcom/debug?enabled=" + on)).PUT(HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer demo-admin-token")).statusCode()).isEqualTo(200);
    }

    private static Exchange over(String route, String server, String key) {
        return routes.request("direct:" + route, exchange -> exchange.setVariable("calcomConnection", Connection.of(0, server, key, ApiVersion.V2)));
    }

    @Test
    void tellsWhoseAKeyIsThatNoCompanyHasYet() {
        Exchange asked = over("calcom-account-of", BOTH.sandbox().baseUrl(), "cal_of_nobody_yet");
        assertThat(asked.getException()).isNull();
        assertThat(asked.getMessage().getBody(Account.class).username()).startsWith("host-");
        assertThat(over("calcom-teams-of", BOTH.sandbox().baseUrl(), "cal_of_nobody_yet").getMessage().getBody(List.class)).hasSize(1);
        assertThat(refusal(over("calcom-account-of", BOTH.sandbox().baseUrl(), "cal_unknown"))).isEqualTo(CalcomError.UNAUTHORIZED);
        assertThat(refusal(over("calcom-account-of", BOTH.sandbox().baseUrl(), "cal_eu_key"))).as("of the other region").isEqualTo(CalcomError.UNAUTHORIZED);
        assertThat(over("calcom-account-of", BOTH.sandbox().euBaseUrl(), "cal_eu_key").getException()).isNull();
    }
}
