package io.calcamel.webhook;

import io.calcamel.http.Problem;

/** The database can't take a delivery right now: 503, where it can't be spooled either. */
public class InboxUnavailable extends Problem {

    /** @param detail why, without personal data */
    InboxUnavailable(String detail) {
        super(503, "inbox_unavailable", "The delivery could not be stored", detail, "Send it again in a moment.");
    }
}
