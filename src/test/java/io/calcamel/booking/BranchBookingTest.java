package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** First free at any of these: a branch with two event types of one name, each with a host of its own. */
class BranchBookingTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient();

    private static final Booker BOOKER = new Booker(JOINED);
    private static final int TEAM = 12345;

    private static final List<Long> CHECK_UPS = new ArrayList<>();
    private static LocalDate monday = LocalDate.now().plusDays(2).with(TemporalAdjusters.next(DayOfWeek.MONDAY));

    @BeforeAll
    static void aBranchWithTwoHosts() {
        List<Integer> hosts = new ArrayList<>();
        JOINED.ask("GET", "/teams/" + TEAM + "/memberships", null, null).forEach(member -> hosts.add(member.path("userId").asInt()));
        for (int host : hosts.subList(0, 2)) {
            CHECK_UPS.add(JOINED.ask("POST", "/teams/" + TEAM + "/event-types", "2024-06-14", """
                    {"title": "Check-up", "slug": "berlin-check-up-%d", "lengthInMinutes": 30, "schedulingType": "collective", "hosts": [{"userId": %d}]}"""
                    .formatted(host, host)).path("id").asLong());
        }
        CHECK_UPS.sort(null);
        administer("POST", "/api/branches", "{\"slug\":\"berlin\",\"name\":\"Berlin\",\"slugPattern\":\"berlin-*\"}");
        assertThat(HubExtension.json(hub().post("/api/event-types/sync", "")).path("status").asText()).isEqualTo("complete");
    }

    /** Each test has a week of its own, so that none is told what another one's cache holds. */
    @BeforeEach
    void anotherWeek() {
        JOINED.allIsWell();
        monday = monday.plusWeeks(2);
    }

    private static HubExtension hub() {
        return JOINED.hub();
    }

    private static JsonNode administer(String method, String path, String body) {
        HttpResponse<String> answer = hub().send(HttpRequest.newBuilder(hub().uri(path)).header("Authorization", "Bearer demo-admin-token")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        return HubExtension.json(answer);
    }

    private static ObjectNode body(String start, String email) {
        ObjectNode body = Booker.object().put("branch", "berlin").put("name", " check-UP ").put("start", start);
        body.putObject("attendee").put("name", "Zoë Müller").put("email", email).put("timeZone", "Europe/Berlin");
        return body;
    }

    private static HttpResponse<String> ask(String more) {
        return hub().get("/api/availability?timeZone=Europe/Berlin&start=" + monday + "&end=" + monday + more);
    }

    private static List<JsonNode> slots(JsonNode answer) {
        List<JsonNode> slots = new ArrayList<>();
        answer.path("slots").forEach(day -> day.forEach(slots::add));
        return slots;
    }

    /** The starts of the day that both have. */
    private static List<String> starts() {
        List<String> starts = slots(HubExtension.json(ask("&branch=berlin&name=Check-up"))).stream().map(slot -> slot.path("start").asText()).distinct().toList();
        assertThat(starts).hasSizeGreaterThan(4);
        return starts;
    }

    private static JsonNode booked(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return HubExtension.json(answer);
    }

    private static int bookingsAsked() {
        return (int) JOINED.asked("/v2/bookings").stream().filter(request -> request.method().equals("POST")).count();
    }

    /** Somebody books in Cal.com, and the hub is not told. */
    private static void takeUnnoticed(long eventType, String start) {
        JOINED.faults("{\"webhooks-dropped\": true}");
        JOINED.ask("POST", "/bookings", "2024-08-13", """
                {"start": "%s", "eventTypeId": %d, "attendee": {"name": "Outside", "email": "%s", "timeZone": "Europe/Berlin"}}"""
                .formatted(OffsetDateTime.parse(start).toInstant(), eventType, Booker.email()));
        JOINED.faults("{}");
    }

    @Test
    void aSyncMapsAndWritesNothingWhereNothingChanged() {
        for (long id : CHECK_UPS) {
            assertThat(hub().getJson("/api/event-types/" + id).path("branches").path(0).asText()).isEqualTo("berlin");
        }
        String versions = "SELECT calcom_event_type_id, xmin::text, xmax::text, ctid::text FROM branch_event_type ORDER BY 1";
        List<Map<String, Object>> before = hub().db().sql(versions).query().listOfRows();
        assertThat(before).hasSizeGreaterThanOrEqualTo(2);
        assertThat(HubExtension.json(hub().post("/api/event-types/sync", "")).path("status").asText()).isEqualTo("complete");
        assertThat(hub().db().sql(versions).query().listOfRows()).isEqualTo(before);

        JsonNode made = HubExtension.json(hub().post("/api/event-types", "{\"title\":\"Course\",\"slug\":\"berlin-course\",\"length\":30}"));
        assertThat(made.path("branches").path(0).asText()).as(made.toString()).isEqualTo("berlin");
    }

    @Test
    void availabilityIsThatOfAllEventTypesOfTheName() {
        JsonNode one = HubExtension.json(ask("&eventTypeId=" + CHECK_UPS.get(0) + "&branch=berlin"));
        assertThat(one.path("eventTypeId").asLong()).isEqualTo(CHECK_UPS.get(0));
        JsonNode both = HubExtension.json(ask("&branch=berlin&name=check-up"));
        assertThat(both.path("source").asText()).as("one part of it was asked just now").isEqualTo("live");
        assertThat(both.path("asOf")).as("the oldest").isEqualTo(one.path("asOf"));
        List<String> expected = slots(one).stream().flatMap(slot -> CHECK_UPS.stream().map(id -> slot.path("start").asText() + " " + id)).toList();
        assertThat(slots(both)).extracting(slot -> slot.path("start").asText() + " " + slot.path("eventTypeId").asText()).isEqualTo(expected);
        assertThat(both.path("eventTypeId").isNull()).isTrue();
        assertThat(both.path("missing")).isEmpty();

        JsonNode some = HubExtension.json(ask("&branch=berlin&name=CHECK-UP&limit=3"));
        assertThat(some.path("source").asText()).isEqualTo("cache");
        assertThat(slots(some)).isEqualTo(slots(both).subList(0, 3));
        JsonNode bySlug = HubExtension.json(ask("&branch=berlin&name=" + hub().getJson("/api/event-types/" + CHECK_UPS.get(1)).path("slug").asText()));
        assertThat(slots(bySlug)).extracting(slot -> slot.path("eventTypeId").asLong()).containsOnly(CHECK_UPS.get(1));
    }

    @Test
    void whatCantBeAskedIsMissingUnlessAllIs() {
        long gone = 999;
        hub().db().sql("""
                INSERT INTO event_type SELECT company_id, :gone, title, 'gone', description, length, locations, booking_fields, team_id, scheduling_type, parent_id,
                    hidden, is_active, 0, false, content_hash, document FROM event_type WHERE calcom_event_type_id = :like""")
                .param("gone", gone).param("like", CHECK_UPS.get(0)).update();
        administer("PATCH", "/api/branches/berlin", "{\"eventTypes\":[" + gone + "]}");
        try {
            JsonNode answer = HubExtension.json(ask("&branch=berlin&name=Check-up"));
            assertThat(answer.path("missing").toString()).isEqualTo("[{\"eventTypeId\":999,\"code\":\"event_type_not_found\"}]");
            assertThat(slots(answer)).isNotEmpty();
            String start = slots(answer).get(0).path("start").asText();
            assertThat(booked(BOOKER.book(null, body(start, Booker.email()))).path("eventTypeId").asLong()).isIn(CHECK_UPS);
        } finally {
            administer("PATCH", "/api/branches/berlin", "{\"eventTypes\":[]}");
            hub().db().sql("DELETE FROM event_type WHERE calcom_event_type_id = :gone").param("gone", gone).update();
        }
        monday = monday.plusWeeks(1);
        JOINED.faults("{\"500\": {\"match\": \"GET /v2/slots\"}}");
        assertThat(ask("&branch=berlin&name=Check-up").statusCode()).isEqualTo(503);
    }

    @Test
    void theNextOneIsBookedUntilNoneIsLeft() {
        String start = starts().get(2);
        String key = UUID.randomUUID().toString();
        ObjectNode body = body(start, Booker.email());
        HttpResponse<String> first = BOOKER.book(key, body);
        assertThat(booked(first).path("branch").asText()).isEqualTo("berlin");
        assertThat(BOOKER.book(key, body).body()).isEqualTo(first.body());
        JsonNode second = booked(BOOKER.book(UUID.randomUUID().toString(), body(start, Booker.email())));
        assertThat(List.of(HubExtension.json(first).path("eventTypeId").asLong(), second.path("eventTypeId").asLong())).containsExactlyInAnyOrderElementsOf(CHECK_UPS);

        HttpResponse<String> third = BOOKER.book(null, body(start, Booker.email()));
        assertThat(third.statusCode()).as(third.body()).isEqualTo(409);
        JsonNode alternatives = HubExtension.json(third).path("alternatives");
        assertThat(alternatives).hasSize(3).allSatisfy(one -> assertThat(one.path("eventTypeId").asLong()).isIn(CHECK_UPS));
        assertThat(alternatives.findValuesAsText("start")).doesNotHaveDuplicates().doesNotContain(start);
    }

    @Test
    void withoutAKeyTheSameRequestIsTheSameBooking() {
        String email = Booker.email();
        ObjectNode body = body(starts().get(2), email);
        JsonNode first = booked(BOOKER.book(null, body));
        assertThat(booked(BOOKER.book(null, body.put("name", "Check-up").put("branch", "berlin"))).path("uid")).isEqualTo(first.path("uid"));
        assertThat(BOOKER.inSandbox(email)).hasSize(1);
        assertThat(hub().post("/api/bookings/" + first.path("id").asText() + "/cancel", "{}").statusCode()).isEqualTo(200);
        assertThat(booked(BOOKER.book(null, body)).path("uid")).isNotEqualTo(first.path("uid"));
    }

    @Test
    void whatIsTakenUnnoticedIsTriedAndThenTheOther() {
        String start = starts().get(2);
        String night = monday + "T01:00:00Z";
        assertThat(BOOKER.book(null, body(night, Booker.email())).statusCode()).as("fills the cache").isEqualTo(409);
        long next = hub().db().sql("SELECT last_value + 1 FROM booking_intent_id_seq").query(Long.class).single();
        long chosenFirst = CHECK_UPS.get((int) (next % 2));
        takeUnnoticed(chosenFirst, start);
        int before = bookingsAsked();
        String email = Booker.email();
        JsonNode appointment = booked(BOOKER.book(UUID.randomUUID().toString(), body(start, email)));
        assertThat(appointment.path("eventTypeId").asLong()).isIn(CHECK_UPS).isNotEqualTo(chosenFirst);
        assertThat(bookingsAsked() - before).as("one was refused").isEqualTo(2);
        assertThat(BOOKER.inSandbox(email)).hasSize(1);
    }

    @Test
    void anUnknownOutcomeIsLookedUpWithTheSameEventType() {
        List<String> starts = starts();
        JOINED.faults("{\"500-after-success\": {\"match\": \"POST /v2/bookings\", \"times\": 1}}");
        String email = Booker.email();
        booked(BOOKER.book(UUID.randomUUID().toString(), body(starts.get(1), email)));
        assertThat(BOOKER.inSandbox(email)).hasSize(1);

        JOINED.faults("{\"hang\": {\"match\": \"POST /v2/bookings\", \"times\": 1}}");
        String late = Booker.email();
        String key = UUID.randomUUID().toString();
        HttpResponse<String> pending = BOOKER.book(key, body(starts.get(3), late));
        assertThat(pending.statusCode()).as(pending.body()).isEqualTo(202);
        long inHand = HubExtension.json(pending).path("eventTypeId").asLong();
        await().untilAsserted(() -> assertThat(BOOKER.book(key, body(starts.get(3), late)).statusCode()).isEqualTo(201));
        assertThat(BOOKER.inSandbox(late)).hasSize(1);
        assertThat(hub().getJson("/api/appointments?email=" + late).at("/items/0/eventTypeId").asLong()).isEqualTo(inHand);
    }

    @Test
    void whileCalcomIsAwayItWaitsAndIsBookedOnce() {
        String start = starts().get(2);
        monday = monday.plusDays(1);
        JOINED.faults("{\"500\": true}");
        String email = Booker.email();
        String key = UUID.randomUUID().toString();
        HttpResponse<String> waiting = BOOKER.book(key, body(start, email));
        assertThat(waiting.statusCode()).as(waiting.body()).isEqualTo(202);
        JOINED.allIsWell();
        await().untilAsserted(() -> assertThat(BOOKER.book(key, body(start, email)).statusCode()).isEqualTo(201));
        assertThat(BOOKER.inSandbox(email)).hasSize(1);
    }

    @Test
    void ofManyAtOnceAsManyBookAsThereAreHosts() {
        String start = starts().get(2);
        ExecutorService callers = Executors.newFixedThreadPool(6);
        try {
            List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 6).mapToObj(i -> CompletableFuture.supplyAsync(() ->
                    BOOKER.book(UUID.randomUUID().toString(), body(start, Booker.email())), callers)).toList();
            List<HttpResponse<String>> all = answers.stream().map(CompletableFuture::join).toList();
            assertThat(all).extracting(HttpResponse::statusCode).as(all.stream().map(HttpResponse::body).toList().toString())
                    .containsExactlyInAnyOrder(201, 201, 409, 409, 409, 409);
        } finally {
            callers.shutdown();
        }
    }

    /** Four want each of three starts that two hosts have, and Cal.com fails in every way: nobody is booked twice. */
    @Test
    void whoeverIsToldThatItIsBookedIsBookedOnceWhateverFails() {
        List<String> starts = starts();
        JOINED.faults("""
                {"drop-connection": {"match": "POST /v2/bookings$", "times": 3}, "500-after-success": {"match": "POST /v2/bookings$", "times": 2},
                 "hang": {"match": "POST /v2/bookings$", "times": 1}}""");
        record Caller(String start, String email, String key) {
        }
        List<Caller> callers = IntStream.range(0, 12).mapToObj(i -> new Caller(starts.get(2 * (i % 3)), Booker.email(), UUID.randomUUID().toString())).toList();
        ExecutorService threads = Executors.newFixedThreadPool(12);
        try {
            callers.stream().map(caller -> CompletableFuture.runAsync(() -> BOOKER.book(caller.key(), body(caller.start(), caller.email())), threads)).toList()
                    .forEach(CompletableFuture::join);
        } finally {
            threads.shutdown();
        }
        JOINED.allIsWell();
        Map<String, Integer> booked = new TreeMap<>();
        for (Caller caller : callers) {
            HttpResponse<String> answer = await().until(() -> BOOKER.book(caller.key(), body(caller.start(), caller.email())), BranchBookingTest::isLast);
            int told = answer.statusCode() == 201 ? 1 : 0;
            assertThat(BOOKER.inSandbox(caller.email())).as(answer.body()).hasSize(told);
            booked.merge(caller.start(), told, Integer::sum);
        }
        assertThat(booked.values()).containsExactly(2, 2, 2);
    }

    /** Who was told that a person sees to it, and then finds it taken, is not told otherwise. */
    private static boolean isLast(HttpResponse<String> answer) {
        return answer.statusCode() != 202 || HubExtension.json(answer).path("manualBookingReason").asText().startsWith("slot_taken");
    }

    @Test
    void aSeriesIsBookedWithTheOneThatHasItsFirstDate() {
        String start = starts().get(2);
        long taken = booked(BOOKER.book(null, body(start, Booker.email()))).path("eventTypeId").asLong();
        String email = Booker.email();
        ObjectNode body = body(start, email);
        body.putObject("recurrence").put("count", 3).put("interval", "daily");
        HttpResponse<String> series = BOOKER.book(null, body);
        assertThat(booked(series).path("items")).hasSize(3).allSatisfy(item ->
                assertThat(item.at("/appointment/eventTypeId").asLong()).isIn(CHECK_UPS).isNotEqualTo(taken));
        assertThat(booked(BOOKER.book(null, body)).path("seriesUid")).isEqualTo(HubExtension.json(series).path("seriesUid"));
        assertThat(BOOKER.inSandbox(email)).hasSize(3);
    }

    /** Cal.com has booked a date and said 500: what became of it is looked up with the event type that was chosen. */
    @Test
    void anUnknownDateOfASeriesIsLookedUpWithTheChosenOne() {
        String email = Booker.email();
        ObjectNode body = body(starts().get(2), email);
        body.putObject("recurrence").put("count", 2).put("interval", "daily");
        JOINED.faults("{\"500-after-success\": {\"match\": \"POST /v2/bookings$\", \"times\": 1}}");
        String key = UUID.randomUUID().toString();
        BOOKER.book(key, body);
        HttpResponse<String> last = await().until(() -> BOOKER.book(key, body), answer -> answer.statusCode() != 202);
        assertThat(booked(last).path("items")).hasSize(2);
        assertThat(BOOKER.inSandbox(email)).hasSize(2).noneMatch(booking -> booking.path("status").asText().equals("cancelled"));
    }

    /** As many as a name may mean, all with one host, who is taken unnoticed: each is tried, and the caller is told. */
    @Test
    void asManyAsANameMayMeanAreTriedOneAfterTheOther() {
        int host = JOINED.ask("GET", "/teams/" + TEAM + "/memberships", null, null).path(0).path("userId").asInt();
        List<Long> many = IntStream.range(0, 20).mapToObj(i -> JOINED.ask("POST", "/teams/" + TEAM + "/event-types", "2024-06-14", """
                {"title": "Big check", "slug": "berlin-big-check-%d", "lengthInMinutes": 30, "schedulingType": "collective", "hosts": [{"userId": %d}]}"""
                .formatted(i, host)).path("id").asLong()).toList();
        assertThat(HubExtension.json(hub().post("/api/event-types/sync", "")).path("status").asText()).isEqualTo("complete");
        List<JsonNode> slots = slots(HubExtension.json(ask("&branch=berlin&name=Big%20check")));
        String start = slots.get(0).path("start").asText();
        ObjectNode early = body(monday + "T01:00:00Z", Booker.email()).put("name", "Big check");
        assertThat(BOOKER.book(null, early).statusCode()).as("fills the cache").isEqualTo(409);
        takeUnnoticed(many.get(0), start);
        int before = bookingsAsked();
        String key = UUID.randomUUID().toString();
        ObjectNode body = body(start, Booker.email()).put("name", "Big check");
        HttpResponse<String> answer = BOOKER.book(key, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        assertThat(HubExtension.json(answer).path("alternatives")).hasSize(3);
        assertThat(bookingsAsked() - before).isEqualTo(20);
    }

    /** What this node's cache holds is no reason to say "taken": the cancellation may be another node's. */
    @Test
    void whatIsFreeAgainUnnoticedIsBooked() {
        String start = starts().get(2);
        CHECK_UPS.forEach(id -> takeUnnoticed(id, start));
        await().untilAsserted(() -> assertThat(BOOKER.book(null, body(start, Booker.email())).statusCode()).as("fills the cache").isEqualTo(409));
        JOINED.faults("{\"webhooks-dropped\": true}");
        JOINED.sandboxBookings().forEach(booking -> {
            if (OffsetDateTime.parse(start).toInstant().equals(Instant.parse(booking.path("start").asText()))) {
                JOINED.ask("POST", "/bookings/" + booking.path("uid").asText() + "/cancel", "2024-08-13", "{\"cancellationReason\": \"free\"}");
            }
        });
        JOINED.faults("{}");
        await().atMost(Duration.ofSeconds(12)).untilAsserted(() -> assertThat(BOOKER.book(null, body(start, Booker.email())).statusCode()).isEqualTo(201));
    }

    /** The one whose length it is anyway, and one that has to be told: each is asked for what it is booked for. */
    @Test
    void eachIsAskedForTheLengthThatItIsBookedFor() {
        List<Integer> hosts = new ArrayList<>();
        JOINED.ask("GET", "/teams/" + TEAM + "/memberships", null, null).forEach(member -> hosts.add(member.path("userId").asInt()));
        long fixed = JOINED.ask("POST", "/teams/" + TEAM + "/event-types", "2024-06-14", """
                {"title": "Talk", "slug": "berlin-talk-1", "lengthInMinutes": 30, "schedulingType": "collective", "hosts": [{"userId": %d}]}"""
                .formatted(hosts.get(0))).path("id").asLong();
        long several = JOINED.ask("POST", "/teams/" + TEAM + "/event-types", "2024-06-14", """
                {"title": "Talk", "slug": "berlin-talk-2", "lengthInMinutes": 60, "lengthInMinutesOptions": [30, 60], "schedulingType": "collective",
                 "hosts": [{"userId": %d}]}""".formatted(hosts.get(1))).path("id").asLong();
        assertThat(HubExtension.json(hub().post("/api/event-types/sync", "")).path("status").asText()).isEqualTo("complete");
        List<JsonNode> slots = slots(HubExtension.json(ask("&branch=berlin&name=talk&duration=30")));
        String last = slots.get(slots.size() - 1).path("start").asText();
        takeUnnoticed(fixed, last);
        ObjectNode body = body(last, Booker.email()).put("name", "Talk").put("lengthInMinutes", 30);
        assertThat(booked(BOOKER.book(null, body)).path("eventTypeId").asLong()).isEqualTo(several);
    }

    /** That one has reached its limit says nothing of the other. */
    @Test
    void whereOneHasReachedItsLimitTheOtherIsBooked() {
        List<Integer> hosts = new ArrayList<>();
        JOINED.ask("GET", "/teams/" + TEAM + "/memberships", null, null).forEach(member -> hosts.add(member.path("userId").asInt()));
        List<Long> both = IntStream.range(0, 2).mapToObj(i -> JOINED.ask("POST", "/teams/" + TEAM + "/event-types", "2024-06-14", """
                {"title": "Rare", "slug": "berlin-rare-%d", "lengthInMinutes": 30, "schedulingType": "collective", "hosts": [{"userId": %d}],
                 "bookingLimitsCount": {"day": 1}}""".formatted(i, hosts.get(i))).path("id").asLong()).sorted().toList();
        assertThat(HubExtension.json(hub().post("/api/event-types/sync", "")).path("status").asText()).isEqualTo("complete");
        List<JsonNode> slots = slots(HubExtension.json(ask("&branch=berlin&name=rare")));
        ObjectNode night = body(monday + "T01:00:00Z", Booker.email()).put("name", "Rare");
        assertThat(BOOKER.book(null, night).statusCode()).as("fills the cache").isEqualTo(409);
        long first = both.get((int) (hub().db().sql("SELECT last_value + 1 FROM booking_intent_id_seq").query(Long.class).single() % 2));
        takeUnnoticed(first, slots.get(slots.size() - 1).path("start").asText());
        int before = bookingsAsked();
        JsonNode appointment = booked(BOOKER.book(null, body(slots.get(0).path("start").asText(), Booker.email()).put("name", "Rare")));
        assertThat(appointment.path("eventTypeId").asLong()).isIn(both).isNotEqualTo(first);
        assertThat(bookingsAsked() - before).as("one was refused").isEqualTo(2);
    }

    /** What was taken is carried out, and the same key is told so, also where the branch has another name meanwhile. */
    @Test
    void theSameKeyIsToldTheSameWhileAnEventTypeIsBeingChosen() {
        ObjectNode body = body(starts().get(2), Booker.email());
        monday = monday.plusWeeks(1);
        body.put("start", monday + "T10:00:00+01:00");
        String key = UUID.randomUUID().toString();
        JOINED.faults("{\"hang\": {\"match\": \"GET /v2/slots\", \"times\": 4}}");
        HttpResponse<String> pending = BOOKER.post("/api/bookings", body, Map.of("Idempotency-Key", key, "X-Deadline-Ms", "300"));
        assertThat(pending.statusCode()).as(pending.body()).isEqualTo(202);
        administer("PATCH", "/api/branches/berlin", "{\"slug\":\"mitte\"}");
        try {
            HttpResponse<String> again = BOOKER.post("/api/bookings", body, Map.of("Idempotency-Key", key, "X-Deadline-Ms", "300"));
            assertThat(again.statusCode()).as(again.body()).isIn(201, 202);
        } finally {
            administer("PATCH", "/api/branches/mitte", "{\"slug\":\"berlin\"}");
            JOINED.allIsWell();
        }
    }

    /** It waits without ever having been sent, and the one that was chosen is gone from Cal.com meanwhile. */
    @Test
    void whatWaitsIsBookedWithTheOtherWhereTheChosenOneIsGone() {
        String start = starts().get(2);
        String email = Booker.email();
        ObjectNode body = body(start, email);
        long gone = CHECK_UPS.get(0);
        hub().db().sql("UPDATE event_type SET is_active = false WHERE calcom_event_type_id = :gone").param("gone", gone).update();
        try {
            long intent = hub().db().sql("""
                    INSERT INTO booking_intent (company_id, idempotency_key, derived, kind, request_hash, request, stamp, event_type_ids, status, settled, next_attempt_at)
                    VALUES (1, :key, false, 'book', '', :body::json, :key, ARRAY[:gone, :other]::bigint[], 'pending', true, now()) RETURNING id""")
                    .param("key", UUID.randomUUID().toString()).param("body", body.toString()).param("gone", gone).param("other", CHECK_UPS.get(1))
                    .query(Long.class).single();
            String status = await().until(() -> hub().db().sql("SELECT status FROM booking_intent WHERE id = :id").param("id", intent).query(String.class).single(),
                    now -> now.equals("done") || now.equals("refused"));
            assertThat(status).isEqualTo("done");
            assertThat(BOOKER.inSandbox(email)).hasSize(1);
        } finally {
            hub().db().sql("UPDATE event_type SET is_active = true WHERE calcom_event_type_id = :gone").param("gone", gone).update();
        }
    }

    /** A series is not tried with one after the other, so it does not begin with one that was free half a minute ago. */
    @Test
    void aSeriesIsNotChosenFromMemory() {
        String start = starts().get(2);
        assertThat(BOOKER.book(null, body(monday + "T01:00:00Z", Booker.email())).statusCode()).as("fills the cache").isEqualTo(409);
        long next = hub().db().sql("SELECT last_value + 1 FROM booking_intent_id_seq").query(Long.class).single();
        long chosenFirst = CHECK_UPS.get((int) (next % 2));
        takeUnnoticed(chosenFirst, start);
        ObjectNode body = body(start, Booker.email());
        body.putObject("recurrence").put("count", 2).put("interval", "daily");
        // What was asked less than two seconds ago is not asked again: Cal.com would say the same.
        String isLater = "SELECT 1 WHERE now() > (SELECT max(created_at) + interval '3 seconds' FROM booking_intent)";
        await().until(() -> hub().db().sql(isLater).query(Integer.class).optional().isPresent());
        assertThat(booked(BOOKER.book(null, body)).path("items")).hasSize(2).allSatisfy(item ->
                assertThat(item.at("/appointment/eventTypeId").asLong()).isNotEqualTo(chosenFirst));
    }

    /** The line is cut in the middle of a request: it must not be tried with the other one until it is known what came of it. */
    @Test
    void aTakeOverGoesOnWithTheOneInHand() {
        String start = starts().get(2);
        String email = Booker.email();
        String key = UUID.randomUUID().toString();
        JOINED.faults("{\"drop-connection\": {\"match\": \"POST /v2/bookings$\", \"times\": 1}}");
        BOOKER.post("/api/bookings", body(start, email), Map.of("Idempotency-Key", key, "X-Deadline-Ms", "300"));
        await().untilAsserted(() -> assertThat(BOOKER.book(key, body(start, email)).statusCode()).isEqualTo(201));
        assertThat(BOOKER.inSandbox(email)).hasSize(1);
        assertThat(hub().db().sql("SELECT refused_event_type_ids = '{}' FROM booking_intent WHERE idempotency_key = :key").param("key", key)
                .query(Boolean.class).single()).isTrue();
    }
}
