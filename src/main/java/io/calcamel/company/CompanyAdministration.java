package io.calcamel.company;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.JsonBody;
import io.calcamel.http.Page;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;

/** What an administrator does with companies: the bean {@code companies} of the routes in {@code routes/company}. */
public final class CompanyAdministration {

    /** Variable with the company that the call is about. */
    public static final String COMPANY = "company";

    private static final String PATH = "/api/companies";

    private final Companies companies;
    private final CompanyStore store;

    CompanyAdministration(Companies companies, CompanyStore store) {
        this.companies = companies;
        this.store = store;
    }

    /**
     * Finds the company that the path names, and sets the variables {@code company} and {@code companyId}: from here on the call
     * is that company's.
     *
     * @param call       the API call
     * @param parameters {@code company}, its slug or id
     * @throws Problem 404 {@code company_not_found}
     */
    public void find(Exchange call, @Variable("parameters") Map<String, String> parameters) {
        Company company = new Parameters(parameters).text(COMPANY).flatMap(companies::named).orElseThrow(CompanyAdministration::notFound);
        call.setVariable(COMPANY, company);
        call.setVariable("companyId", company.id());
    }

    static Problem notFound() {
        return new Problem(404, "company_not_found", "There is no company of this id or slug", null, "GET /api/companies lists them.");
    }

    /**
     * Lists the companies, by id.
     *
     * @param parameters {@code limit}, {@code after} (the id that the page before ended with)
     * @return the page; keys and secrets are not on it
     * @throws Problem 400 {@code bad_parameter}
     */
    public Page list(@Variable("parameters") Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        int limit = given.limit();
        int after = (int) Math.max(0, Math.min(Integer.MAX_VALUE, given.number("after").orElse(0L)));
        List<CompanyStore.Row> found = store.list(after, limit + 1);
        List<CompanyStore.Row> page = found.size() > limit ? found.subList(0, limit) : found;
        String next = found.size() > limit ? Page.nextLink(PATH, given, String.valueOf(page.get(limit - 1).id())) : null;
        return new Page(store.count(), page.stream().map(row -> CompanyJson.of(row, company(row.id()), store.secretRows(row.id()))).toList(), next);
    }

    private Company company(int id) {
        return companies.byId(id).orElseThrow(CompanyAdministration::notFound);
    }

    /**
     * A company as the API shows it: without its key and its secrets.
     *
     * @param company the company's id
     * @return the company as JSON
     */
    public Map<String, Object> get(@Variable("companyId") int company) {
        return CompanyJson.of(store.find(company).orElseThrow(CompanyAdministration::notFound), company(company), store.secretRows(company));
    }

    /**
     * Creates a company, and answers 201 with it. Cal.com is not asked: {@code POST /api/companies/connect} does both.
     *
     * @param call the API call
     * @throws Problem 400 {@code bad_request}, {@code bad_parameter}; 409 {@code company_exists}
     */
    public void create(Exchange call) {
        JsonNode given = JsonBody.read(call.getMessage().getBody(byte[].class));
        CompanyFields fields = CompanyFields.read(given, true);
        int id = store.create(fields.slug(), fields.name() == null ? fields.slug() : fields.name()).orElseThrow(() -> new Problem(409, "company_exists",
                "There is a company of this slug already", null, "PATCH /api/companies/{company} changes it."));
        store.update(id, fields.columns());
        store.addSecret(id, Companies.newSecret());
        companies.changed(id);
        call.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 201);
        call.getMessage().setBody(get(id));
    }

    /**
     * Changes what the body names; null takes it away.
     *
     * @param call    the API call
     * @param company the company's id
     * @throws Problem 400 {@code bad_request}, {@code bad_parameter}; 409 {@code set_by_environment} for what the environment says
     *                 of the default company
     */
    public void update(Exchange call, @Variable("companyId") int company) {
        CompanyFields fields = CompanyFields.read(JsonBody.read(call.getMessage().getBody(byte[].class)), false);
        if (company == Company.DEFAULT_ID) {
            fields.refuseWhatTheEnvironmentSays();
        }
        store.update(company, fields.columns());
        companies.changed(company);
        call.getMessage().setBody(get(company));
    }

    /**
     * Gives a company another webhook secret; the one before stays good until the next, or until it is let go of. Takes
     * {@code secret} from the body where one is given: for a subscription that somebody made by hand.
     *
     * @param call    the API call; the variable {@code company} becomes the company with its new secret
     * @param company the company's id
     * @throws Problem 400 {@code bad_parameter}; 409 {@code set_by_environment} for the default company
     */
    public void rotateSecret(Exchange call, @Variable("companyId") int company) {
        JsonNode given = JsonBody.read(call.getMessage().getBody(byte[].class));
        JsonBody.refuseUnknown(given, List.of("secret"));
        String secret = given.hasNonNull("secret") ? CompanyFields.secret(given.path("secret")) : Companies.newSecret();
        refuseForDefault(company);
        store.addSecret(company, secret);
        companies.changed(company);
        call.setVariable(COMPANY, company(company));
    }

    /**
     * Lets go of a webhook secret: what it signs is refused from then on.
     *
     * @param company    the company's id
     * @param parameters {@code secret}, its fingerprint
     * @return the company as JSON
     * @throws Problem 404 {@code secret_not_found}; 409 {@code last_secret}, {@code set_by_environment}
     */
    public Map<String, Object> retireSecret(@Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        refuseForDefault(company);
        String fingerprint = new Parameters(parameters).text("secret").orElse("");
        List<WebhookSecret> live = store.secrets(company);
        if (live.stream().noneMatch(secret -> secret.fingerprint().equals(fingerprint))) {
            throw new Problem(404, "secret_not_found", "The company has no webhook secret of this fingerprint", null,
                    "GET /api/companies/{company} lists them.");
        }
        if (live.size() == 1) {
            throw new Problem(409, "last_secret", "This is the company's only webhook secret", "Without it all its webhooks would be refused.",
                    "Rotate it first: POST /api/companies/{company}/webhook-secrets.");
        }
        store.removeSecret(company, fingerprint);
        companies.changed(company);
        return get(company);
    }

    private static void refuseForDefault(int company) {
        if (company == Company.DEFAULT_ID) {
            throw CompanyFields.setByEnvironment("webhook secrets", "CALCOM_WEBHOOK_SECRET");
        }
    }
}
