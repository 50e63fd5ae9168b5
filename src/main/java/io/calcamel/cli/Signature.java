package io.calcamel.cli;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Cal.com's webhook signature (Cal.com, Webhooks, "Verifying the authenticity of the received payload"). */
final class Signature {

    /** The header that carries it. */
    static final String HEADER = "X-Cal-Signature-256";

    private static final String ALGORITHM = "HmacSHA256";

    private Signature() {
    }

    /**
     * @param body   the bytes as they go on the wire
     * @param secret the webhook's secret, used as UTF-8; not empty
     * @return the HMAC-SHA256 in lower-case hex, 64 characters, without a prefix
     */
    static String of(byte[] body, String secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
