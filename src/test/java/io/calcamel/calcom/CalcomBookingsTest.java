package io.calcamel.calcom;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.calcamel.SandboxExtension;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The booking calls of the client, from our words to Cal.com's answer and back; Cal.com is the sandbox. */
class CalcomBookingsTest {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension().with("calcom.timeout.response", "500").with("calcom.timeout.call", "1s")
            .with("calcom.breaker.open", "50ms");

    private static final String EVENT_TYPES = "2024-06-14";

    private static ProducerTemplate routes;

    @BeforeAll
    static void start() {
        routes = BOTH.hub().hub().context().createProducerTemplate();
    }

    @AfterEach
    void mend() {
        BOTH.faults("{}");
    }

    private static long eventType(String slug, String more) {
        return BOTH.ask("POST", "/event-types", EVENT_TYPES, "{\"title\":\"" + slug + "\",\"slug\":\"" + slug + "\",\"lengthInMinutes\":30" + more + "}")
                .path("id").asLong();
    }

    private static NewBooking booking(long eventType, String start, String email) {
        return new NewBooking(eventType, Instant.parse(start), attendee(email), null, Map.of("crmLeadId", "L-7781"), null, null, null);
    }

    private static NewBooking.Attendee attendee(String email) {
        return new NewBooking.Attendee("Zoë", email, null, "Europe/Berlin", "de");
    }

    private static Exchange call(String route, Object words) {
        return routes.request("direct:" + route, exchange -> {
            exchange.getMessage().setBody(words);
            exchange.setVariable("companyId", 1);
        });
    }

    @SuppressWarnings("unchecked")
    private static List<CalcomBooking> bookings(String route, Object words) {
        Exchange exchange = call(route, words);
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody(List.class);
    }

    private static CalcomBooking one(String route, Object words) {
        List<CalcomBooking> bookings = bookings(route, words);
        assertThat(bookings).hasSize(1);
        return bookings.get(0);
    }

    private static CalcomException refusal(String route, Object words) {
        Exchange exchange = call(route, words);
        assertThat(exchange.getException()).isInstanceOf(CalcomException.class);
        return (CalcomException) exchange.getException();
    }

    private static JsonNode json(String field, String value) {
        return JsonNodeFactory.instance.objectNode().put(field, value);
    }

    @Test
    void booksWithEverythingThatIsSaid() {
        long type = eventType("book-plain", ",\"bookingFields\":[{\"type\":\"text\",\"label\":\"Company\",\"slug\":\"company\",\"required\":true}],"
                + "\"locations\":[{\"type\":\"integration\",\"integration\":\"cal-video\"}]");
        Instant start = Instant.parse("2030-01-07T09:00:00Z");
        CalcomBooking booking = one("calcom-booking-create", new NewBooking(type, start,
                new NewBooking.Attendee("Zoë", "zoe@example.org", "+4915112345678", "Europe/Berlin", "de"), json("company", "Okafor GmbH"),
                Map.of("crmLeadId", "L-7781"), JsonNodeFactory.instance.objectNode().put("type", "integration").put("integration", "cal-video"), null, null));

        assertThat(booking.status()).isEqualTo("accepted");
        assertThat(booking.start()).isEqualTo(start);
        assertThat(booking.eventTypeId()).isEqualTo(type);
        assertThat(booking.metadata()).isEqualTo(json("crmLeadId", "L-7781"));
        assertThat(booking.responses().path("company").asText()).isEqualTo("Okafor GmbH");
        assertThat(booking.seatUid()).isNull();
        assertThat(booking.attendees()).containsExactly(
                new CalcomBooking.Attendee("Zoë", "zoe@example.org", "+4915112345678", "Europe/Berlin", "de", false, null, null));
        assertThat(one("calcom-booking", booking.uid()).id()).isEqualTo(booking.id());
    }

    @Test
    void booksByPhoneNumberAlone() {
        long type = BOTH.ask("GET", "/event-types?username=" + BOTH.ask("GET", "/me", null, null).path("username").asText() + "&eventSlug=call-back", EVENT_TYPES, null)
                .path(0).path("id").asLong();
        CalcomBooking booking = one("calcom-booking-create", new NewBooking(type, Instant.parse("2030-01-08T09:00:00Z"),
                new NewBooking.Attendee("Zoë", null, "+4915112345678", "Europe/Berlin", null), null, null, null, null, null));
        assertThat(booking.attendees().get(0).email()).isEqualTo("4915112345678@sms.cal.com");
        assertThat(booking.attendees().get(0).phoneNumber()).isEqualTo("+4915112345678");
    }

    @Test
    void booksASeriesAndCancelsTheRestOfIt() {
        long type = eventType("book-series", ",\"recurrence\":{\"interval\":1,\"occurrences\":4,\"frequency\":\"weekly\"}");
        List<CalcomBooking> series = bookings("calcom-booking-create", new NewBooking(type, Instant.parse("2030-02-04T09:00:00Z"),
                attendee("zoe@example.org"), null, null, null, null, 3));
        assertThat(series).extracting(CalcomBooking::start).containsExactly(Instant.parse("2030-02-04T09:00:00Z"),
                Instant.parse("2030-02-11T09:00:00Z"), Instant.parse("2030-02-18T09:00:00Z"));
        assertThat(series).extracting(CalcomBooking::seriesUid).doesNotContainNull().containsOnly(series.get(0).seriesUid());

        BookingCancellation rest = new BookingCancellation(series.get(1).uid(), "moved away", null, true, null);
        assertThat(bookings("calcom-booking-cancel", rest)).extracting(CalcomBooking::status).containsExactly("accepted", "cancelled", "cancelled");
        assertThat(refusal("calcom-booking-cancel", rest).error()).as("it tells nothing of the later ones").isEqualTo(CalcomError.ALREADY_CANCELLED);
        assertThat(bookings("calcom-booking", series.get(0).seriesUid())).hasSize(3);
    }

    @Test
    void booksMovesAndCancelsASeat() {
        long type = eventType("book-seat", ",\"seats\":{\"seatsPerTimeSlot\":2,\"showAttendeeInfo\":false,\"showAvailabilityCount\":true}");
        String start = "2030-03-04T09:00:00Z";
        CalcomBooking first = one("calcom-booking-create", booking(type, start, "one@example.org"));
        CalcomBooking second = one("calcom-booking-create", booking(type, start, "two@example.org"));
        assertThat(second.uid()).isEqualTo(first.uid());
        assertThat(second.seatUid()).isNotNull().isNotEqualTo(first.seatUid());
        assertThat(second.attendees()).extracting(CalcomBooking.Attendee::seatUid).contains(second.seatUid());
        assertThat(second.attendees()).extracting(CalcomBooking.Attendee::metadata).contains(json("crmLeadId", "L-7781"));
        assertThat(refusal("calcom-booking-create", booking(type, start, "three@example.org")).error()).isEqualTo(CalcomError.NO_SEATS_LEFT);
        assertThat(refusal("calcom-booking-reschedule", new BookingMove(first.uid(), Instant.parse("2030-03-05T09:00:00Z"), null, null, null, null)).error())
                .isEqualTo(CalcomError.SEAT_REQUIRED);

        CalcomBooking moved = one("calcom-booking-reschedule", new BookingMove(first.uid(), Instant.parse("2030-03-05T09:00:00Z"), first.seatUid(), null, "ill", null));
        assertThat(moved.uid()).isNotEqualTo(first.uid());
        assertThat(moved.seatUid()).isNotNull().isNotEqualTo(first.seatUid());

        BookingCancellation seat = new BookingCancellation(second.uid(), "ill", second.seatUid(), false, null);
        assertThat(one("calcom-booking-cancel", seat).status()).isEqualTo("cancelled");
        assertThat(refusal("calcom-booking-cancel", seat).error()).isEqualTo(CalcomError.SEAT_NOT_FOUND);
    }

    @Test
    void aTakenSlotAndMissingAnswersAreNamed() {
        long type = eventType("book-refused", ",\"bookingFields\":[{\"type\":\"text\",\"label\":\"Company\",\"slug\":\"company\",\"required\":true}]");
        CalcomException missing = refusal("calcom-booking-create", booking(type, "2030-01-09T09:00:00Z", "zoe@example.org"));
        assertThat(missing.error()).isEqualTo(CalcomError.MISSING_FIELDS);
        assertThat(missing.getMessage()).contains("company");

        NewBooking complete = new NewBooking(type, Instant.parse("2030-01-09T09:00:00Z"), attendee("zoe@example.org"), json("company", "Okafor"), null, null, null, null);
        one("calcom-booking-create", complete);
        assertThat(refusal("calcom-booking-create", complete).error()).isEqualTo(CalcomError.SLOT_TAKEN);
        assertThat(refusal("calcom-booking-create", booking(999_999, "2030-01-09T09:00:00Z", "zoe@example.org")).error())
                .isEqualTo(CalcomError.EVENT_TYPE_NOT_FOUND);
    }

    @Test
    void aMovedBookingIsANewOne() {
        CalcomBooking before = one("calcom-booking-create", booking(eventType("book-move", ""), "2030-01-10T09:00:00Z", "zoe@example.org"));
        CalcomBooking after = one("calcom-booking-reschedule", new BookingMove(before.uid(), Instant.parse("2030-01-10T12:00:00Z"), null, null, "ill", null));
        assertThat(after.start()).isEqualTo(Instant.parse("2030-01-10T12:00:00Z"));
        assertThat(after.rescheduledFromUid()).isEqualTo(before.uid());
        assertThat(one("calcom-booking", before.uid()).rescheduledToUid()).isEqualTo(after.uid());
        assertThat(refusal("calcom-booking-reschedule", new BookingMove(before.uid(), Instant.parse("2030-01-10T13:00:00Z"), null, null, null, null)).error())
                .isEqualTo(CalcomError.ALREADY_CANCELLED);
    }

    @Test
    void whatIsCancelledAlreadyIsReadInstead() {
        CalcomBooking booking = one("calcom-booking-create", booking(eventType("book-cancel", ""), "2030-01-11T09:00:00Z", "zoe@example.org"));
        BookingCancellation cancellation = new BookingCancellation(booking.uid(), "ill", null, false, null);
        CalcomBooking once = one("calcom-booking-cancel", cancellation);
        assertThat(once.status()).isEqualTo("cancelled");
        assertThat(once.cancellationReason()).isEqualTo("ill");
        assertThat(one("calcom-booking-cancel", cancellation)).isEqualTo(once);
        assertThat(refusal("calcom-booking-cancel", new BookingCancellation("nope", "ill", null, false, null)).error()).isEqualTo(CalcomError.BOOKING_NOT_FOUND);
    }

    @Test
    void aCallerIsToldWhatBecameOfACancellationWhateverWentWrongInIt() throws Exception {
        BOTH.hub().hub().context().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:cancelling-caller").doTry().to("direct:calcom-booking-cancel").doCatch(CalcomException.class).setBody(simple("${exception.code}"));
            }
        });
        CalcomBooking booking = one("calcom-booking-create", booking(eventType("book-cancel-late", ""), "2030-01-14T09:00:00Z", "zoe@example.org"));
        BookingCancellation cancellation = new BookingCancellation(booking.uid(), "ill", null, false, null);
        assertThat(call("cancelling-caller", new BookingCancellation("nope", "ill", null, false, null)).getMessage().getBody()).isEqualTo("booking_not_found");
        one("calcom-booking-cancel", cancellation);
        BOTH.faults("{\"500\":{\"match\":\"GET /v2/bookings\"}}");
        assertThat(call("cancelling-caller", cancellation).getMessage().getBody()).isEqualTo("unavailable");
        BOTH.faults("{}");
        assertThat(bookings("cancelling-caller", cancellation)).hasSize(1);
    }

    @Test
    void theHostConfirmsAndDeclines() {
        long type = eventType("book-confirm", ",\"confirmationPolicy\":{\"type\":\"always\",\"blockUnconfirmedBookingsInBooker\":false}");
        CalcomBooking wanted = one("calcom-booking-create", booking(type, "2030-01-15T09:00:00Z", "zoe@example.org"));
        CalcomBooking unwanted = one("calcom-booking-create", booking(type, "2030-01-15T11:00:00Z", "zoe@example.org"));
        assertThat(List.of(wanted.status(), unwanted.status())).containsOnly("pending");

        assertThat(one("calcom-booking-confirm", wanted.uid()).status()).isEqualTo("accepted");
        assertThat(refusal("calcom-booking-confirm", wanted.uid()).error()).isEqualTo(CalcomError.ALREADY_CONFIRMED);
        assertThat(one("calcom-booking-decline", new BookingDecline(unwanted.uid(), "full")).status()).isEqualTo("rejected");
        assertThat(one("calcom-booking-decline", new BookingDecline(unwanted.uid(), null)).status()).as("recorded: it may be declined again").isEqualTo("rejected");
    }

    @Test
    void listsPageByPage() {
        long type = eventType("book-list", "");
        List<String> made = new ArrayList<>();
        for (int hour = 9; hour < 14; hour++) {
            made.add(one("calcom-booking-create", booking(type, "2030-01-16T%02d:00:00Z".formatted(hour), hour < 13 ? "list+1@example.org" : "other@example.org")).uid());
        }
        Set<String> seen = new TreeSet<>();
        List<Integer> sizes = new ArrayList<>();
        for (int skip = 0;; skip += 2) {
            BookingsPage page = page(new BookingsQuery("list+1@example.org", type, Instant.parse("2030-01-16T10:00:00Z"), null, null, 2, skip));
            page.items().forEach(booking -> seen.add(booking.uid()));
            sizes.add(page.items().size());
            if (!page.hasNextPage()) {
                break;
            }
        }
        assertThat(sizes).containsExactly(2, 1);
        assertThat(seen).containsExactlyInAnyOrderElementsOf(made.subList(1, 4));
        assertThat(page(new BookingsQuery(null, type, null, Instant.parse("2030-01-16T10:30:00Z"), "upcoming", 250, 0)).items()).extracting(CalcomBooking::uid)
                .containsExactlyElementsOf(made.subList(0, 2));
        assertThat(page(new BookingsQuery(null, type, null, null, "cancelled,unconfirmed", 250, 0)).items()).isEmpty();
    }

    @Test
    void listsWhatIsAheadAndWhatWasMadeOrChangedLately() {
        long plain = eventType("book-lately", "");
        long asked = eventType("book-lately-asked", ",\"confirmationPolicy\":{\"type\":\"always\",\"blockUnconfirmedBookingsInBooker\":true}");
        String first = one("calcom-booking-create", booking(plain, "2030-01-21T09:00:00Z", "lately@example.org")).uid();
        String requested = one("calcom-booking-create", booking(asked, "2030-01-21T10:00:00Z", "lately@example.org")).uid();
        CalcomBooking last = one("calcom-booking-create", booking(plain, "2030-01-21T11:00:00Z", "lately@example.org"));
        assertThat(page(BookingsQuery.of("upcoming,unconfirmed", 250, 0)).items()).extracting(CalcomBooking::uid).containsSubsequence(first, requested, last.uid());
        assertThat(page(BookingsQuery.madeSince(last.createdAt(), 250, 0)).items()).extracting(CalcomBooking::uid).contains(last.uid());

        one("calcom-booking-cancel", new BookingCancellation(first, "ill", null, false, null));
        assertThat(page(BookingsQuery.changedSince(last.createdAt(), 250, 0)).items()).extracting(CalcomBooking::uid).startsWith(first).contains(last.uid());
        assertThat(page(BookingsQuery.changedSince(Instant.now().plusSeconds(60), 250, 0)).items()).isEmpty();
        assertThat(page(BookingsQuery.of("upcoming,unconfirmed", 250, 0)).items()).extracting(CalcomBooking::uid).doesNotContain(first);
    }

    private static BookingsPage page(BookingsQuery query) {
        Exchange exchange = call("calcom-booking-list", query);
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody(BookingsPage.class);
    }

    @Test
    void aChangeWhoseEndNobodyHeardOfIsNotSentAgain() {
        long type = eventType("book-once", "");
        NewBooking hung = booking(type, "2030-01-17T09:00:00Z", "zoe@example.org");
        BOTH.faults("{\"hang\":{\"match\":\"POST /v2/bookings\"}}");
        int before = BOTH.asked("/v2/bookings").size();
        assertThat(refusal("calcom-booking-create", hung).error()).isEqualTo(CalcomError.UNAVAILABLE);
        assertThat(BOTH.asked("/v2/bookings")).hasSize(before + 1);

        BOTH.faults("{\"500-after-success\":{\"match\":\"POST /v2/bookings\",\"times\":1}}");
        CalcomException unheard = refusal("calcom-booking-create", booking(type, "2030-01-17T10:00:00Z", "unheard@example.org"));
        assertThat(unheard.error()).isEqualTo(CalcomError.UNAVAILABLE);
        BOTH.faults("{}");
        assertThat(page(new BookingsQuery("unheard@example.org", type, Instant.parse("2030-01-17T10:00:00Z"), null, null, 10, 0)).items())
                .singleElement().satisfies(booking -> assertThat(booking.metadata()).isEqualTo(json("crmLeadId", "L-7781")));
    }
}
