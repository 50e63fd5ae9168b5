package io.calcamel.appointment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Finding appointments. */
class AppointmentSearchTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension();

    @BeforeAll
    static void appointments() {
        for (int day = 1; day <= 7; day++) {
            HUB.deliver(Deliveries.rescheduled("day-" + day, "before-" + day, day, "2027-02-0" + day).toString());
        }
        HUB.deliver(Deliveries.createdByPhone("phone", 1).toString());
        HUB.deliver(Deliveries.with(Deliveries.cancelled("day-7", 20), payload -> payload.put("startTime", "2027-02-07T12:00:00Z")).toString());
        for (String seat : List.of("One", "two")) {
            HUB.deliver(Deliveries.with(Deliveries.seatTaken("seats", seat, seat + "@Example.org", 1), payload -> payload.put("startTime",
                    "2027-01-12T10:00:00Z")).toString());
        }
        HUB.deliver("{\"triggerEvent\":\"BOOKING_CREATED\",\"createdAt\":\"2026-11-22T13:00:00Z\",\"payload\":{\"uid\":\"bare\"}}");
        await().until(() -> HUB.count("applied") == 12);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "status=cancelled                                                   | day-7",
            "from=2027-02-03&to=2027-02-05                                      | day-3 day-4",
            "from=2027-02-03T12:00:00Z&to=2027-02-03T12:00:01Z                  | day-3",
            "from=2027-02-03T13:00:00+01:00&to=2027-02-03T13:00:01%2B01:00      | day-3",
            "phone=%2B4915112345678                                             | phone",
            "phone=+49 (151) 123-45678                                          | phone",
            "phone=0049 151 12345678                                            | phone",
            "phone=123                                                          | ",
            "email=TWO@example.org                                              | seats",
            "email=one@example.org                                              | seats",
            "requiresManualBooking=true                                         | ",
            "status=confirmed&from=2027-02-06                                   | day-6",
            "status=                                                            | bare phone seats day-1 day-2 day-3 day-4 day-5 day-6 day-7"})
    void appointmentsAreFoundByWhatTheyAre(String query, String uids) {
        JsonNode page = HUB.getJson("/api/appointments?" + query.strip().replace(" ", "%20"));
        assertThat(uids(page)).containsExactlyElementsOf(uids == null ? List.of() : List.of(uids.split(" ")));
        assertThat(page.path("total").asInt()).isEqualTo(page.path("items").size());
        assertThat(page.path("next").isNull()).isTrue();
    }

    @Test
    void pagesFollowEachOtherByStart() {
        List<String> seen = new ArrayList<>();
        for (String next = "/api/appointments?limit=3"; next != null;) {
            JsonNode page = HUB.getJson(next);
            assertThat(page.path("total").asInt()).isEqualTo(10);
            seen.addAll(uids(page));
            next = page.path("next").textValue();
        }
        assertThat(seen).containsExactly("bare", "phone", "seats", "day-1", "day-2", "day-3", "day-4", "day-5", "day-6", "day-7");
    }

    @Test
    void anotherCompanysAppointmentsAreNotThere() {
        HUB.db().sql("INSERT INTO company (id, slug, name) VALUES (77, 'other', 'Other')").update();
        HUB.db().sql("""
                INSERT INTO appointment (id, company_id, status, calcom_booking_uid, calcom_reschedule_uid, calcom_cancel_uid, document)
                VALUES (7700, 77, 'confirmed', 'theirs', 'theirs', 'theirs', '{"uid":"theirs"}')""").update();
        HUB.db().sql("INSERT INTO booking (company_id, uid, appointment_id) VALUES (77, 'theirs', 7700)").update();
        assertThat(HUB.get("/api/appointments/theirs").statusCode()).isEqualTo(404);
        assertThat(HUB.get("/api/appointments/7700").statusCode()).isEqualTo(404);
        assertThat(HUB.getJson("/api/appointments").path("total").asInt()).isEqualTo(10);
    }

    private static List<String> uids(JsonNode page) {
        List<String> uids = new ArrayList<>();
        page.path("items").forEach(item -> uids.add(item.path("uid").asText()));
        return uids;
    }
}
