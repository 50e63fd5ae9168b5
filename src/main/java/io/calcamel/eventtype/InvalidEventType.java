package io.calcamel.eventtype;

import io.calcamel.http.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An event type can't be created as it was described: says of every wrong field what would be right. */
final class InvalidEventType extends Problem {

    private final List<Map<String, String>> fields;

    private InvalidEventType(List<Map<String, String>> fields) {
        super(422, "invalid_event_type", "The event type can't be created like this",
                String.join(" ", fields.stream().map(field -> field.get("field") + " " + field.get("problem")).toList()), null);
        this.fields = fields;
    }

    @Override
    public Map<String, Object> toJson() {
        Map<String, Object> json = super.toJson();
        json.put("fields", fields);
        return json;
    }

    /** Collects what is wrong. */
    static final class Findings {

        private final List<Map<String, String>> fields = new ArrayList<>();

        /**
         * @param field   the path of the field
         * @param problem what is wrong and what would be right, as the end of a sentence that begins with the field
         */
        void add(String field, String problem) {
            fields.add(Map.of("field", field, "problem", problem));
        }

        /** @throws InvalidEventType if anything is wrong */
        void refuse() {
            if (!fields.isEmpty()) {
                throw new InvalidEventType(List.copyOf(fields));
            }
        }
    }
}
