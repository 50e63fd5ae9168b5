package io.calcamel.calcom;

import java.util.Locale;

/** The two generations of Cal.com's API. */
public enum ApiVersion {

    /** Dead on Cal.com's own hosts since 2026-04-08 (410); still alive on old self-hosted servers. */
    V1("/v1"),

    /** The API as it is documented today. */
    V2("/v2");

    private final String path;

    ApiVersion(String path) {
        this.path = path;
    }

    /**
     * @param text {@code v1} or {@code v2}
     * @return the generation
     * @throws IllegalArgumentException for anything else
     */
    public static ApiVersion of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** As settings spell it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What its paths begin with. */
    String path() {
        return path;
    }
}
