package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.sandbox.Faults.Fault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts signed deliveries, each once, whatever the answer: Cal.com does not repeat them (Cal.com, Webhooks). It does not make
 * whoever books wait; so many may be on their way, and what comes on top is dropped.
 */
final class WebhookSender {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
    private static final int MOST_ON_THEIR_WAY = 10_000;
    private static final int SWAP_AFTER_MILLISECONDS = 2000;
    private static final int ANSWER_WITHIN_MILLISECONDS = 30_000;

    private record Delivery(String url, String signature, String contentType, byte[] body) {
    }

    private final Vertx vertx;
    private final HttpClient client;
    private final Faults faults;
    private int onTheirWay;
    private Delivery held;

    WebhookSender(Vertx vertx, Faults faults) {
        this.vertx = vertx;
        this.faults = faults;
        this.client = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout(5000), new PoolOptions().setHttp1MaxSize(20));
    }

    /** @param body the delivery without the time of sending, which is each subscription's own */
    void send(Subscription subscription, String trigger, ObjectNode body) {
        Delivery delivery = delivery(subscription, body);
        String target = trigger + " " + subscription.url;
        if (faults.hits(Fault.WEBHOOKS_DROPPED, "POST", target)) {
            return;
        }
        if (faults.hits(Fault.WEBHOOKS_DOUBLED, "POST", target)) {
            post(delivery);
        }
        int late = faults.milliseconds(Fault.WEBHOOKS_DELAYED, "POST", target);
        if (late > 0) {
            vertx.setTimer(late, timer -> post(delivery));
        } else if (held == null && faults.hits(Fault.WEBHOOKS_SWAPPED, "POST", target)) {
            held = delivery;
            vertx.setTimer(SWAP_AFTER_MILLISECONDS, timer -> release(delivery));
        } else {
            Delivery overtaken = held;
            // Only after the answer, since two that are on their way may overtake each other as they like.
            post(delivery).onComplete(done -> release(overtaken));
        }
    }

    private void release(Delivery late) {
        if (late != null && late == held) {
            held = null;
            post(late);
        }
    }

    private static Delivery delivery(Subscription subscription, ObjectNode body) {
        String contentType = "application/json";
        String text = Json.write(body);
        if (subscription.payloadTemplate != null && body.has("payload")) {
            Template template = new Template(subscription.payloadTemplate);
            ObjectNode context = (ObjectNode) body.get("payload").deepCopy();
            context.setAll(Json.object("triggerEvent", body.get("triggerEvent"), "createdAt", body.get("createdAt")));
            text = template.fill(context);
            contentType = template.isJson() ? contentType : "application/x-www-form-urlencoded";
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        boolean unsigned = subscription.secret == null || subscription.secret.isEmpty();
        return new Delivery(subscription.url, unsigned ? "no-secret-provided" : sign(bytes, subscription.secret), contentType, bytes);
    }

    private static String sign(byte[] body, String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Future<Buffer> post(Delivery delivery) {
        if (onTheirWay >= MOST_ON_THEIR_WAY) {
            LOG.warn("A webhook for {} is dropped: {} are on their way already", delivery.url(), onTheirWay);
            return Future.succeededFuture();
        }
        onTheirWay++;
        return client.request(new RequestOptions().setMethod(HttpMethod.POST).setAbsoluteURI(delivery.url()).setFollowRedirects(false)
                        .setTimeout(ANSWER_WITHIN_MILLISECONDS))
                .compose(request -> request
                        .putHeader("Content-Type", delivery.contentType())
                        .putHeader("X-Cal-Signature-256", delivery.signature())
                        .putHeader("X-Cal-Webhook-Version", "2021-10-20")
                        .send(Buffer.buffer(delivery.body())))
                .compose(response -> {
                    if (response.statusCode() >= 300) {
                        LOG.warn("A webhook was answered {} by {}; it is not sent again", response.statusCode(), delivery.url());
                    }
                    return response.body();
                })
                .onFailure(failure -> LOG.warn("A webhook did not reach {}: {}; it is not sent again", delivery.url(), failure.getMessage()))
                .onComplete(done -> onTheirWay--);
    }
}
