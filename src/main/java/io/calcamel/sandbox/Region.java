package io.calcamel.sandbox;

import java.util.Locale;

/** Cal.com's two regions: separate databases, in each of which the keys of the other are not known (Cal.com API v2, base URLs). */
enum Region {

    US(""), EU("/eu");

    private static final String WORD_OF_EU_KEYS = "_eu_";

    /** What stands before the paths of the region; the real ones have a host each. */
    final String prefix;

    Region(String prefix) {
        this.prefix = prefix;
    }

    /** The region that is asked at this path. */
    static Region at(String path) {
        return path.startsWith(EU.prefix + "/") ? EU : US;
    }

    /** The region that knows this key. */
    static Region of(String key) {
        return key.toLowerCase(Locale.ROOT).contains(WORD_OF_EU_KEYS) ? EU : US;
    }
}
