package io.calcamel.company;

import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.subtle.Hkdf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;

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
    private static final String FINGERPRINTS = "calcamel fingerprints";
    private static final int FINGERPRINT_DIGITS = 12;
    private static final FileAttribute<?> OWNER_ONLY = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final String NO_KEY = "there is no master key yet";

    private final Path file;
    private final Map<ByteBuffer, AesGcmJce> ciphers = new ConcurrentHashMap<>();
    private volatile Key first;

    private record Key(byte[] text, ByteBuffer fingerprint) {
    }

    /**
     * @param masterKeys the master key, or several separated by commas while it is rotated: the new one first
     * @throws IllegalArgumentException where one is shorter than {@value #SHORTEST_KEY} characters; in words for whoever set it
     */
    public Vault(String masterKeys) {
        this.file = null;
        use(masterKeys);
    }

    private Vault(Path file) {
        this.file = file;
    }

    /**
     * A vault whose master key nobody has to set: it is made when there is something to encrypt for the first time. For development;
     * who has the file and the database has the secrets.
     *
     * @param file where the key is kept
     * @return the vault
     * @throws IllegalArgumentException where the file has no such key
     */
    public static Vault keptIn(Path file) {
        Vault vault = new Vault(file);
        if (Files.exists(file)) {
            vault.use(read(file));
        }
        return vault;
    }

    private void use(String masterKeys) {
        for (String key : masterKeys.split(",")) {
            if (key.strip().length() < SHORTEST_KEY) {
                throw new IllegalArgumentException("A master key has " + key.strip().length() + " characters: use " + SHORTEST_KEY
                        + " or more, such as 'openssl rand -base64 32' prints.");
            }
            byte[] text = key.strip().getBytes(StandardCharsets.UTF_8);
            ciphers.put(fingerprintOfKey(text), cipher(text));
            first = first == null ? new Key(text, fingerprintOfKey(text)) : first;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void haveKey() {
        if (first != null) {
            return;
        }
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path written = Files.createTempFile(file.toAbsolutePath().getParent(), "master", ".key", OWNER_ONLY);
            Files.writeString(written, Base64.getEncoder().encodeToString(key));
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("The master key can't be kept in " + file, e);
        }
        use(read(file));
    }

    /** Of the key's hash under another purpose than the cipher's, so that it tells nothing of the cipher's key. */
    private static ByteBuffer fingerprintOfKey(byte[] key) {
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
        haveKey();
        try {
            byte[] sealed = ciphers.get(first.fingerprint()).encrypt(secret.getBytes(StandardCharsets.UTF_8), where.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.allocate(HEADER_BYTES + sealed.length).put(VERSION).put(first.fingerprint().duplicate()).put(sealed).array();
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
        if (!hasKeyOf(sealed)) {
            throw new UnreadableSecret("A stored secret was encrypted with another master key: CALCAMEL_MASTER_KEY must name that one too.");
        }
        try {
            AesGcmJce cipher = ciphers.get(ByteBuffer.wrap(sealed, 1, FINGERPRINT_BYTES).slice());
            byte[] secret = cipher.decrypt(Arrays.copyOfRange(sealed, HEADER_BYTES, sealed.length), where.getBytes(StandardCharsets.UTF_8));
            return new String(secret, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new UnreadableSecret("A stored secret was changed, or belongs elsewhere.");
        }
    }

    /**
     * What a secret is known by without being told: the beginning of its HMAC-SHA256 under the master key, so that nobody who sees it
     * can try guesses.
     *
     * @param secret the secret
     * @return 12 hexadecimal digits; others once another master key comes first
     */
    public String fingerprint(byte[] secret) {
        byte[] key = first == null ? NO_KEY.getBytes(StandardCharsets.UTF_8) : first.text();
        byte[] own = new HmacUtils(HmacAlgorithms.HMAC_SHA_256, key).hmac(FINGERPRINTS);
        return new HmacUtils(HmacAlgorithms.HMAC_SHA_256, own).hmacHex(secret).substring(0, FINGERPRINT_DIGITS);
    }

    /**
     * Whether a secret was sealed under a master key that this vault has.
     *
     * @param sealed what {@link #seal} gave
     */
    public boolean hasKeyOf(byte[] sealed) {
        return sealed.length > HEADER_BYTES && sealed[0] == VERSION && ciphers.containsKey(ByteBuffer.wrap(sealed, 1, FINGERPRINT_BYTES).slice());
    }

    /**
     * Whether a secret should be sealed anew, since the master key is being rotated.
     *
     * @param sealed what {@link #seal} gave
     */
    public boolean isOutdated(byte[] sealed) {
        return sealed.length <= HEADER_BYTES || first == null || !ByteBuffer.wrap(sealed, 1, FINGERPRINT_BYTES).slice().equals(first.fingerprint());
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
