package io.calcamel.booking;

import io.calcamel.availability.AnyOffer;
import io.calcamel.availability.Offer;
import io.calcamel.http.Problem;
import java.util.List;
import java.util.Map;

/** The slot is taken: says what is free near it. Nothing is ever booked at another time than the one that was agreed. */
final class Taken extends Problem {

    private final List<?> alternatives;

    /** @param alternatives what is free near it: each an {@link Offer}, or an {@link AnyOffer} where several event types would do */
    Taken(List<?> alternatives) {
        super(409, "slot_taken", "The slot is taken", null, "Offer one of the alternatives, or ask for availability again.");
        this.alternatives = List.copyOf(alternatives);
    }

    /** @param refusal in Cal.com's words: taken, or without a seat left */
    Taken(Problem refusal, List<Offer> alternatives) {
        super(refusal.status(), refusal.code(), String.valueOf(refusal.toJson().get("title")), null, "Offer one of the alternatives, or ask for availability again.");
        this.alternatives = List.copyOf(alternatives);
    }

    @Override
    public Map<String, Object> toJson() {
        Map<String, Object> json = super.toJson();
        json.put("alternatives", alternatives);
        return json;
    }
}
