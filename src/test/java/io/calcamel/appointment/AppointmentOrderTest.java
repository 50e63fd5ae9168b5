package io.calcamel.appointment;

import static io.calcamel.Deliveries.cancelled;
import static io.calcamel.Deliveries.confirmed;
import static io.calcamel.Deliveries.created;
import static io.calcamel.Deliveries.createdByPhone;
import static io.calcamel.Deliveries.meeting;
import static io.calcamel.Deliveries.moved;
import static io.calcamel.Deliveries.noShow;
import static io.calcamel.Deliveries.paid;
import static io.calcamel.Deliveries.paymentInitiated;
import static io.calcamel.Deliveries.reassigned;
import static io.calcamel.Deliveries.recordingReady;
import static io.calcamel.Deliveries.rejected;
import static io.calcamel.Deliveries.requested;
import static io.calcamel.Deliveries.rescheduleAsked;
import static io.calcamel.Deliveries.rescheduled;
import static io.calcamel.Deliveries.seatCancelled;
import static io.calcamel.Deliveries.seatMoved;
import static io.calcamel.Deliveries.seatPaid;
import static io.calcamel.Deliveries.seatTaken;
import static io.calcamel.Deliveries.slotCancelled;
import static io.calcamel.Deliveries.slotMoved;
import static io.calcamel.Deliveries.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.http.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever the order in which the deliveries of a life arrive, and however often, the appointments end the same, ids and
 * updatedAt aside. Deliveries go in through the webhook endpoint and appointments are read through the API.
 */
class AppointmentOrderTest {

    private static final HubExtension HUB = new HubExtension().with("inbox.retry.delays", "10ms,10ms,10ms,10ms,10ms,10ms,10ms,10ms");
    private static final ExecutorService SENDERS = Executors.newFixedThreadPool(8);
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Map<String, Map<String, JsonNode>> IN_ORDER = new ConcurrentHashMap<>();

    /**
     * The deliveries of one life in the order in which Cal.com sends them. In uids and seats, # stands for what makes
     * them those of one try.
     */
    record Life(String name, List<ObjectNode> deliveries) {

        static Life of(String name, ObjectNode... deliveries) {
            return new Life(name, List.of(deliveries));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Life> LIVES = List.of(
            Life.of("created, cancelled",
                    created("A#", 1), cancelled("A#", 2)),
            Life.of("requested, confirmed, cancelled",
                    requested("A#", 1), confirmed("A#", 2), cancelled("A#", 3)),
            Life.of("requested, rejected",
                    requested("A#", 1), rejected("A#", 2)),
            Life.of("requested, rejected, confirmed after all",
                    requested("A#", 1), rejected("A#", 2), confirmed("A#", 3)),
            Life.of("requested, confirmed, rejected after all",
                    requested("A#", 1), confirmed("A#", 2), rejected("A#", 3)),
            Life.of("paid",
                    paymentInitiated("A#", 1), paid("A#", 2, "ACCEPTED"), created("A#", 3)),
            Life.of("paid and confirmed",
                    paymentInitiated("A#", 1), paid("A#", 2, "PENDING"), requested("A#", 3), confirmed("A#", 4)),
            Life.of("paid, not confirmed yet",
                    paymentInitiated("A#", 1), paid("A#", 2, "PENDING"), requested("A#", 3)),
            Life.of("rescheduled twice, cancelled",
                    created("A#", 1), rescheduled("B#", "A#", 2, "2027-01-12"), rescheduled("C#", "B#", 3, "2027-01-13"), cancelled("C#", 4)),
            Life.of("rescheduled four times, the retired ones cancelled",
                    created("A#", 1), rescheduled("B#", "A#", 2, "2027-01-12"), cancelled("A#", 3), rescheduled("C#", "B#", 4, "2027-01-13"),
                    rescheduled("D#", "C#", 5, "2027-01-14"), cancelled("B#", 6), rescheduled("E#", "D#", 7, "2027-01-15")),
            Life.of("the host asks for another time, and gets it",
                    created("A#", 1), rescheduleAsked("A#", 2), rescheduled("B#", "A#", 3, "2027-01-12"), meeting("MEETING_STARTED", "B#")),
            Life.of("cancelled before it was heard of, with another place and host",
                    created("A#", 1), moved("A#", 2, "https://meet.example.com/new"), reassigned("A#", 3, "mira@example.com"), cancelled("A#", 4)),
            Life.of("seats",
                    seatTaken("A#", "s1#", "one@example.org", 1), seatTaken("A#", "s2#", "two@example.org", 2),
                    seatCancelled("A#", "two@example.org", 3), seatTaken("A#", "s3#", "two@example.org", 4),
                    seatCancelled("A#", "one@example.org", 5)),
            Life.of("seats, all given up",
                    seatTaken("A#", "s1#", "one@example.org", 1), seatTaken("A#", "s2#", "two@example.org", 2),
                    seatCancelled("A#", "one@example.org", 3), seatCancelled("A#", "two@example.org", 4)),
            Life.of("a seat moves there and back",
                    seatTaken("A#", "s1#", "one@example.org", 1), seatTaken("A#", "s2#", "two@example.org", 2),
                    seatMoved("B#", "s3#", "A#", "two@example.org", 3), seatMoved("A#", "s4#", "s3#", "two@example.org", 4),
                    seatCancelled("A#", "one@example.org", 5)),
            Life.of("a seat keeps its uid when it moves, and moves again",
                    seatTaken("A#", "s1#", "one@example.org", 1), seatTaken("B#", "s2#", "two@example.org", 2),
                    seatMoved("B#", "s1#", "s1#", "one@example.org", 3), seatMoved("C#", "s1#", "s1#", "one@example.org", 4)),
            Life.of("paid seats, and the host moves and cancels the slot",
                    seatTaken("A#", "s1#", "one@example.org", 1), seatPaid("A#", "one@example.org", 2), seatTaken("A#", "s2#", "two@example.org", 3),
                    slotMoved("A#", "A#", 4, "one@example.org", "two@example.org"), slotMoved("B#", "A#", 5, "one@example.org", "two@example.org"),
                    slotCancelled("B#", 6, "one@example.org", "two@example.org")),
            Life.of("a request that says what it replaces, and is confirmed",
                    created("A#", 1), with(requested("B#", 2), payload -> payload.put("rescheduleUid", "A#").put("rescheduleId", 1)), confirmed("B#", 3)),
            Life.of("a series, one occurrence cancelled",
                    occurrence("A#", 1), occurrence("B#", 1), occurrence("C#", 1), cancelled("B#", 2)),
            Life.of("no-show set, unset and set, meeting over, recording",
                    created("A#", 1), meeting("MEETING_STARTED", "A#"), meeting("MEETING_ENDED", "A#"), noShow("A#", 2, "zoe@example.org", true),
                    noShow("A#", 3, "zoe@example.org", false), noShow("A#", 4, "zoe@example.org", true), recordingReady("A#", 5)),
            Life.of("phone only, rescheduled",
                    createdByPhone("A#", 1), with(rescheduled("B#", "A#", 2, "2027-01-12"), payload -> payload.set("attendees",
                            createdByPhone("A#", 1).path("payload").path("attendees"))), noShow("B#", 3, "4915112345678@sms.cal.com", true)),
            Life.of("metadata that later deliveries lack or change",
                    with(requested("A#", 1), payload -> payload.withObject("metadata").put("lead", "1").put("stage", "new")),
                    confirmed("A#", 2), with(moved("A#", 3, "Berlin"), payload -> payload.withObject("metadata").put("stage", "won")),
                    meeting("MEETING_STARTED", "A#"), cancelled("A#", 4)));

    private static ObjectNode occurrence(String uid, int at) {
        return with(created(uid, at), payload -> payload.putObject("recurringEvent").put("freq", 2).put("count", 3).put("interval", 1));
    }

    @BeforeContainer
    static void start() throws Exception {
        HUB.beforeAll(null);
    }

    @AfterContainer
    static void stop() {
        SENDERS.shutdownNow();
        HUB.afterAll(null);
    }

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void anyOrderEndsTheSameWhenAppliedOneByOne(@ForAll("arrivals") Arrivals arrivals) {
        String suffix = nextTry();
        for (ObjectNode delivery : arrivals.deliveries()) {
            send(delivery, suffix);
            awaitSettled(suffix);
        }
        assertThat(appointments(arrivals.life(), suffix)).as("%s", arrivals).isEqualTo(inOrder(arrivals.life()));
    }

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void anyOrderEndsTheSameWhenAppliedAtTheSameTime(@ForAll("arrivals") Arrivals arrivals) throws Exception {
        String suffix = nextTry();
        List<Future<?>> sent = new ArrayList<>();
        arrivals.deliveries().forEach(delivery -> sent.add(SENDERS.submit(() -> send(delivery, suffix))));
        for (Future<?> one : sent) {
            one.get();
        }
        awaitSettled(suffix);
        assertThat(appointments(arrivals.life(), suffix)).as("%s", arrivals).isEqualTo(inOrder(arrivals.life()));
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void applyingALifeAgainChangesNothingAtAll(@ForAll("arrivals") Arrivals arrivals) {
        String suffix = nextTry();
        arrivals.deliveries().forEach(delivery -> send(delivery, suffix));
        awaitSettled(suffix);
        List<Map<String, Object>> before = rows(suffix);
        HUB.db().sql("UPDATE delivery SET status = 'pending', next_attempt_at = now() WHERE booking_uid LIKE :uids").param("uids", "%" + suffix).update();
        awaitSettled(suffix);
        assertThat(rows(suffix)).as("%s, with ids and updatedAt", arrivals).isEqualTo(before);
    }

    /** The deliveries of a life as they arrive: each at least once, in any order. */
    record Arrivals(Life life, List<ObjectNode> deliveries) {

        @Override
        public String toString() {
            return life + ": " + deliveries.stream().map(d -> d.path("triggerEvent").asText() + " " + d.path("createdAt").asText()).toList();
        }
    }

    @Provide
    Arbitrary<Arrivals> arrivals() {
        return Arbitraries.of(LIVES).flatMap(life -> {
            Arbitrary<List<ObjectNode>> repeats = Arbitraries.of(life.deliveries()).map(AppointmentOrderTest::copy).list().ofMaxSize(4);
            return repeats.flatMap(again -> {
                List<ObjectNode> all = new ArrayList<>(life.deliveries());
                all.addAll(again);
                return Arbitraries.shuffle(all).map(order -> new Arrivals(life, order));
            });
        });
    }

    /** A copy for another subscription level, sent some milliseconds later; a flat one keeps its createdAt, the booking's. */
    private static ObjectNode copy(ObjectNode delivery) {
        ObjectNode copy = delivery.deepCopy();
        if (delivery.has("payload")) {
            copy.put("createdAt", Instant.parse(delivery.path("createdAt").asText()).plusMillis(7).toString());
        }
        return copy;
    }

    private static String nextTry() {
        return "-" + COUNT.incrementAndGet() + "-";
    }

    private static void send(ObjectNode delivery, String suffix) {
        assertThat(HUB.deliver(delivery.toString().replace("#", suffix)).statusCode()).isEqualTo(200);
    }

    private static void awaitSettled(String suffix) {
        await().until(() -> HUB.db().sql("SELECT count(*) FROM delivery WHERE booking_uid LIKE :uids AND status <> 'applied'")
                .param("uids", "%" + suffix).query(Long.class).single() == 0);
    }

    private static Map<String, JsonNode> inOrder(Life life) {
        return IN_ORDER.computeIfAbsent(life.name(), name -> {
            String suffix = nextTry();
            for (ObjectNode delivery : life.deliveries()) {
                send(delivery, suffix);
                awaitSettled(suffix);
            }
            return appointments(life, suffix);
        });
    }

    /** What a caller sees of every uid of a life, with the same names in every try. */
    private static Map<String, JsonNode> appointments(Life life, String suffix) {
        Map<String, JsonNode> seen = new TreeMap<>();
        for (ObjectNode delivery : life.deliveries()) {
            String uid = delivery.path("uid").asText(delivery.path("payload").path("uid").asText(delivery.path("payload").path("bookingUid").asText()));
            try {
                ObjectNode json = (ObjectNode) Json.MAPPER.readTree(HUB.get("/api/appointments/" + uid.replace("#", suffix)).body().replace(suffix, "#"));
                json.remove(List.of("id", "updatedAt"));
                seen.put(uid, json);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        return seen;
    }

    private static List<Map<String, Object>> rows(String suffix) {
        return HUB.db().sql("""
                SELECT b.uid, b.status, b.facts::text, b.seat_uids::text, a.id, a.document::text, a.updated_at
                FROM booking b LEFT JOIN appointment a ON a.id = b.appointment_id WHERE b.uid LIKE :uids ORDER BY b.uid""")
                .param("uids", "%" + suffix).query().listOfRows();
    }
}
