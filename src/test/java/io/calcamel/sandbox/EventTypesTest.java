package io.calcamel.sandbox;

import static io.calcamel.sandbox.TestSandbox.BOOKINGS;
import static io.calcamel.sandbox.TestSandbox.EVENT_TYPES;
import static io.calcamel.sandbox.TestSandbox.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.sandbox.TestSandbox.Reply;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Event types: what they may be, and what the hosted edition has besides. */
class EventTypesTest {

    private static TestSandbox sandbox;
    private static TestSandbox hosted;

    @BeforeAll
    static void start() throws IOException {
        sandbox = TestSandbox.selfHosted();
        hosted = TestSandbox.hosted();
    }

    @AfterAll
    static void stop() {
        sandbox.close();
        hosted.close();
    }

    private static Reply create(String body) {
        return sandbox.call("POST", "/v2/event-types", KEY, EVENT_TYPES, body);
    }

    @Test
    void unknownFieldsAreDroppedAndSlugsKeptAsTheyAreSent() {
        Reply made = create("{'title': 'Ä', 'slug': 'Größe & mehr', 'lengthInMinutes': 30, 'foo': 1}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.data().path("slug").asText()).isEqualTo("Größe & mehr");
        assertThat(made.data().has("foo")).isFalse();
        assertThat(create("{'title': 'Ä', 'slug': 'Größe & mehr', 'lengthInMinutes': 30}").message())
                .isEqualTo("User already has an event type with this slug.");
    }

    @Test
    void everyErrorIsListedWithWhatWasSent() {
        JsonNode errors = create("{'slug': 'x', 'lengthInMinutes': 'long', 'hidden': 'yes'}").body().path("error").path("details").path("errors");
        assertThat(errors).extracting(error -> error.path("property").asText()).containsExactly("lengthInMinutes", "title", "hidden");
        assertThat(errors.path(0).path("constraints").path("isInt").asText()).isEqualTo("lengthInMinutes must be an integer number");
        assertThat(errors.path(1).has("value")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'locations': [] | 'locations' must contain at least 1 location.",
        "'locations': [{'type': 'moon'}] | Unsupported location type 'moon'",
        "'locations': [{'type': 'integration', 'integration': 'zoom'}] | zoom not connected.",
        "'bookingFields': [{'type': 'text', 'slug': 'a'}] | Validation failed for text booking field: label must be a string",
        "'bookingFields': [{'type': 'email', 'hidden': true, 'required': false}] | Booking fields validation failed",
        "'customName': '{Nonsense}' | Invalid event name variables: {Nonsense}"})
    void whatMakesNoSenseIsRefused(String more, String message) {
        Reply refused = create("{'title': 'x', 'slug': 'refused', 'lengthInMinutes': 30, " + more + "}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).contains(message);
    }

    @Test
    void aRefusedSeriesWithSeatsIsLeftBehind() {
        Reply refused = create("{'title': 'x', 'slug': 'left-behind', 'lengthInMinutes': 30, 'recurrence': {'interval': 1, 'occurrences': 3, 'frequency':"
                + " 'weekly'}, 'seats': {'seatsPerTimeSlot': 3, 'showAttendeeInfo': true, 'showAvailabilityCount': true}}");
        assertThat(refused.body().path("error").path("code").asText()).isEqualTo("TRPCError");
        assertThat(sandbox.get("/v2/event-types", EVENT_TYPES).data()).anyMatch(eventType -> eventType.path("slug").asText().equals("left-behind"));
    }

    @Test
    void onlyATeamMayDoWithoutTheAddress() {
        Reply refused = create("{'title': 'x', 'slug': 'phone', 'lengthInMinutes': 30, 'bookingFields': [{'type': 'email', 'required': false, 'hidden': true},"
                + " {'type': 'phone', 'slug': 'attendeePhoneNumber', 'required': true, 'hidden': false, 'label': 'Phone'}]}");
        assertThat(refused.message()).startsWith("checkIsEmailUserAccessible");
    }

    @Test
    void hiddenOnesAreTheOwnersAlone() {
        sandbox.eventType("out-of-sight", "'hidden': true");
        Reply everybodys = sandbox.call("GET", "/v2/event-types?username=mira", null, EVENT_TYPES, null);
        assertThat(everybodys.data()).isNotEmpty().noneMatch(eventType -> eventType.path("slug").asText().equals("out-of-sight"));
        assertThat(sandbox.call("GET", "/v2/event-types?username=mira&eventSlug=30min-consultation", null, EVENT_TYPES, null).data()).hasSize(1);
        assertThat(sandbox.call("GET", "/v2/event-types", null, EVENT_TYPES, null).data()).isEmpty();
        assertThat(sandbox.call("GET", "/v2/event-types", KEY, "2024-09-04", null).status()).isEqualTo(404);
        assertThat(sandbox.call("GET", "/v2/event-types/abc", KEY, EVENT_TYPES, null).status()).isEqualTo(500);
    }

    @Test
    void changesAreKeptAndADeletedOneIsGone() {
        int id = sandbox.eventType("to-change", "");
        Reply changed = sandbox.call("PATCH", "/v2/event-types/" + id, KEY, EVENT_TYPES, "{'lengthInMinutes': 25, 'bookingLimitsCount': {'day': 2}}");
        assertThat(changed.data().path("bookingLimitsCount").path("day").asInt()).isEqualTo(2);
        assertThat(sandbox.call("PATCH", "/v2/event-types/" + id, KEY, EVENT_TYPES, "{'slug': '30min-consultation'}").message())
                .isEqualTo("error_event_type_url_duplicate");
        assertThat(sandbox.call("DELETE", "/v2/event-types/" + id, "cal_somebody_else", EVENT_TYPES, null).status()).isEqualTo(403);
        assertThat(sandbox.call("DELETE", "/v2/event-types/" + id, KEY, EVENT_TYPES, null).data().path("lengthInMinutes").asInt()).isEqualTo(25);
        assertThat(sandbox.get("/v2/event-types/" + id, EVENT_TYPES).status()).isEqualTo(404);
    }

    @Test
    void aTeamSharesItsEventTypesAndBookings() {
        JsonNode team = hosted.get("/v2/teams", null).data().path(0);
        assertThat(team.path("slug").asText()).isEqualTo("demo-team");
        JsonNode eventTypes = hosted.get("/v2/teams/" + team.path("id").asInt() + "/event-types", EVENT_TYPES).data();
        int whoever = 0;
        int managed = 0;
        for (JsonNode eventType : eventTypes) {
            whoever = eventType.path("slug").asText().equals("whoever-is-free") ? eventType.path("id").asInt() : whoever;
            managed = eventType.path("slug").asText().equals("managed") ? eventType.path("id").asInt() : managed;
        }
        Reply first = hosted.book(whoever, "2030-01-14T10:00:00Z", "a@example.com", "");
        Reply second = hosted.book(whoever, "2030-01-14T10:00:00Z", "b@example.com", "");
        assertThat(first.data().path("hosts").path(0).path("id")).isNotEqualTo(second.data().path("hosts").path(0).path("id"));
        assertThat(hosted.book(whoever, "2030-01-14T10:00:00Z", "c@example.com", "").message()).startsWith("One of the hosts either already has booking");
        assertThat(hosted.book(managed, "2030-01-14T11:00:00Z").message()).contains("parent managed event type");
        assertThat(hosted.slots("eventTypeSlug=all-of-us&teamSlug=demo-team&start=2030-01-14&end=2030-01-14").data().path("2030-01-14")).hasSize(15);
    }

    @Test
    void theHostedEditionPagesByCursor() {
        Reply page = hosted.get("/v2/bookings?limit=1", "2026-05-01");
        assertThat(page.body().path("pagination").has("nextCursor")).isTrue();
        assertThat(hosted.get("/v2/bookings?status=past,upcoming", "2026-05-01").status()).isEqualTo(400);
        assertThat(sandbox.call("GET", "/v2/bookings", KEY, "2026-05-01", null).data().has("bookings")).as("unknown here, so the old form").isTrue();
        int eventType = hosted.plainEventType();
        String uid = hosted.book(eventType, "2030-01-15T10:00:00Z").data().path("uid").asText();
        assertThat(hosted.call("POST", "/v2/bookings/" + uid + "/request-reschedule", KEY, BOOKINGS, "{}").status()).isEqualTo(200);
        assertThat(hosted.get("/v2/bookings/" + uid, "2026-02-25").data().path("status").asText()).isEqualTo("cancelled");
    }
}
