package io.calcamel;

import java.util.Arrays;
import java.util.Locale;

/** How much the hub trusts its surroundings. */
public enum Profile {
    /** On one's own machine: demo secrets where none are set, loopback only, routes reloaded on save. */
    DEV,
    /** For others to reach: every secret must be set. */
    PROD;

    /**
     * @param text dev or prod, as {@code CALCAMEL_PROFILE} has it; null or blank for dev
     * @return the profile
     * @throws StartRefused for anything else
     */
    public static Profile of(String text) {
        if (text == null || text.isBlank()) {
            return DEV;
        }
        return Arrays.stream(values()).filter(profile -> profile.text().equals(text.strip())).findFirst()
                .orElseThrow(() -> new StartRefused("CALCAMEL_PROFILE is '" + text + "': use dev or prod."));
    }

    /** The profile as settings spell it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
