package io.calcamel.webhook;

import io.calcamel.company.Companies;
import io.calcamel.company.Company;
import io.calcamel.company.WebhookSecret;
import io.calcamel.http.Problem;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;

/**
 * "Verify": checks Cal.com's signature over the exact bytes of the body.
 *
 * <p>Cal.com sends {@code X-Cal-Signature-256}: the lower-case hex HMAC-SHA256 of the body with the webhook's secret as
 * UTF-8, without a prefix; {@code no-secret-provided} where the webhook has no secret (Cal.com, webhook sender,
 * "Verifying the authenticity"). A {@code sha256=} prefix, which some guides claim, is tolerated.
 */
public final class SignatureCheck implements Processor {

    /** The header that carries the signature. */
    public static final String HEADER = "X-Cal-Signature-256";

    private static final String PREFIX = "sha256=";

    private final Companies companies;
    private final BadSignatures bad;

    /**
     * @param companies who knows the secrets
     * @param bad       counts wrong signatures
     */
    SignatureCheck(Companies companies, BadSignatures bad) {
        this.companies = companies;
        this.bad = bad;
    }

    /**
     * Expects the body's bytes and the variables {@code company}, {@code signature} and {@code address}. What is signed rightly passes,
     * whatever else came from its address: many senders can share one.
     *
     * @param exchange the delivery
     * @throws Problem 401 {@code invalid_signature} where the signature is missing, wrong or sent twice, or the company
     *                 has no secret to check it with; 429 {@code too_many_bad_signatures}
     */
    @Override
    public void process(Exchange exchange) {
        Company company = exchange.getVariable("company", Company.class);
        byte[] body = exchange.getMessage().getBody(byte[].class);
        String signature = exchange.getVariable("signature", String.class);
        WebhookSecret secret = signer(body, signature, company).or(() -> signer(body, signature, companies.readAgain(company)))
                .orElseThrow(() -> refusal(exchange));
        companies.signed(company, secret);
    }

    private Problem refusal(Exchange exchange) {
        if (bad.isTooMany(exchange.getVariable("address", String.class))) {
            return new Problem(429, "too_many_bad_signatures", "Too many webhooks from this address were signed wrongly", null,
                    "Wait a minute. What is signed rightly is taken all the same.");
        }
        return new Problem(401, "invalid_signature", "The webhook signature is missing or wrong", null,
                        "Give the Cal.com webhook the same secret as this hub (CALCOM_WEBHOOK_SECRET), and leave the body as it was sent.");
    }

    private static Optional<WebhookSecret> signer(byte[] body, String signature, Company company) {
        int signer = signer(body, signature, company.webhookSecrets().stream().map(WebhookSecret::value).toList());
        return signer < 0 ? Optional.empty() : Optional.of(company.webhookSecrets().get(signer));
    }

    /**
     * @param body      the bytes that were signed
     * @param signature the header as received; may be null
     * @param secrets   the secrets that it may be signed with
     * @return the index of the secret that made this signature, -1 for none. Takes the same time for every wrong one of right length
     */
    static int signer(byte[] body, String signature, List<byte[]> secrets) {
        if (signature == null) {
            return -1;
        }
        String hex = signature.startsWith(PREFIX) ? signature.substring(PREFIX.length()) : signature;
        byte[] given;
        try {
            given = HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            return -1;
        }
        int signer = -1;
        for (int i = 0; i < secrets.size(); i++) {
            signer = MessageDigest.isEqual(hmac(secrets.get(i), body), given) ? i : signer;
        }
        return signer;
    }

    /**
     * Signs as Cal.com does.
     *
     * @param secret the secret, as UTF-8 bytes; not empty
     * @param body   the bytes to sign
     * @return the HMAC-SHA256, 32 bytes
     */
    public static byte[] hmac(byte[] secret, byte[] body) {
        return new HmacUtils(HmacAlgorithms.HMAC_SHA_256, secret).hmac(body);
    }
}
