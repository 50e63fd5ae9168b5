package io.calcamel.connect;

import io.calcamel.calcom.ApiVersion;
import io.calcamel.calcom.CalcomError;
import io.calcamel.calcom.CalcomException;
import io.calcamel.calcom.NewSubscription;
import io.calcamel.calcom.Subscription;
import io.calcamel.calcom.SubscriptionChange;
import io.calcamel.calcom.Triggers;
import io.calcamel.company.Companies;
import io.calcamel.company.Company;
import io.calcamel.company.CompanyAdministration;
import io.calcamel.company.WebhookSecret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;

/**
 * Registers the company's webhook subscription at Cal.com, or repairs it: bean {@code companySubscription}. There is one, at one
 * level, known by its address: copies at several levels would each be delivered (Cal.com, webhooks, duplicates).
 */
public final class CompanySubscription {

    static final String NAME = "subscription";

    private static final String NEXT = "subscriptionNext";
    private static final int MOST_TRIES = 5;
    private static final String BY_HAND = "Make it in Cal.com by hand (Settings, Developer, Webhooks), with a secret that you set here too:"
            + " company rotate-secret %s --secret -.";

    private final Companies companies;
    private final ConnectSettings settings;

    CompanySubscription(Companies companies, ConnectSettings settings) {
        this.companies = companies;
        this.settings = settings;
    }

    /** Begins, where there can be a subscription at all. */
    public void begin(Exchange call, @Variable(CompanyConnect.RUN) ConnectRun run) {
        call.setVariable("organizationId", run.company.calcom().organizationId());
        run.triggers = Triggers.sets(run.connection.edition(), run.company.calcom().organizationId() != null);
        if (run.connection.apiVersion() == ApiVersion.V1) {
            run.add(new Step(NAME, Step.SKIPPED, "API v1 can't make it.", BY_HAND.formatted(run.slug)));
        } else if (url(settings, run.connection.server(), run.company).isEmpty()) {
            run.add(new Step(NAME, Step.FAILED, "Nobody said where Cal.com reaches this hub.", "Set CALCAMEL_PUBLIC_URL, start the hub again, and connect again."));
        } else {
            run.isSubscribing = true;
        }
        call.getMessage().setBody(null);
    }

    /** Where Cal.com posts for a company; empty where nobody knows. */
    static Optional<String> url(ConnectSettings settings, URI server, Company company) {
        String hub = settings.reachedBy(server);
        return hub.isEmpty() ? Optional.empty()
                : Optional.of(hub + "/webhooks/calcom" + (company.id() == Company.DEFAULT_ID ? "" : "/" + company.slug()));
    }

    /** Whether it is to be tried (again). */
    public boolean isSubscribing(@Variable(CompanyConnect.RUN) ConnectRun run) {
        return run.isSubscribing;
    }

    /** The subscriptions that are there arrived: what is to be done is the variable {@code subscriptionNext}, and the body. */
    public void compare(Exchange call, @Body List<Subscription> there, @Variable(CompanyConnect.RUN) ConnectRun run) {
        String url = url(settings, run.connection.server(), run.company).orElseThrow();
        Long organization = run.company.calcom().organizationId();
        Optional<Subscription> own = there.stream().filter(subscription -> subscription.url().equals(url)).findFirst();
        if (own.isEmpty()) {
            run.subscriptionOutcome = "created";
            call.setVariable(NEXT, "create");
            call.getMessage().setBody(new NewSubscription(organization, url, run.triggers.get(0), secret(run.company)));
            return;
        }
        List<String> wrong = wrong(own.get(), run.company, run.triggers.get(0));
        run.subscriptionOutcome = wrong.isEmpty() ? "unchanged" : "changed";
        call.setVariable(NEXT, wrong.isEmpty() ? "keep" : "change");
        if (!wrong.isEmpty()) {
            run.wasWrong = wrong;
            Set<String> triggers = new LinkedHashSet<>(run.triggers.get(0));
            triggers.addAll(own.get().triggers());
            call.getMessage().setBody(new SubscriptionChange(organization, own.get().id(), null, triggers, true, secret(run.company),
                    own.get().payloadTemplate() != null));
        }
    }

    /** What is wrong with a subscription, in words that go on a list. */
    static List<String> wrong(Subscription subscription, Company company, Set<String> wanted) {
        List<String> wrong = new ArrayList<>();
        if (!subscription.active()) {
            wrong.add("it was paused");
        }
        if (subscription.payloadTemplate() != null) {
            wrong.add("it had a payload template");
        }
        Set<String> missing = new LinkedHashSet<>(wanted);
        missing.removeAll(subscription.triggers());
        if (!missing.isEmpty()) {
            wrong.add("it lacked " + String.join(", ", missing));
        }
        if (company.webhookSecrets().isEmpty() || !secret(company).equals(subscription.secret())) {
            wrong.add("its secret was another");
        }
        return wrong;
    }

    private static String secret(Company company) {
        WebhookSecret newest = company.webhookSecrets().get(0);
        return new String(newest.value(), StandardCharsets.UTF_8);
    }

    /** It is as it should be, if Cal.com says so: no recorded exchange shows that it takes a payload template away. */
    public void done(@Body Object answer, @Variable(CompanyConnect.RUN) ConnectRun run) {
        run.isSubscribing = false;
        if (answer instanceof Subscription now && now.payloadTemplate() != null) {
            run.add(new Step(NAME, Step.FAILED, "Cal.com still has a payload template for " + now.url() + ".",
                    "Take it away by hand in Cal.com: Settings, Developer, Webhooks."));
            return;
        }
        if (!run.subscriptionOutcome.equals("unchanged")) {
            companies.subscribed(run.company.id());
        }
        String detail = switch (run.subscriptionOutcome) {
            case "created" -> "For " + run.triggers.get(0).size() + " triggers.";
            case "changed" -> capitalised(String.join("; ", run.wasWrong)) + ".";
            default -> "As it should be.";
        };
        run.add(new Step(NAME, run.subscriptionOutcome, url(settings, run.connection.server(), run.company).orElseThrow() + ". " + detail));
    }

    private static String capitalised(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** Whether the subscription is an organisation's: then the account can have another for the same address. */
    public boolean isOfOrganization(@Variable(CompanyAdministration.COMPANY) Company company) {
        return company.calcom().organizationId() != null;
    }

    /**
     * Of the account's own subscriptions, the one for the address that the organisation's has too.
     *
     * @return what is to be said about it; null where there is none
     */
    public Step twice(@Body List<Subscription> ofAccount, @Variable(CompanyAdministration.COMPANY) Company company) {
        String path = "/webhooks/calcom" + (company.id() == Company.DEFAULT_ID ? "" : "/" + company.slug());
        return ofAccount.stream().filter(subscription -> subscription.active() && subscription.url().endsWith(path)).findFirst()
                .map(subscription -> new Step(NAME, Step.FAILED, "The account is subscribed for " + subscription.url()
                        + " beside its organisation: everything comes twice.", "Delete the account's in Cal.com: Settings, Developer, Webhooks.")).orElse(null);
    }

    /** Cal.com refused: an older server may know fewer triggers, and somebody else may have made the subscription meanwhile. */
    public void refused(@ExchangeException CalcomException refusal, @Variable(CompanyConnect.RUN) ConnectRun run) {
        run.tries++;
        if (refusal.error() == CalcomError.INVALID_REQUEST && run.triggers.size() > 1) {
            run.triggers = run.triggers.subList(1, run.triggers.size());
        } else if (refusal.error() != CalcomError.ALREADY_EXISTS || run.tries >= MOST_TRIES) {
            run.isSubscribing = false;
            run.add(Step.failed(NAME, refusal));
        }
    }
}
