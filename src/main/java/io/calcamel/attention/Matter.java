package io.calcamel.attention;

import java.time.Instant;
import java.util.Locale;

/**
 * Something that a person has to look at. Without personal data: it is logged, and sent to whoever is to be told.
 *
 * @param kind    what it is
 * @param company whose it is, by id
 * @param about   the id or uid of what it is about
 * @param reason  why
 * @param at      when it was found
 */
public record Matter(Kind kind, int company, String about, String reason, Instant at) {

    /** What can have to be looked at. */
    public enum Kind {

        /** A delivery failed all its attempts; about: its id. */
        DEAD_LETTER,
        /** A booking is left to a person; about: the appointment's id. */
        MANUAL_BOOKING,
        /** What was booked of a series that could not be had as a whole still stands; about: the booking's uid. */
        COMPENSATION_FAILED,
        /** Cal.com's webhooks do not arrive; about: the doctor's finding. */
        SILENT_WEBHOOKS,
        /** Something else is wrong with a company's connection; about: the doctor's finding. */
        CONNECTION,
        /** Cal.com and this hub differ. */
        DRIFT;

        /** As it is told. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param kind    what it is
     * @param company whose it is, by id
     * @param about   the id or uid of what it is about
     * @param reason  why
     * @return the matter, found now
     */
    public static Matter of(Kind kind, int company, String about, String reason) {
        return new Matter(kind, company, about, reason, Instant.now());
    }
}
