package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.calcamel.eventtype.EventType;
import io.calcamel.http.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an event type asks, and what callers answer. */
class BookingAnswersTest {

    private static final Caller ZOE = new Caller("Zoë Müller", "zoe@example.org", "+49 30 123456", "Europe/Berlin", "de");

    private static EventType type(String... fields) {
        String own = """
                {"isDefault":true,"type":"name","slug":"name","required":true,"label":"your_name"},
                {"isDefault":true,"type":"email","slug":"email","required":true,"hidden":false},
                {"isDefault":true,"type":"text","slug":"title","required":true,"hidden":true},
                {"isDefault":true,"type":"textarea","slug":"notes","required":false,"hidden":false}""";
        return of("[" + own + (fields.length == 0 ? "" : "," + String.join(",", fields)) + "]");
    }

    private static EventType byPhoneOnly() {
        return of("""
                [{"isDefault":true,"type":"name","slug":"name","required":true},
                {"isDefault":true,"type":"email","slug":"email","required":false,"hidden":true},
                {"isDefault":true,"type":"phone","slug":"attendeePhoneNumber","required":true,"hidden":false}]""");
    }

    private static EventType of(String fields) {
        return new EventType(7, "Intro", "intro", "", 30, JsonNodeFactory.instance.arrayNode(), json(fields), null, null, null, false, true, 0,
                Instant.EPOCH, JsonNodeFactory.instance.objectNode());
    }

    private static JsonNode json(String text) {
        try {
            return Json.MAPPER.readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static String field(String type, boolean required, String more) {
        return "{\"isDefault\":false,\"type\":\"" + type + "\",\"slug\":\"f\",\"label\":\"The field\",\"required\":" + required + ",\"hidden\":false" + more + "}";
    }

    private static JsonNode accepted(EventType type, String answers) {
        return BookingAnswers.check(type, ZOE, json(answers)).answers();
    }

    private static List<?> refused(EventType type, Caller caller, String answers) {
        MissingFields refusal = catchThrowableOfType(MissingFields.class, () -> BookingAnswers.check(type, caller, json(answers)));
        assertThat(refusal).as("accepted").isNotNull();
        return (List<?>) refusal.toJson().get("fields");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "text     |                        | \"AOK\"                  | \"AOK\"",
        "text     |                        | 47                       | \"47\"",
        "url      |                        | \"https://example.org/x\" | \"https://example.org/x\"",
        "phone    |                        | \"0049 30 123456\"       | \"+4930123456\"",
        "boolean  |                        | true                     | true",
        "boolean  |                        | \"False\"                | false",
        "select   | ,\"options\":[\"S\",\"M\"] | \"m\"                | \"M\"",
        "radio    | ,\"options\":[\"Web\"]   | \" web \"              | \"Web\"",
        "checkbox | ,\"options\":[\"Tea\",\"Milk\"] | [\"milk\",\"Tea\"] | [\"Milk\",\"Tea\"]",
        "multiselect | ,\"options\":[\"Tax\"] | \"tax\"              | [\"Tax\"]",
        "multiemail |                      | \"a@example.org\"        | [\"a@example.org\"]",
        "newest   |                        | {\"a\":1}                | {\"a\":1}"})
    void anAnswerIsPutIntoTheFormThatCalcomTakes(String type, String more, String answer, String expected) {
        assertThat(accepted(type(field(type, true, more == null ? "" : more)), "{\"f\":" + answer + "}").path("f")).isEqualTo(json(expected));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "text     |                        | {\"a\":1}",
        "url      |                        | \"example.org\"",
        "phone    |                        | \"030 123456\"",
        "phone    |                        | \"call me\"",
        "boolean  |                        | \"perhaps\"",
        "select   | ,\"options\":[\"S\",\"M\"] | \"L\"",
        "checkbox | ,\"options\":[\"Tea\"]   | [\"Tea\",\"Gin\"]",
        "multiemail |                      | [\"a@example.org\",\"b\"]",
        "number   |                        | 5",
        "number   |                        | \"5\""})
    void aWrongAnswerIsNamedWithWhatWouldBeRight(String type, String more, String answer) {
        List<?> fields = refused(type(field(type, false, more == null ? "" : more)), ZOE, "{\"f\":" + answer + "}");
        assertThat(fields).hasSize(1);
        WrongField wrong = (WrongField) fields.get(0);
        assertThat(wrong.slug()).isEqualTo("f");
        assertThat(wrong.label()).isEqualTo("The field");
        assertThat(wrong.options()).isEqualTo(more == null ? List.of() : Json.MAPPER.convertValue(json("{" + more.substring(1) + "}").path("options"), List.class));
    }

    @Test
    void everythingThatIsMissingIsToldAtOnce() {
        EventType type = type(field("text", true, ""), field("select", true, ",\"options\":[\"S\"]").replace("\"f\"", "\"size\""),
                field("number", true, "").replace("\"f\"", "\"count\""), field("text", true, "").replace("\"f\"", "\"later\"").replace("\"hidden\":false", "\"hidden\":true"));
        assertThat(refused(type, new Caller(" ", null, "12", null, null), "{\"f\":\" \",\"size\":[]}"))
                .extracting(field -> ((WrongField) field).slug()).containsExactly("name", "email", "phoneNumber", "f", "size", "count");
    }

    @Test
    void aCallerWithoutAnAddressGetsNone() {
        Caller caller = BookingAnswers.check(byPhoneOnly(), new Caller("Zoë", null, "+49 (151) 123 456 78", "Europe/Berlin", null), json("{}")).caller();
        assertThat(caller.email()).isNull();
        assertThat(caller.phoneNumber()).isEqualTo("+4915112345678");
        assertThat(refused(byPhoneOnly(), new Caller("Zoë", "zoe@example.org", null, null, null), "{}"))
                .extracting(field -> ((WrongField) field).slug()).containsExactly("phoneNumber");
    }

    @Test
    void anAnswerToAFieldThatIsNotKnownIsPassedOn() {
        assertThat(accepted(type(), "{\"new-field\":\"x\",\"notes\":\"hello\"}")).isEqualTo(json("{\"new-field\":\"x\",\"notes\":\"hello\"}"));
    }

    @Test
    void nothingOfACallerIsInARefusalsText() {
        MissingFields refusal = catchThrowableOfType(MissingFields.class, () -> BookingAnswers.check(type(field("select", true, ",\"options\":[\"S\"]")),
                new Caller("Zoë", "zoe-at-home", "0301234", null, null), json("{\"f\":\"divorced\"}")));
        assertThat(Json.write(refusal.toJson())).doesNotContain("Zoë", "zoe-at-home", "0301234", "divorced");
    }

    @Property(tries = 500)
    void noAnswerBreaksTheCheck(@ForAll String text, @ForAll boolean isList) {
        JsonNode answer = isList ? JsonNodeFactory.instance.arrayNode().add(text).addNull() : JsonNodeFactory.instance.textNode(text);
        for (String kind : List.of("text", "url", "phone", "boolean", "select", "checkbox", "multiemail", "number")) {
            try {
                BookingAnswers.check(type(field(kind, false, ",\"options\":[\"S\"]")), ZOE, JsonNodeFactory.instance.objectNode().set("f", answer));
            } catch (MissingFields e) {
                assertThat(e.toJson()).containsKey("fields");
            }
        }
    }
}
