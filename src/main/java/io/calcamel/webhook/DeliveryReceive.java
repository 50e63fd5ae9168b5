package io.calcamel.webhook;

import io.calcamel.company.Companies;
import io.calcamel.company.Company;
import io.calcamel.http.ClientAddress;
import io.calcamel.http.HttpDoor;
import io.calcamel.http.Problem;
import io.calcamel.http.Request;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * "Receive": takes what the route needs of a webhook POST into the body and variables, and drops every header, so that
 * nothing from outside steers a component.
 *
 * <p>Afterwards the body is the exact bytes as sent, and the variables are {@code company} (the {@link Company} of the
 * path), {@code companyId}, {@code signature} (the header as received; null where it is missing or came twice), {@code webhookVersion},
 * {@code contentType} and {@code address} (whom it comes from).
 */
public final class DeliveryReceive implements Processor {

    private static final String PATH = "/webhooks/calcom/";

    /** What can't be a slug is not worth a question to the database. */
    private static final Pattern SLUG = Pattern.compile("[a-z0-9-]{1,60}");

    private final Companies companies;
    private final ClientAddress clients;

    /**
     * @param companies who owns which path
     * @param clients   whom a request comes from
     */
    DeliveryReceive(Companies companies, ClientAddress clients) {
        this.clients = clients;
        this.companies = companies;
    }

    /**
     * @param exchange the request
     * @throws Problem 404 {@code unknown_company} where the path names none
     */
    @Override
    public void process(Exchange exchange) {
        Request request = Request.of(exchange);
        Message message = exchange.getMessage();
        byte[] body = message.getBody(byte[].class);
        exchange.setVariable("address", clients.of(exchange));
        message.removeHeaders("*");
        message.setBody(body == null ? new byte[0] : body);

        String slug = slug(request.path());
        Company company = Optional.of(slug).filter(text -> SLUG.matcher(text).matches()).flatMap(companies::bySlug).orElseThrow(() -> new Problem(404, "unknown_company",
                "No company has this webhook path", null, "Post to /webhooks/calcom/{slug of a company of this hub}."));
        exchange.setVariable("company", company);
        exchange.setVariable("companyId", company.id());
        exchange.setVariable("signature", request.header(SignatureCheck.HEADER));
        exchange.setVariable("webhookVersion", request.header("X-Cal-Webhook-Version"));
        exchange.setVariable("contentType", request.header(HttpDoor.ORIGINAL_CONTENT_TYPE));
    }

    /** The end of the path; a slash after it, which people add to URLs, means nothing. */
    private static String slug(String path) {
        String slug = path.startsWith(PATH) ? path.substring(PATH.length()).replaceFirst("/$", "") : "";
        return slug.isEmpty() ? Company.DEFAULT : slug;
    }
}
