package io.calcamel.eventtype;

import java.text.Normalizer;
import java.util.Locale;

/** Names in addresses. Cal.com's API stores what it is sent, blanks and all, so they are made, or checked, here. */
final class Slug {

    private static final String EVENT_TYPE = "[a-z0-9]+(-[a-z0-9]+)*";
    private static final String FIELD = "[A-Za-z0-9]+([-_][A-Za-z0-9]+)*";

    private Slug() {
    }

    static boolean isOfEventType(String text) {
        return text.matches(EVENT_TYPE);
    }

    static boolean isOfField(String text) {
        return text.matches(FIELD);
    }

    /** Makes one of a title or label: lower case, accents off, words joined by hyphens; empty where no letter is left. */
    static String of(String text) {
        return Normalizer.normalize(text.replace("ß", "ss"), Normalizer.Form.NFKD).replaceAll("\\p{M}+", "").toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }
}
