package io.calcamel.openapi;

import io.calcamel.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * The only step of route {@code openapi-get}: answers the OpenAPI document, and drops every header, so that nothing of the
 * request comes back. The document is written once, and is the same for everybody.
 */
public final class OpenApi implements Processor {

    private final byte[] document;

    /** Reads the document of the version that runs; {@code development} where it does not run from a jar. */
    public OpenApi() {
        String version = Optional.ofNullable(OpenApi.class.getPackage().getImplementationVersion()).orElse("development");
        document = Json.write(Document.read(version)).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setBody(document);
    }
}
