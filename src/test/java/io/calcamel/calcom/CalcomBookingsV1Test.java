package io.calcamel.calcom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.calcamel.SandboxExtension;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Booking at an old server, which is asked in API v1. */
class CalcomBookingsV1Test {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension().with("calcom.api-version", "v1");

    private static Exchange call(String route, Object words) {
        return BOTH.hub().hub().context().createProducerTemplate().request("direct:" + route, exchange -> {
            exchange.getMessage().setBody(words);
            exchange.setVariable("companyId", 1);
        });
    }

    private static CalcomBooking one(String route, Object words) {
        Exchange exchange = call(route, words);
        assertThat(exchange.getException()).isNull();
        List<?> bookings = exchange.getMessage().getBody(List.class);
        assertThat(bookings).hasSize(1);
        return (CalcomBooking) bookings.get(0);
    }

    private static CalcomException refusal(String route, Object words) {
        Exchange exchange = call(route, words);
        assertThat(exchange.getException()).isInstanceOf(CalcomException.class);
        return (CalcomException) exchange.getException();
    }

    private static BookingsPage page(BookingsQuery query) {
        Exchange exchange = call("calcom-booking-list", query);
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody(BookingsPage.class);
    }

    private static long eventType(String slug) {
        return BOTH.ask("POST", "/event-types", "2024-06-14", "{\"title\":\"Old\",\"slug\":\"" + slug + "\",\"lengthInMinutes\":30,"
                + "\"locations\":[{\"type\":\"integration\",\"integration\":\"cal-video\"}]}").path("id").asLong();
    }

    private static NewBooking booking(long eventType, String start, String email) {
        return new NewBooking(eventType, Instant.parse(start), new NewBooking.Attendee("Zoë", email, "+4915112345678", "Europe/Berlin", "de"),
                JsonNodeFactory.instance.objectNode().put("notes", "Second floor"), Map.of("crmLeadId", "L-7781"), null, null, null);
    }

    @AfterEach
    void mend() {
        BOTH.faults("{}");
    }

    @Test
    void booksOnceAndSaysWhatIsTaken() {
        long type = eventType("old");
        NewBooking wanted = new NewBooking(type, Instant.parse("2030-01-07T09:00:00Z"),
                new NewBooking.Attendee("Zoë", "zoe@example.org", "+4915112345678", "Europe/Berlin", "de"),
                JsonNodeFactory.instance.objectNode().put("notes", "Second floor"), Map.of("crmLeadId", "L-7781"),
                JsonNodeFactory.instance.objectNode().put("type", "integration").put("integration", "cal-video"), 30, null);

        CalcomBooking booking = one("calcom-booking-create", wanted);
        assertThat(booking.status()).isEqualTo("accepted");
        assertThat(booking.start()).isEqualTo(wanted.start());
        assertThat(booking.end()).isEqualTo(Instant.parse("2030-01-07T09:30:00Z"));
        assertThat(booking.eventTypeId()).isEqualTo(type);
        assertThat(booking.location()).isEqualTo("integrations:daily");
        assertThat(booking.metadata().path("crmLeadId").asText()).isEqualTo("L-7781");
        assertThat(booking.responses().path("notes").asText()).isEqualTo("Second floor");
        assertThat(booking.attendees()).containsExactly(
                new CalcomBooking.Attendee("Zoë", "zoe@example.org", "+4915112345678", "Europe/Berlin", "de", false, null, null));

        CalcomException taken = refusal("calcom-booking-create", wanted);
        assertThat(taken.error()).isEqualTo(CalcomError.SLOT_TAKEN);
        assertThat(taken.mayHaveHappened()).isFalse();
    }

    @Test
    void readsByNumberWhatItBooked() {
        CalcomBooking made = one("calcom-booking-create", booking(eventType("old-read"), "2030-01-08T09:00:00Z", "read@example.org"));
        CalcomBooking read = one("calcom-booking", Long.toString(made.id()));
        assertThat(read.uid()).isEqualTo(made.uid());
        assertThat(read.metadata()).isEqualTo(JsonNodeFactory.instance.objectNode().put("crmLeadId", "L-7781"));
        assertThat(read.attendees()).as("the phone number is among the answers").isEqualTo(made.attendees());
        assertThat(refusal("calcom-booking", "987654").error()).isEqualTo(CalcomError.BOOKING_NOT_FOUND);
        CalcomException byUid = refusal("calcom-booking", made.uid());
        assertThat(byUid.error()).isEqualTo(CalcomError.UNSUPPORTED);
        assertThat(byUid.mayHaveHappened() || byUid.hasAnswered()).isFalse();
    }

    @Test
    void aMoveBooksAnewInTheOldOnesPlace() {
        long type = eventType("old-move");
        NewBooking first = booking(type, "2030-01-09T09:00:00Z", "move@example.org");
        CalcomBooking before = one("calcom-booking-create", first);
        CalcomBooking after = one("calcom-booking-reschedule", new BookingMove(before.uid(), Instant.parse("2030-01-09T09:15:00Z"), null, null, "ill", first));
        assertThat(after.start()).as("its own old time is free").isEqualTo(Instant.parse("2030-01-09T09:15:00Z"));
        assertThat(after.rescheduledFromUid()).isEqualTo(before.uid());
        assertThat(after.metadata().path("crmLeadId").asText()).isEqualTo("L-7781");
        assertThat(after.responses().path("rescheduleReason").asText()).isEqualTo("ill");
        assertThat(one("calcom-booking", Long.toString(before.id())).status()).isEqualTo("cancelled");
        assertThat(refusal("calcom-booking-reschedule", new BookingMove("nope", Instant.parse("2030-01-09T12:00:00Z"), null, null, null, first)).error())
                .isEqualTo(CalcomError.BOOKING_NOT_FOUND);

        one("calcom-booking-cancel", new BookingCancellation(after.uid(), "ill", null, false, after.id()));
        assertThat(refusal("calcom-booking-reschedule", new BookingMove(after.uid(), Instant.parse("2030-01-09T12:00:00Z"), null, null, null, first)).error())
                .isEqualTo(CalcomError.ALREADY_CANCELLED);
        await().untilAsserted(() -> assertThat(BOTH.hub().getJson("/api/deliveries?limit=100").path("items")).extracting(
                delivery -> delivery.path("trigger").asText() + " " + delivery.path("bookingUid").asText()).contains("BOOKING_CREATED " + before.uid(),
                        "BOOKING_RESCHEDULED " + after.uid(), "BOOKING_CANCELLED " + after.uid()));
    }

    @Test
    void cancelsByNumberAndReadsWhatItCancelled() {
        CalcomBooking made = one("calcom-booking-create", booking(eventType("old-cancel"), "2030-01-10T09:00:00Z", "cancel@example.org"));
        assertThat(refusal("calcom-booking-cancel", new BookingCancellation(made.uid(), "ill", null, false, null)).error()).isEqualTo(CalcomError.UNSUPPORTED);
        BookingCancellation cancellation = new BookingCancellation(made.uid(), "ill & tired", null, false, made.id());
        CalcomBooking cancelled = one("calcom-booking-cancel", cancellation);
        assertThat(cancelled.uid()).isEqualTo(made.uid());
        assertThat(cancelled.status()).isEqualTo("cancelled");
        assertThat(one("calcom-booking-cancel", cancellation)).as("again").isEqualTo(cancelled);
        assertThat(refusal("calcom-booking-cancel", new BookingCancellation("nope", "ill", null, false, 987654L)).error()).isEqualTo(CalcomError.BOOKING_NOT_FOUND);
    }

    @Test
    void whatIsCancelledAndCanNotBeReadIsCancelledAllTheSame() {
        CalcomBooking made = one("calcom-booking-create", booking(eventType("old-unread"), "2030-01-11T09:00:00Z", "unread@example.org"));
        BOTH.faults("{\"500\":{\"match\":\"GET /v1/bookings\"}}");
        CalcomException unread = refusal("calcom-booking-cancel", new BookingCancellation(made.uid(), "ill", null, false, made.id()));
        assertThat(unread.error()).isEqualTo(CalcomError.UNAVAILABLE);
        assertThat(unread.mayHaveHappened()).isTrue();
        assertThat(unread).hasMessageContaining("is cancelled");
        BOTH.faults("{}");
        assertThat(one("calcom-booking", Long.toString(made.id())).status()).isEqualTo("cancelled");
    }

    @Test
    void listsPageByPageAndLeavesOtherEventTypesOut() {
        long type = eventType("old-list");
        long other = eventType("old-list-other");
        List<String> made = new ArrayList<>();
        for (int hour = 9; hour < 14; hour++) {
            made.add(one("calcom-booking-create", booking(hour == 12 ? other : type, "2030-01-16T%02d:00:00Z".formatted(hour), "list+1@example.org")).uid());
        }
        one("calcom-booking-create", booking(type, "2030-01-16T14:00:00Z", "list+2@example.org"));
        Instant from = Instant.parse("2030-01-16T10:00:00Z");
        BookingsPage first = page(new BookingsQuery("list+1@example.org", type, from, null, null, 3, 0));
        assertThat(first.items()).extracting(CalcomBooking::uid).containsExactly(made.get(1), made.get(2));
        assertThat(first.hasNextPage()).as("three were listed").isTrue();
        BookingsPage second = page(new BookingsQuery("list+1@example.org", type, from, null, null, 3, 3));
        assertThat(second.items()).singleElement().satisfies(booking -> {
            assertThat(booking.uid()).isEqualTo(made.get(4));
            assertThat(booking.metadata().path("crmLeadId").asText()).isEqualTo("L-7781");
        });
        assertThat(second.hasNextPage()).isFalse();
        assertThat(page(new BookingsQuery("list+1@example.org", null, null, Instant.parse("2030-01-16T10:30:00Z"), null, 250, 0)).items())
                .extracting(CalcomBooking::uid).containsExactly(made.get(0), made.get(1));
    }
}
