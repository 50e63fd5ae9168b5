package io.calcamel.attention;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.calcamel.http.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Message;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of the routes in {@code routes/attention}: bean {@code attention}. */
public final class AttentionSteps {

    /** The header with the signature: hex HMAC-SHA256 of the body, as Cal.com signs its webhooks. */
    static final String SIGNATURE = "X-CalCamel-Signature-256";

    private static final Logger LOG = LoggerFactory.getLogger(AttentionSteps.class);
    /** What is remembered as told; above, something may be told twice. */
    private static final int REMEMBERED = 10_000;
    private static final int LONGEST_REASON = 500;

    private final IntFunction<String> slugs;
    private final Attention.Settings settings;
    private final Cache<String, Boolean> told;
    private final AtomicLong dropped = new AtomicLong();

    AttentionSteps(IntFunction<String> slugs, Attention.Settings settings) {
        this.slugs = slugs;
        this.settings = settings;
        this.told = Caffeine.newBuilder().maximumSize(REMEMBERED).expireAfterWrite(settings.onceIn()).build();
    }

    /** Whether it was not told of lately; from now on it was. */
    public boolean isNews(@Body Matter matter) {
        return told.asMap().putIfAbsent(matter.kind() + " " + matter.company() + " " + matter.about(), true) == null;
    }

    /** Tells whoever reads the log. */
    public void log(@Body Matter matter) {
        LOG.warn("Somebody has to look: {} of company {}, {}: {}", matter.kind().text(), company(matter), matter.about(), reason(matter));
    }

    /** Whether it is posted too. */
    public boolean isPosted() {
        return !settings.url().isEmpty();
    }

    /** Makes the signed request. */
    public void sign(Exchange exchange, @Body Matter matter) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", matter.kind().text());
        json.put("company", company(matter));
        json.put("about", matter.about());
        json.put("reason", reason(matter));
        json.put("at", matter.at());
        byte[] body = Json.write(json).getBytes(StandardCharsets.UTF_8);
        URI url = URI.create(settings.url());
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_METHOD, "POST");
        message.setHeader(Exchange.HTTP_URI, url.getRawQuery() == null ? settings.url() : settings.url().substring(0, settings.url().indexOf('?')));
        if (url.getRawQuery() != null) {
            message.setHeader(Exchange.HTTP_RAW_QUERY, url.getRawQuery());
        }
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setHeader("User-Agent", "CalCamel");
        message.setHeader(SIGNATURE, new HmacUtils(HmacAlgorithms.HMAC_SHA_256, settings.secret().getBytes(StandardCharsets.UTF_8)).hmacHex(body));
        message.setBody(body);
    }

    /** It could not be posted, however often it was tried. The address is not said: it can have a secret in it. */
    public void failed(@ExchangeException Exception failure) {
        String why = failure instanceof HttpOperationFailedException refusal ? "status " + refusal.getStatusCode() : failure.getClass().getSimpleName();
        LOG.warn("What somebody has to look at could not be posted to attention.url ({}); it stands above only. {} so far", why, dropped.incrementAndGet());
    }

    /** Too many wait to be posted, or the hub stops. */
    void dropped() {
        LOG.warn("What somebody has to look at is not posted to attention.url, where too much waits already; it stands above only. {} so far",
                dropped.incrementAndGet());
    }

    private String company(Matter matter) {
        String slug = slugs.apply(matter.company());
        return slug == null ? String.valueOf(matter.company()) : slug;
    }

    private static String reason(Matter matter) {
        String line = String.valueOf(matter.reason()).replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON);
    }
}
