package io.calcamel.company;

import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.subtle.Hkdf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Encrypts what must not be read in a copy of the database: API keys and webhook secrets of the companies. AES-256-GCM (NIST
 * SP 800-38D) by Google Tink, under a key that is derived from the master key (HKDF, RFC 5869).
 *
 * <p>While the master key is rotated there are several: the first one encrypts, each of them decrypts. What was encrypted
 * carries the fingerprint of its key, so that it is known which rows are still to be encrypted anew.
 */
public final class Vault {

    /** Fewer characters could be guessed by whoever has a copy of the database. */
    static final int SHORTEST_KEY = 32;

    private static final byte VERSION = 1;
    private static final int FINGERPRINT_BYTES = 4;
    private static final int HEADER_BYTES = 1 + FINGERPRINT_BYTES;
    private static final int KEY_BYTES = 32;
    private static final String PURPOSE = "calcamel stored credentials";

    private final Map<ByteBuffer, AesGcmJce> ciphers = new LinkedHashMap<>();

    /**
     * @param masterKeys the master key, or several separated by commas while it is rotated: the new one first
     * @throws IllegalArgumentException where one is shorter than {@value #SHORTEST_KEY} characters; in words for whoever set it
     */
    public Vault(String masterKeys) {
        for (String key : masterKeys.split(",")) {
            if (key.strip().length() < SHORTEST_KEY) {
                throw new IllegalArgumentException("A master key has " + key.strip().length() + " characters: use " + SHORTEST_KEY
                        + " or more, such as 'openssl rand -base64 32' prints.");
            }
            byte[] text = key.strip().getBytes(StandardCharsets.UTF_8);
            ciphers.put(fingerprint(text), cipher(text));
        }
    }

    /** Of the key's hash under another purpose than the cipher's, so that it tells nothing of the cipher's key. */
    private static ByteBuffer fingerprint(byte[] key) {
        byte[] hash = DigestUtils.sha256(Arrays.copyOf(DigestUtils.sha256(key), KEY_BYTES + 1));
        return ByteBuffer.wrap(Arrays.copyOf(hash, FINGERPRINT_BYTES));
    }

    private static AesGcmJce cipher(byte[] key) {
        try {
            return new AesGcmJce(Hkdf.computeHkdf("HMACSHA256", key, new byte[0], PURPOSE.getBytes(StandardCharsets.UTF_8), KEY_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no AES-GCM or no HMAC-SHA256", e);
        }
    }

    /**
     * Encrypts a secret.
     *
     * @param secret the secret
     * @param where  what it belongs to, such as a company's id and the column: it can be decrypted for that only, so that
     *               nobody who can write to the database gives one company another's key
     * @return what can be stored
     */
    public byte[] seal(String secret, String where) {
        Map.Entry<ByteBuffer, AesGcmJce> current = ciphers.entrySet().iterator().next();
        try {
            byte[] sealed = current.getValue().encrypt(secret.getBytes(StandardCharsets.UTF_8), where.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.allocate(HEADER_BYTES + sealed.length).put(VERSION).put(current.getKey().duplicate()).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a secret could not be encrypted", e);
        }
    }

    /**
     * Decrypts a secret.
     *
     * @param sealed what {@link #seal} gave
     * @param where  what it belongs to, as it was sealed
     * @return the secret
     * @throws UnreadableSecret where no master key of these encrypted it, it belongs elsewhere, or it was changed
     */
    public String open(byte[] sealed, String where) {
        AesGcmJce cipher = sealed.length > HEADER_BYTES && sealed[0] == VERSION ? ciphers.get(ByteBuffer.wrap(sealed, 1, FINGERPRINT_BYTES).slice()) : null;
        if (cipher == null) {
            throw new UnreadableSecret("A stored secret was encrypted with another master key: CALCAMEL_MASTER_KEY must name that one too.");
        }
        try {
            byte[] secret = cipher.decrypt(Arrays.copyOfRange(sealed, HEADER_BYTES, sealed.length), where.getBytes(StandardCharsets.UTF_8));
            return new String(secret, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new UnreadableSecret("A stored secret was changed, or belongs elsewhere.");
        }
    }

    /**
     * Whether a secret should be sealed anew, since the master key is being rotated.
     *
     * @param sealed what {@link #seal} gave
     */
    public boolean isOutdated(byte[] sealed) {
        ByteBuffer current = ciphers.keySet().iterator().next();
        return sealed.length <= HEADER_BYTES || !ByteBuffer.wrap(sealed, 1, FINGERPRINT_BYTES).slice().equals(current);
    }

    /** A stored secret can't be decrypted; its message is for the operator. */
    public static final class UnreadableSecret extends RuntimeException {

        UnreadableSecret(String message) {
            super(message, null, false, false);
        }
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "vault";
    }
}
