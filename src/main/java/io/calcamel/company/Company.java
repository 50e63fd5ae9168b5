package io.calcamel.company;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A tenant, as the routes need it.
 *
 * @param id             its id
 * @param slug           its name in paths; never changes
 * @param name           its name
 * @param calcom         how it reaches its Cal.com
 * @param timeZone       where those who book there are believed to live; null where nobody says
 * @param language       what they are believed to speak, such as {@code de}; null where nobody says
 * @param webhookSecrets the secrets that its Cal.com webhooks may be signed with, the newest first; two while one takes the place
 *                       of the other, none if it can't take deliveries
 */
public record Company(int id, String slug, String name, CalcomAccess calcom, ZoneId timeZone, String language, List<WebhookSecret> webhookSecrets) {

    /** The company that the environment configures. */
    public static final String DEFAULT = "default";

    /** Its id: the migration makes it first. */
    public static final int DEFAULT_ID = 1;

    /** Whether it can call Cal.com. */
    public boolean isConnected() {
        return calcom.apiKey() != null;
    }

    /**
     * Splits a secret setting at its commas.
     *
     * @param setting the setting, such as {@code new-secret,old-secret}; may be blank
     * @return each secret; one with blanks around it both as given and without them, since Cal.com signs with what was
     *         typed there and people type a blank after a comma here
     */
    public static List<byte[]> secrets(String setting) {
        return Arrays.stream(setting == null ? new String[0] : setting.split(","))
                .flatMap(secret -> Stream.of(secret, secret.strip()))
                .filter(secret -> !secret.isBlank())
                .distinct()
                .map(secret -> secret.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public String toString() {
        return "company " + slug;
    }
}
