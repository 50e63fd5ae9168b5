package io.calcamel.calcom;

/** Who waits for Cal.com's answer: decides who goes first when the rate budget is short. */
public enum Lane {

    /** Somebody is on the line. */
    LIVE,

    /** A job that can wait. */
    BACKGROUND;

    /** The exchange variable that a route sets to {@code background}; without it a call is live. */
    public static final String VARIABLE = "lane";

    static Lane of(String variable) {
        return "background".equals(variable) ? BACKGROUND : LIVE;
    }
}
