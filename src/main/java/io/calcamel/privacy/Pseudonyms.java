package io.calcamel.privacy;

import io.calcamel.company.Vault;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Names for people that tell nothing of them: the beginning of an HMAC-SHA256. Its key is made with the first erasure, and stored
 * encrypted under the master key, so that it stays the same when that is rotated.
 */
public final class Pseudonyms {

    private static final String WHERE = "erasure_key";
    private static final int DIGITS = 32;
    private static final int KEY_BYTES = 32;

    private final JdbcClient db;
    private final Vault vault;
    private volatile byte[] secret;

    /**
     * @param db    the database, which need not be there yet
     * @param vault encrypts the key
     */
    public Pseudonyms(JdbcClient db, Vault vault) {
        this.db = db;
        this.vault = vault;
    }

    /**
     * Reads the key where there is one, and encrypts it anew where the master key is being rotated. The database must be there.
     *
     * @throws Vault.UnreadableSecret where the key was encrypted with a master key that this hub was not given
     */
    public void read() {
        stored().ifPresent(sealed -> {
            String key = vault.open(sealed, WHERE);
            if (vault.isOutdated(sealed)) {
                db.sql("UPDATE erasure_key SET key = :key").param("key", vault.seal(key, WHERE)).update();
            }
            use(key);
        });
    }

    /** @return of the same text always the same 32 hexadecimal digits */
    String of(String text) {
        if (secret == null) {
            make();
        }
        // One for each call: a Mac that several threads use at once makes other pseudonyms, or fails.
        return new HmacUtils(HmacAlgorithms.HMAC_SHA_256, secret).hmacHex(text).substring(0, DIGITS);
    }

    /** Of two nodes that do so at once, the key of one is both's. */
    private synchronized void make() {
        if (secret == null) {
            byte[] key = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(key);
            db.sql("INSERT INTO erasure_key (key) VALUES (:key) ON CONFLICT DO NOTHING")
                    .param("key", vault.seal(Base64.getEncoder().encodeToString(key), WHERE)).update();
            use(vault.open(stored().orElseThrow(), WHERE));
        }
    }

    private Optional<byte[]> stored() {
        return db.sql("SELECT key FROM erasure_key").query((row, n) -> row.getBytes("key")).optional();
    }

    private void use(String key) {
        secret = Base64.getDecoder().decode(key);
    }
}
