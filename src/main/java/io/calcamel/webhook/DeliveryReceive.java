package io.calcamel.webhook;

import io.calcamel.http.HttpDoor;
import io.calcamel.http.Problem;
import io.calcamel.company.Companies;
import io.calcamel.company.Company;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * "Receive": takes what the route needs of a webhook POST into the body and variables, and drops every header, so that
 * nothing from outside steers a component.
 *
 * <p>Afterwards the body is the exact bytes as sent, and the variables are {@code company} (the {@link Company} of the
 * path), {@code signature} (the header as received), {@code webhookVersion} and {@code contentType}.
 */
public final class DeliveryReceive implements Processor {

    private static final String PATH = "/webhooks/calcom/";

    private final Companies companies;

    /** @param companies who owns which path */
    public DeliveryReceive(Companies companies) {
        this.companies = companies;
    }

    /**
     * @param exchange the request
     * @throws Problem 404 {@code unknown_company} where the path names none
     */
    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        String path = message.getHeader(Exchange.HTTP_PATH, "", String.class);
        String slug = path.startsWith(PATH) && path.length() > PATH.length() ? path.substring(PATH.length()) : Company.DEFAULT;
        Object signature = message.getHeader(SignatureCheck.HEADER);
        String webhookVersion = firstOf(message.getHeader("X-Cal-Webhook-Version"));
        String contentType = firstOf(message.getHeader(HttpDoor.ORIGINAL_CONTENT_TYPE));
        byte[] body = message.getBody(byte[].class);
        message.removeHeaders("*");
        message.setBody(body == null ? new byte[0] : body);

        Company company = companies.bySlug(slug).orElseThrow(() -> new Problem(404, "unknown_company",
                "No company has this webhook path", null, "Post to /webhooks/calcom/{slug of a company of this hub}."));
        exchange.setVariable("company", company);
        exchange.setVariable("signature", signature);
        exchange.setVariable("webhookVersion", webhookVersion);
        exchange.setVariable("contentType", contentType);
    }

    private static String firstOf(Object header) {
        return header instanceof String text ? text : null;
    }
}
