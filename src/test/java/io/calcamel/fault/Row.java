package io.calcamel.fault;

import java.util.Locale;

/**
 * What became of the deliveries of one fault.
 *
 * @param fault        what was done
 * @param load         how many came, and how fast
 * @param acknowledged how many senders got 200
 * @param spooled      of those, how many were kept on disk first
 * @param refused      how many got 503
 * @param unanswered   how many got no answer, since the hub was dead or dying
 * @param stored       of the acknowledged, how many are in the inbox
 * @param appliedOnce  of the acknowledged, how many are there once, were applied, and made one appointment
 * @param p99          milliseconds within which 99 of 100 of the acknowledged were answered
 * @param recovered    seconds from the end of the fault until the last one was applied
 */
record Row(String fault, String load, int acknowledged, int spooled, int refused, int unanswered, int stored, int appliedOnce, double p99, double recovered) {

    static final String HEAD = """
            | fault | load | acknowledged | of those spooled | refused (503) | no answer | stored | applied once | lost | 99 of 100 within | recovered in |
            |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
            """;

    int lost() {
        return acknowledged - stored;
    }

    String line() {
        return String.format(Locale.ROOT, "| %s | %s | %,d | %,d | %,d | %,d | %,d | %,d | %,d | %,.0f ms | %.1f s |%n", fault, load, acknowledged, spooled, refused, unanswered, stored,
                appliedOnce, lost(), p99, recovered);
    }
}
