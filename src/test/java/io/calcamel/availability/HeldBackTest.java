package io.calcamel.availability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start that one caller is booking is not offered to the next, although Cal.com, here the sandbox, still lists it. */
class HeldBackTest {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension().with("event-types.sync.at-start", "true").with("availability.held-back", "5s");

    private static final int COMPANY = 1;
    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

    private static LocalDate day = LocalDate.now(ZONE).plusWeeks(2).with(TemporalAdjusters.next(DayOfWeek.MONDAY));
    private static Availability availability;

    @BeforeEach
    void everyTestHasAMondayOfItsOwn() {
        day = day.plusWeeks(1);
        availability = BOTH.hub().hub().context().getRegistry().lookupByNameAndType("availability", Availability.class);
    }

    private static long eventType(String slug) {
        for (JsonNode type : BOTH.hub().getJson("/api/event-types?limit=100").path("items")) {
            if (type.path("slug").asText().equals(slug)) {
                return type.path("id").asLong();
            }
        }
        throw new IllegalStateException("no event type " + slug);
    }

    private static Instant at(String time) {
        return day.atTime(LocalTime.parse(time)).atZone(ZONE).toInstant();
    }

    private static List<String> offered(long eventType, String rest) {
        return times(BOTH.hub().getJson("/api/availability?eventTypeId=" + eventType + "&start=" + day + "&end=" + day + "&timeZone=Europe/Berlin" + rest));
    }

    private static List<String> times(JsonNode answer) {
        assertThat(answer.path("slots").isObject()).as(answer.toString()).isTrue();
        List<String> times = new ArrayList<>();
        answer.path("slots").forEach(slots -> slots.forEach(slot -> times.add(slot.path("start").asText().substring(11, 16))));
        return times;
    }

    @Test
    void whileItIsBookedItIsMissingAndAfterwardsBack() {
        long type = eventType("30min-consultation");
        List<String> before = offered(type, "");
        assertThat(before).contains("10:00", "10:30");
        availability.holdBack(COMPANY, type, at("10:00"), at("10:30"));
        List<String> without = new ArrayList<>(before);
        without.remove("10:00");
        assertThat(offered(type, "")).isEqualTo(without);
        assertThat(offered(type, "&maxAge=0")).as("fresh from Cal.com too").isEqualTo(without);
        assertThat(offered(type, "&limit=3")).as("as many as asked for").isEqualTo(without.subList(0, 3));
        assertThat(offered(eventType("new-client"), "")).as("another event type").contains("10:30");
        availability.release(COMPANY, type, at("10:00"));
        assertThat(offered(type, "")).isEqualTo(before);
    }

    @Test
    void itIsForgottenByItself() {
        long type = eventType("30min-consultation");
        offered(type, "");
        availability.holdBack(COMPANY, type, at("10:00"), at("10:30"));
        assertThat(offered(type, "")).doesNotContain("10:00");
        await().untilAsserted(() -> assertThat(offered(type, "")).contains("10:00"));
    }

    @Test
    void aTeamsAnswerIsWithoutItToo() {
        long type = eventType("all-of-us");
        long team = BOTH.hub().getJson("/api/event-types/" + type).path("teamId").asLong();
        String path = "/api/teams/" + team + "/availability?eventTypeId=" + type + "&date=" + day + "&timeZone=Europe/Berlin";
        assertThat(times(BOTH.hub().getJson(path))).contains("10:00");
        availability.holdBack(COMPANY, type, at("10:00"), at("10:30"));
        assertThat(times(BOTH.hub().getJson(path))).contains("10:30").doesNotContain("10:00");
        availability.release(COMPANY, type, at("10:00"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"group-class", "whoever-is-free"})
    void whereSeveralMayTakeTheSameStartNothingIsHeldBack(String slug) {
        long type = eventType(slug);
        availability.holdBack(COMPANY, type, at("10:00"), at("11:00"));
        assertThat(offered(type, "")).contains("10:00");
        availability.refused(COMPANY, type, at("10:00"));
        assertThat(offered(type, "")).as("but what nobody gets is not offered").contains("11:00").doesNotContain("10:00");
    }

    @Test
    void whatCalcomRefusesIsNotOfferedUntilABookingOfThatTimeChanges() {
        long type = eventType("30min-consultation");
        availability.refused(2, type, at("10:00"));
        assertThat(offered(type, "")).as("another company").contains("10:00");
        availability.refused(COMPANY, type, at("10:00"));
        assertThat(offered(type, "")).contains("09:30", "10:30").doesNotContain("10:00");
        JsonNode booking = BOTH.askAsBooker("POST", "/bookings", "2024-08-13", "{\"eventTypeId\":" + type + ",\"start\":\"" + at("10:00")
                + "\",\"attendee\":{\"name\":\"Zoë\",\"email\":\"zoe@example.org\",\"timeZone\":\"Europe/Berlin\"}}");
        BOTH.ask("POST", "/bookings/" + booking.path("uid").asText() + "/cancel", "2024-08-13", "{\"cancellationReason\":\"ill\"}");
        await().untilAsserted(() -> assertThat(HubExtension.json(BOTH.hub().get("/api/appointments/" + booking.path("uid").asText())).path("status").asText())
                .isEqualTo("cancelled"));
        await().untilAsserted(() -> assertThat(offered(type, "")).as("freed").contains("10:00"));
    }
}
