package io.calcamel.calcom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every request that the client can send, held against Cal.com's OpenAPI document (API v2, 2026-03-11): method, path,
 * version, parameters and body.
 */
class RequestsTest {

    private static final Instant BEGIN = Instant.parse("2027-01-10T23:00:00Z");
    private static final Instant END = Instant.parse("2027-01-12T00:00:00Z");

    private static final String HOOK = "https://hub.example.org/webhooks/calcom";
    private static final Set<String> NO_SHOW = Set.of("AFTER_HOSTS_CAL_VIDEO_NO_SHOW");

    private static final NewBooking.Attendee ZOE = new NewBooking.Attendee("Zoë", "zoe@example.org", null, "Europe/Berlin", null);
    private static final NewBooking FULL = new NewBooking(7, BEGIN, new NewBooking.Attendee("Zoë", null, "+4915112345678", "Europe/Berlin", "de"),
            JsonNodeFactory.instance.objectNode().put("company", "Okafor GmbH").putNull("story"), Map.of("crmLeadId", "L-7781"),
            JsonNodeFactory.instance.objectNode().put("type", "integration").put("integration", "cal-video"), 45, 3);

    private static Connection via(Edition edition) {
        return Connection.of(1, edition == Edition.HOSTED ? "https://api.cal.com/v2" : "https://cal.example.org/api/v2/", "cal_live_x", ApiVersion.V2);
    }

    private static List<CalcomRequest> all(Connection via) {
        Dialect dialect = Dialect.of(via);
        return List.of(dialect.me(via), dialect.teams(via), dialect.eventTypes(via), dialect.teamEventTypes(via, 12), dialect.eventType(via, 7),
                dialect.createEventType(via, new NewEventType("Intro", "intro", "Short", 30, JsonNodeFactory.instance.arrayNode(), null)),
                dialect.slots(via, new SlotsQuery(7, BEGIN, END, 45)), dialect.booking(via, "p7Kd2V"),
                dialect.bookings(via, new BookingsQuery("zoe+1@example.org", 7L, BEGIN, END, "upcoming,unconfirmed", 50, 100)),
                dialect.bookings(via, new BookingsQuery(null, null, null, null, null, 250, 0)),
                dialect.createBooking(via, new NewBooking(7, BEGIN, ZOE, null, null, null, null, null)),
                dialect.createBooking(via, FULL),
                dialect.rescheduleBooking(via, new BookingMove("p7Kd2V", END, null, "zoe@example.org", "ill", FULL)),
                dialect.rescheduleBooking(via, new BookingMove("p7Kd2V", END, "seat-1", null, "ill", null)),
                dialect.cancelBooking(via, new BookingCancellation("p7Kd2V", "ill", null, false, 5001L)),
                dialect.cancelBooking(via, new BookingCancellation("p7Kd2V", null, "seat-1", false, null)),
                dialect.cancelBooking(via, new BookingCancellation("p7Kd2V", "ill", null, true, null)),
                dialect.confirmBooking(via, "p7Kd2V"), dialect.declineBooking(via, new BookingDecline("p7Kd2V", "full")),
                dialect.declineBooking(via, new BookingDecline("p7Kd2V", null)),
                dialect.bookings(via, BookingsQuery.of("upcoming,unconfirmed", 250, 250)),
                dialect.bookings(via, BookingsQuery.madeSince(BEGIN, 250, 0)),
                dialect.bookings(via, BookingsQuery.changedSince(BEGIN, 250, 0)),
                dialect.subscriptions(via, null, 0), dialect.subscriptions(via, 77L, 250),
                dialect.createSubscription(via, new NewSubscription(null, HOOK, Triggers.sets(via.edition(), false).get(via.edition() == Edition.HOSTED ? 2 : 1), "s3cret")),
                dialect.createSubscription(via, new NewSubscription(77L, HOOK, NO_SHOW, null)),
                dialect.changeSubscription(via, new SubscriptionChange(null, "cd97-1", HOOK, NO_SHOW, true, "s3cret", true)),
                dialect.changeSubscription(via, new SubscriptionChange(77L, "../cd97", null, null, false, null, false)));
    }

    @ParameterizedTest
    @EnumSource(Edition.class)
    void everyOperationIsAskedAsItIsDocumented(Edition edition) {
        List<String> asked = new ArrayList<>();
        all(via(edition)).forEach(request -> asked.add(request.operation() + " " + request.method() + " " + request.path() + " "
                + edition.version(request.operation().group()).orElse("-") + " " + request.queryString().orElse("-") + " " + (request.body() == null ? "-" : request.body())));
        assertThat(asked).containsExactly(
                "ME GET /v2/me - - -",
                "TEAMS GET /v2/teams - - -",
                "EVENT_TYPES GET /v2/event-types 2024-06-14 - -",
                "TEAM_EVENT_TYPES GET /v2/teams/12/event-types 2024-06-14 - -",
                "EVENT_TYPE GET /v2/event-types/7 2024-06-14 - -",
                "EVENT_TYPE_CREATE POST /v2/event-types 2024-06-14 - {\"title\":\"Intro\",\"slug\":\"intro\",\"lengthInMinutes\":30,\"description\":\"Short\",\"locations\":[]}",
                "SLOTS GET /v2/slots 2024-09-04 eventTypeId=7&start=2027-01-10T23%3A00%3A00Z&end=2027-01-11T23%3A59%3A59.999Z&duration=45&format=range -",
                "BOOKING GET /v2/bookings/p7Kd2V 2024-08-13 - -",
                "BOOKINGS GET /v2/bookings 2024-08-13 status=upcoming%2Cunconfirmed&attendeeEmail=zoe%2B1%40example.org&eventTypeId=7&afterStart=2027-01-10T23%3A00%3A00Z&beforeEnd=2027-01-12T00%3A00%3A00Z&sortCreated=asc&take=50&skip=100 -",
                "BOOKINGS GET /v2/bookings 2024-08-13 sortCreated=asc&take=250&skip=0 -",
                "BOOKING_CREATE POST /v2/bookings 2024-08-13 - {\"start\":\"2027-01-10T23:00:00Z\",\"eventTypeId\":7,\"attendee\":{\"name\":\"Zoë\",\"email\":\"zoe@example.org\",\"timeZone\":\"Europe/Berlin\"}}",
                "BOOKING_CREATE POST /v2/bookings 2024-08-13 - {\"start\":\"2027-01-10T23:00:00Z\",\"eventTypeId\":7,\"attendee\":{\"name\":\"Zoë\",\"phoneNumber\":\"+4915112345678\",\"timeZone\":\"Europe/Berlin\",\"language\":\"de\"},"
                        + "\"bookingFieldsResponses\":{\"company\":\"Okafor GmbH\"},\"location\":{\"type\":\"integration\",\"integration\":\"cal-video\"},\"metadata\":{\"crmLeadId\":\"L-7781\"},\"lengthInMinutes\":45,\"recurrenceCount\":3}",
                "BOOKING_RESCHEDULE POST /v2/bookings/p7Kd2V/reschedule 2024-08-13 - {\"start\":\"2027-01-12T00:00:00Z\",\"rescheduledBy\":\"zoe@example.org\",\"reschedulingReason\":\"ill\"}",
                "BOOKING_RESCHEDULE POST /v2/bookings/p7Kd2V/reschedule 2024-08-13 - {\"start\":\"2027-01-12T00:00:00Z\",\"seatUid\":\"seat-1\"}",
                "BOOKING_CANCEL POST /v2/bookings/p7Kd2V/cancel 2024-08-13 - {\"cancellationReason\":\"ill\"}",
                "BOOKING_CANCEL POST /v2/bookings/p7Kd2V/cancel 2024-08-13 - {\"seatUid\":\"seat-1\"}",
                "BOOKING_CANCEL POST /v2/bookings/p7Kd2V/cancel 2024-08-13 - {\"cancellationReason\":\"ill\",\"cancelSubsequentBookings\":true}",
                "BOOKING_CONFIRM POST /v2/bookings/p7Kd2V/confirm 2024-08-13 - -",
                "BOOKING_DECLINE POST /v2/bookings/p7Kd2V/decline 2024-08-13 - {\"reason\":\"full\"}",
                "BOOKING_DECLINE POST /v2/bookings/p7Kd2V/decline 2024-08-13 - {}",
                "BOOKINGS GET /v2/bookings 2024-08-13 status=upcoming%2Cunconfirmed&sortCreated=asc&take=250&skip=250 -",
                "BOOKINGS GET /v2/bookings 2024-08-13 afterCreatedAt=2027-01-10T23%3A00%3A00Z&sortCreated=asc&take=250&skip=0 -",
                "BOOKINGS GET /v2/bookings 2024-08-13 afterUpdatedAt=2027-01-10T23%3A00%3A00Z&sortUpdatedAt=desc&take=250&skip=0 -",
                "WEBHOOKS GET /v2/webhooks - take=250&skip=0 -",
                "WEBHOOKS GET /v2/organizations/77/webhooks - take=250&skip=250 -",
                "WEBHOOK_CREATE POST /v2/webhooks - - {\"subscriberUrl\":\"https://hub.example.org/webhooks/calcom\",\"active\":true,\"triggers\":[\"BOOKING_CREATED\",\"BOOKING_REQUESTED\","
                        + "\"BOOKING_REJECTED\",\"BOOKING_RESCHEDULED\",\"BOOKING_CANCELLED\",\"BOOKING_PAYMENT_INITIATED\",\"BOOKING_PAID\",\"BOOKING_NO_SHOW_UPDATED\","
                        + "\"MEETING_STARTED\",\"MEETING_ENDED\"],\"secret\":\"s3cret\"}",
                "WEBHOOK_CREATE POST /v2/organizations/77/webhooks - - {\"subscriberUrl\":\"https://hub.example.org/webhooks/calcom\",\"active\":true,"
                        + "\"triggers\":[\"AFTER_HOSTS_CAL_VIDEO_NO_SHOW\"]" + time(edition) + "}",
                "WEBHOOK_CHANGE PATCH /v2/webhooks/cd97-1 - - {\"subscriberUrl\":\"https://hub.example.org/webhooks/calcom\",\"active\":true,"
                        + "\"triggers\":[\"AFTER_HOSTS_CAL_VIDEO_NO_SHOW\"]" + time(edition) + ",\"secret\":\"s3cret\",\"payloadTemplate\":null}",
                "WEBHOOK_CHANGE PATCH /v2/organizations/77/webhooks/..%2Fcd97 - - {\"active\":false}");
        Set<Operation> tried = EnumSet.noneOf(Operation.class);
        all(via(edition)).forEach(request -> tried.add(request.operation()));
        assertThat(tried).as("an operation that is added is tried here").isEqualTo(EnumSet.allOf(Operation.class));
    }

    /** The community edition's API takes no time. */
    private static String time(Edition edition) {
        return edition == Edition.HOSTED ? ",\"time\":5,\"timeUnit\":\"MINUTE\"" : "";
    }

    @Test
    void aPathIsBelowTheServersOwn() {
        assertThat(all(via(Edition.SELF_HOSTED)).get(0).url()).isEqualTo("https://cal.example.org/api/v2/me");
        assertThat(all(via(Edition.HOSTED)).get(0).url()).isEqualTo("https://api.cal.com/v2/me");
    }

    @Test
    void aUidCanNotLeaveItsPath() {
        Connection via = via(Edition.HOSTED);
        assertThat(Dialect.of(via).booking(via, "../me?x=1#y z").path()).isEqualTo("/v2/bookings/..%2Fme%3Fx%3D1%23y%20z");
    }

    @Test
    void v1IsAskedWithItsOwnWordsAndTheKeyInTheQuery() {
        Connection via = Connection.of(1, "http://old.example.org:3003/v2", "cal_old", ApiVersion.V1);
        CalcomRequest slots = Dialect.of(via).slots(via, new SlotsQuery(7, BEGIN, END, null));
        assertThat(slots.url()).isEqualTo("http://old.example.org:3003/v1/slots");
        assertThat(slots.queryString()).contains("apiKey=cal_old&eventTypeId=7&startTime=2027-01-10T23%3A00%3A00Z&endTime=2027-01-11T23%3A59%3A59.999Z&timeZone=UTC");
        assertThat(slots.toString()).doesNotContain("cal_old");
        assertThatThrownBy(() -> Dialect.of(via).booking(via, "p7Kd")).isInstanceOf(CalcomException.class).hasMessageContaining("v1");
    }

    @Test
    void v1BooksMovesCancelsAndListsWithItsOwnNamesAndRefusesTheRest() {
        Connection via = Connection.of(1, "http://old.example.org:3003/v2", "cal_old", ApiVersion.V1);
        Dialect v1 = Dialect.of(via);
        CalcomRequest create = v1.createBooking(via, new NewBooking(7, BEGIN, FULL.attendee(), FULL.responses(), FULL.metadata(), FULL.location(), 45, null));
        assertThat(create.method() + " " + create.url()).isEqualTo("POST http://old.example.org:3003/v1/bookings");
        assertThat(create.body().toString()).isEqualTo("{\"eventTypeId\":7,\"start\":\"2027-01-10T23:00:00Z\",\"end\":\"2027-01-10T23:45:00Z\",\"timeZone\":\"Europe/Berlin\",\"language\":\"de\","
                + "\"responses\":{\"company\":\"Okafor GmbH\",\"name\":\"Zoë\",\"attendeePhoneNumber\":\"+4915112345678\",\"location\":{\"value\":\"integrations:daily\",\"optionValue\":\"\"}},"
                + "\"metadata\":{\"crmLeadId\":\"L-7781\"}}");
        assertThat(v1.createBooking(via, new NewBooking(7, BEGIN, ZOE, null, null, null, null, null)).body().toString()).endsWith("\"metadata\":{}}");

        NewBooking again = new NewBooking(7, BEGIN, FULL.attendee(), FULL.responses(), FULL.metadata(), null, 45, null);
        List<CalcomRequest> all = List.of(v1.me(via), v1.teams(via), v1.eventTypes(via), v1.teamEventTypes(via, 12), v1.eventType(via, 7), v1.booking(via, "5001"),
                v1.bookings(via, new BookingsQuery("zoe+1@example.org", 7L, BEGIN, END, null, 50, 100)),
                v1.bookings(via, new BookingsQuery(null, null, null, null, null, 250, 0)),
                v1.rescheduleBooking(via, new BookingMove("p7Kd", END, null, "lena@example.org", "ill", again)),
                v1.rescheduleBooking(via, new BookingMove("p7Kd", END, null, null, null, new NewBooking(7, BEGIN, ZOE, null, null, null, null, null))),
                v1.cancelBooking(via, new BookingCancellation("p7Kd", "ill & in bed", null, false, 5001L)),
                v1.cancelBooking(via, new BookingCancellation("p7Kd", null, null, false, 5001L)),
                v1.bookingOf(via, new BookingCancellation("p7Kd", null, null, false, 5001L)));
        assertThat(all).extracting(asked -> asked.operation() + " " + asked + "?" + asked.queryString().orElse("") + " " + (asked.body() == null ? "-" : asked.body())).containsExactly(
                "ME GET /v1/me?apiKey=cal_old -",
                "TEAMS GET /v1/teams?apiKey=cal_old -",
                "EVENT_TYPES GET /v1/event-types?apiKey=cal_old -",
                "TEAM_EVENT_TYPES GET /v1/teams/12/event-types?apiKey=cal_old -",
                "EVENT_TYPE GET /v1/event-types/7?apiKey=cal_old -",
                "BOOKING GET /v1/bookings/5001?apiKey=cal_old -",
                "BOOKINGS GET /v1/bookings?apiKey=cal_old&attendeeEmail=zoe%2B1%40example.org&dateFrom=2027-01-10T23%3A00%3A00Z&dateTo=2027-01-12T00%3A00%3A00Z&sortBy=createdAt&order=asc&take=50&page=3 -",
                "BOOKINGS GET /v1/bookings?apiKey=cal_old&sortBy=createdAt&order=asc&take=250&page=1 -",
                "BOOKING_RESCHEDULE POST /v1/bookings?apiKey=cal_old {\"eventTypeId\":7,\"start\":\"2027-01-12T00:00:00Z\",\"end\":\"2027-01-12T00:45:00Z\",\"timeZone\":\"Europe/Berlin\",\"language\":\"de\","
                        + "\"responses\":{\"company\":\"Okafor GmbH\",\"name\":\"Zoë\",\"attendeePhoneNumber\":\"+4915112345678\",\"rescheduleReason\":\"ill\"},"
                        + "\"metadata\":{\"crmLeadId\":\"L-7781\"},\"rescheduleUid\":\"p7Kd\",\"rescheduledBy\":\"lena@example.org\"}",
                "BOOKING_RESCHEDULE POST /v1/bookings?apiKey=cal_old {\"eventTypeId\":7,\"start\":\"2027-01-12T00:00:00Z\",\"timeZone\":\"Europe/Berlin\",\"language\":\"en\","
                        + "\"responses\":{\"name\":\"Zoë\",\"email\":\"zoe@example.org\"},\"metadata\":{},\"rescheduleUid\":\"p7Kd\"}",
                "BOOKING_CANCEL DELETE /v1/bookings/5001/cancel?apiKey=cal_old&cancellationReason=ill+%26+in+bed -",
                "BOOKING_CANCEL DELETE /v1/bookings/5001/cancel?apiKey=cal_old -",
                "BOOKING GET /v1/bookings/5001?apiKey=cal_old -");

        List<ThrowingCallable> unsupported = List.of(() -> v1.createBooking(via, FULL),
                () -> v1.createBooking(via, new NewBooking(7, BEGIN, ZOE, null, null, JsonNodeFactory.instance.objectNode().put("type", "tandem"), null, null)),
                () -> v1.rescheduleBooking(via, new BookingMove("p7Kd", END, null, null, null, null)),
                () -> v1.rescheduleBooking(via, new BookingMove("p7Kd", END, "seat-1", null, null, again)),
                () -> v1.cancelBooking(via, new BookingCancellation("p7Kd", "ill", null, false, null)),
                () -> v1.cancelBooking(via, new BookingCancellation("p7Kd", "ill", "seat-1", false, 5001L)),
                () -> v1.cancelBooking(via, new BookingCancellation("p7Kd", "ill", null, true, 5001L)), () -> v1.confirmBooking(via, "p7Kd"),
                () -> v1.declineBooking(via, new BookingDecline("p7Kd", null)),
                () -> v1.bookings(via, new BookingsQuery(null, null, null, null, "upcoming", 10, 0)),
                () -> v1.bookings(via, new BookingsQuery(null, null, null, null, null, 10, 5)),
                () -> v1.bookings(via, BookingsQuery.madeSince(BEGIN, 10, 0)), () -> v1.bookings(via, BookingsQuery.changedSince(BEGIN, 10, 0)),
                () -> v1.subscriptions(via, null, 0), () -> v1.createSubscription(via, new NewSubscription(null, HOOK, NO_SHOW, null)),
                () -> v1.changeSubscription(via, new SubscriptionChange(null, "cd97", null, null, true, null, false)));
        unsupported.forEach(asked -> assertThatThrownBy(asked).isInstanceOf(CalcomException.class).hasMessageContaining("asked in v1")
                .extracting(refused -> ((CalcomException) refused).error()).isEqualTo(CalcomError.UNSUPPORTED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://api.cal.com/v1", "https://api.cal.eu/v2", "https://CAL.com"})
    void v1IsRefusedForCalcomsOwnHosts(String baseUrl) {
        assertThatThrownBy(() -> Connection.of(1, baseUrl, "cal_x", ApiVersion.V1)).hasMessageContaining("410").hasMessageContaining("calcom.api-version=v2");
        assertThat(Connection.of(1, baseUrl, "cal_x", ApiVersion.V2).edition()).isEqualTo(Edition.HOSTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "api.cal.com", "ftp://api.cal.com/v2", "https://", "https://user:secret@api.cal.com/v2", "https://api.cal.com/v2?x=1", "ht tp://x"})
    void whatIsNoAddressIsRefusedWithoutBeingRepeated(String baseUrl) {
        assertThatThrownBy(() -> Connection.of(1, baseUrl, "cal_x", ApiVersion.V2)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("calcom.base-url").message().doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({"evilcal.com,SELF_HOSTED", "cal.com.evil.org,SELF_HOSTED", "api.cal.eu,HOSTED", "localhost,SELF_HOSTED"})
    void anEditionIsKnownByItsHost(String host, Edition edition) {
        assertThat(Connection.of(1, "https://" + host + "/v2", "cal_x", ApiVersion.V2).edition()).isEqualTo(edition);
    }

    @Test
    void nothingOfAConnectionPrintsItsKey() {
        Connection via = via(Edition.HOSTED);
        all(via).forEach(request -> assertThat(request.toString() + request.via()).doesNotContain("cal_live_x", "s3cret"));
        assertThat(new NewSubscription(null, HOOK, NO_SHOW, "s3cret") + " " + new SubscriptionChange(null, "cd97", HOOK, NO_SHOW, true, "s3cret", true) + " "
                + new Subscription("cd97", HOOK, true, NO_SHOW, null, "s3cret") + CalcomAnswer.of(200, "{\"secret\":\"s3cret\"}".getBytes(StandardCharsets.UTF_8)))
                .doesNotContain("s3cret");
    }

    @Test
    void v1SaysThatASubscriptionIsMadeByHand() {
        Connection via = Connection.of(1, "http://old.example.org:3003/v2", "cal_old", ApiVersion.V1);
        assertThatThrownBy(() -> Dialect.of(via).subscriptions(via, null, 0)).hasMessageContaining("by hand in Cal.com");
    }

    @Test
    void triggersAreThoseOfTheEditionAndThenFewer() {
        List<Set<String>> hosted = Triggers.sets(Edition.HOSTED, false);
        assertThat(hosted).extracting(Set::size).containsExactly(24, 18, 10);
        assertThat(hosted.get(0)).contains("BOOKING_REASSIGNED", "CALENDAR_ENTRY_REJECTED").doesNotContain("DELEGATION_CREDENTIAL_ERROR", "PING");
        assertThat(Triggers.sets(Edition.SELF_HOSTED, false)).isEqualTo(hosted.subList(1, 3));
        assertThat(Triggers.sets(Edition.HOSTED, true)).extracting(Set::size).containsExactly(28, 19, 10);
        assertThat(Triggers.sets(Edition.SELF_HOSTED, true)).extracting(Set::size).containsExactly(19, 10);
    }
}
