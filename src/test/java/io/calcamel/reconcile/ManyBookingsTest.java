package io.calcamel.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import io.calcamel.fault.Reliability;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Of many bookings that are made, moved and cancelled, some of the webhooks are lost, some come twice and some in the wrong
 * order. After one run every appointment is what its booking is. {@code -Dreconcile.bookings=5000} for a large company.
 */
class ManyBookingsTest {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension().with("reconcile.grace", "1s");

    private static final int BOOKINGS = Integer.getInteger("reconcile.bookings", 300);
    private static final String VERSION = "2024-08-13";
    private static final Instant FIRST = Instant.parse("2031-01-06T08:00:00Z");

    private static long eventType(String slug, String more) {
        return BOTH.ask("POST", "/event-types", "2024-06-14", "{\"title\":\"" + slug + "\",\"slug\":\"" + slug + "\",\"lengthInMinutes\":15" + more + "}").path("id").asLong();
    }

    private static String book(long type, Instant start, int number) {
        return BOTH.askAsBooker("POST", "/bookings", VERSION, "{\"eventTypeId\":" + type + ",\"start\":\"" + start + "\",\"attendee\":{\"name\":\"Zoë " + number
                + "\",\"email\":\"zoe" + number + "@example.org\",\"timeZone\":\"Europe/Berlin\",\"language\":\"de\"},\"metadata\":{\"crm\":\"" + number + "\"}}").path("uid").asText();
    }

    /** Each booking has a quarter of an hour of its own on a working day, which is one in summer and in winter. */
    private static Instant start(int number) {
        int day = number / 24;
        return FIRST.plus(day / 5 * 7L + day % 5, ChronoUnit.DAYS).plus(number % 24 * 15L, ChronoUnit.MINUTES);
    }

    @Test
    void afterOneRunEveryAppointmentIsWhatItsBookingIs() throws Exception {
        long type = eventType("many", "");
        int lost = BOOKINGS / 10;
        int doubled = BOOKINGS / 25;
        int swapped = BOOKINGS * 3 / 50;
        // Which of the webhooks are hit is drawn; the sandbox hits the next ones.
        Random random = new Random(7);
        List<String> trouble = new ArrayList<>();
        trouble.addAll(Collections.nCopies(lost, "webhooks-dropped"));
        trouble.addAll(Collections.nCopies(doubled, "webhooks-doubled"));
        trouble.addAll(Collections.nCopies(swapped, "webhooks-swapped"));
        int changes = BOOKINGS / 5 * 2;
        while (trouble.size() < BOOKINGS + changes) {
            trouble.add(null);
        }
        Collections.shuffle(trouble, random);

        List<String> uids = new ArrayList<>();
        for (int i = 0; i < BOOKINGS; i++) {
            setFault(trouble.get(i));
            uids.add(book(type, start(i), i));
        }
        for (int i = 0; i < changes; i++) {
            setFault(trouble.get(BOOKINGS + i));
            String uid = uids.get(i);
            if (i % 2 == 0) {
                BOTH.askAsBooker("POST", "/bookings/" + uid + "/reschedule", VERSION, "{\"start\":\"" + start(BOOKINGS + i) + "\",\"reschedulingReason\":\"ill\"}");
            } else {
                BOTH.askAsBooker("POST", "/bookings/" + uid + "/cancel", VERSION, "{\"cancellationReason\":\"moved away\"}");
            }
        }
        setFault(null);
        await().atMost(Duration.ofSeconds(60)).until(() -> BOTH.hub().count("pending") == 0);
        long before = different();
        long begun = System.nanoTime();
        JsonNode run = HubExtension.json(BOTH.hub().post("/api/reconcile", "{}"));
        double seconds = (System.nanoTime() - begun) / 1e9;
        long after = different();
        Reliability.report("2-reconcile", String.format(Locale.ROOT, """
                ## Webhooks that never come

                %,d bookings are made in the sandbox, and %,d of them moved or cancelled, while webhooks are lost, doubled and swapped; then one reconcile run.

                | webhooks lost | doubled | swapped | bookings whose appointment was wrong before | after | missed webhooks found | unknown bookings found | calls to Cal.com | took |
                |---:|---:|---:|---:|---:|---:|---:|---:|---:|
                | %,d | %,d | %,d | %,d | %,d | %,d | %,d | %,d | %.1f s |
                """, BOOKINGS, changes, lost, doubled, swapped, before, after, run.path("missedWebhooks").asInt(), run.path("unknownHere").asInt(),
                run.path("calls").asInt(), seconds));
        assertThat(run.path("status").asText()).as(run.path("errors").toString()).isEqualTo("complete");
        assertThat(before).isPositive();
        assertThat(run.path("missedWebhooks").asInt()).isPositive();
        assertThat(run.path("unknownHere").asInt()).isPositive();
        assertThat(run.path("calls").asInt()).isLessThan(BOOKINGS / 50 + 10);
        assertThat(run.path("listed").asInt()).as(run.path("items").toString()).isZero();
        assertThat(after).as(lastWrong).isZero();
    }

    private static String now;

    private static void setFault(String fault) {
        if (!Objects.equals(fault, now)) {
            BOTH.faults(fault == null ? "{}" : "{\"" + fault + "\":true}");
            now = fault;
        }
    }

    /** How many of Cal.com's bookings are not what the appointment says that has their uid. */
    private static long different() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            BOTH.sandboxBookings().forEach(booking -> all.add(threads.submit(() -> isDifferent(booking))));
            long different = 0;
            for (Future<Boolean> one : all) {
                different += one.get() ? 1 : 0;
            }
            return different;
        } finally {
            threads.shutdown();
        }
    }

    private static boolean isDifferent(JsonNode booking) {
        JsonNode appointment = BOTH.hub().getJson("/api/appointments/" + booking.path("uid").asText());
        List<String> wrong = new ArrayList<>();
        if (booking.hasNonNull("rescheduledToUid")) {
            check(wrong, "replaced", List.of(booking.path("uid").asText(), booking.path("rescheduledToUid").asText()), texts(appointment.path("uids")));
            return !wrong.isEmpty();
        }
        check(wrong, "uid", booking.path("uid"), appointment.path("uid"));
        check(wrong, "status", booking.path("status").asText().equals("accepted") ? "confirmed" : booking.path("status").asText(), appointment.path("status").asText());
        check(wrong, "uids", booking.hasNonNull("rescheduledFromUid") ? List.of(booking.path("rescheduledFromUid").asText(), booking.path("uid").asText())
                : List.of(booking.path("uid").asText()), texts(appointment.path("uids")));
        for (String time : List.of("start", "end")) {
            check(wrong, time, Instant.parse(booking.path(time).asText()), Instant.parse(appointment.path(time).asText("1970-01-01T00:00:00Z")));
        }
        for (String same : List.of("title", "host", "eventTypeId")) {
            check(wrong, same, booking.path(same), appointment.path(same));
        }
        check(wrong, "calcomBookingId", booking.path("id"), appointment.path("calcomBookingId"));
        check(wrong, "meetingUrl", booking.path("location"), appointment.path("meetingUrl"));
        check(wrong, "cancellationReason", booking.path("cancellationReason").asText(""), appointment.path("cancellationReason").asText("").replace("null", ""));
        check(wrong, "crm", booking.path("metadata").path("crm"), appointment.path("metadata").path("crm"));
        booking.path("responses").properties().stream().filter(answer -> !answer.getKey().startsWith("reschedule"))
                .forEach(answer -> check(wrong, answer.getKey(), answer.getValue(), appointment.path("responses").path(answer.getKey())));
        check(wrong, "attendees", booking.path("attendees").size(), appointment.path("attendees").size());
        for (String of : List.of("name", "email", "timeZone", "language")) {
            check(wrong, of, booking.path("attendees").path(0).path(of), appointment.path("attendee").path(of));
        }
        if (!wrong.isEmpty()) {
            lastWrong = booking.path("uid").asText() + ": " + wrong;
        }
        return !wrong.isEmpty();
    }

    private static volatile String lastWrong;

    private static void check(List<String> wrong, String what, Object there, Object here) {
        if (!there.equals(here)) {
            wrong.add(what + " is " + here + " and not " + there);
        }
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
    }
}
