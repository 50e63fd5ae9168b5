package io.calcamel.calcom;

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

    /** What its paths begin with. */
    String path() {
        return path;
    }
}
