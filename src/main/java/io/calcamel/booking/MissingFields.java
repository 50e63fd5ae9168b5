package io.calcamel.booking;

import io.calcamel.http.Problem;
import java.util.List;
import java.util.Map;

/** The answers don't fit what the event type asks: says of each what to ask the caller for. */
final class MissingFields extends Problem {

    private final List<WrongField> fields;

    MissingFields(List<WrongField> fields) {
        super(422, "missing_fields", "A required answer is missing",
                String.join(" ", fields.stream().map(field -> "'" + field.slug() + "' " + field.problem()).toList()),
                "Ask for them, and send them in responses; name, email, phoneNumber, timeZone and language are the attendee's.");
        this.fields = List.copyOf(fields);
    }

    @Override
    public Map<String, Object> toJson() {
        Map<String, Object> json = super.toJson();
        json.put("fields", fields);
        return json;
    }
}
