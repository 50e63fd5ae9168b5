package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Many callers at once, each with a booking and a key of its own, and each as persistent as callers are: what is not decided
 * is asked for again with the same key, up to five times. Afterwards what the callers were told, what the hub knows and what
 * is in the sandbox are compared, by the attendees' addresses and by the stamps in the bookings' metadata.
 *
 * <p>Of eight bookings four have a plain start of their own, but that two want the same; two are of a round robin with two
 * hosts, where a second request would be booked a second time; one is a seat, of which five want the four that there are; and
 * one lacks a required answer.
 */
final class Rush {

    /** {@code -Dbookings=500} for the acceptance. */
    static final int BOOKINGS = Integer.getInteger("bookings", 24);

    private static final int CONNECTIONS = 32;
    private static final int MOST_TRIES = 6;
    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
    private static final String HEAD = "%-26s %8s %6s %6s %6s %8s %7s %5s %5s %5s %6s %8s %8s %8s %9s".formatted("fault", "bookings", "hits",
            "201 1st", "later", "202 pend", "202 man", "409", "422", "503", "tries", "sandbox", "doubles", "unknown", "slowest ms");

    /** A caller, and what it was told. */
    private static final class Calling {
        private final String key = UUID.randomUUID().toString();
        private final String email = Booker.email();
        private final ObjectNode body;
        private final List<Integer> answers = new ArrayList<>();
        private final Set<String> statuses = new HashSet<>();
        private final Set<String> locations = new HashSet<>();
        private long slowest;

        private Calling(long eventType, String start) {
            this.body = Booker.body(eventType, start, email);
        }

        private boolean wasTold(int status) {
            return answers.contains(status);
        }

        private int last() {
            return answers.get(answers.size() - 1);
        }
    }

    private final SandboxExtension joined;
    private final Booker booker;
    private final String name;
    private final Map<String, Long> eventTypes = new HashMap<>();
    private final List<Calling> callers = new ArrayList<>();
    private final Starts starts;
    private final long deliveriesBefore;
    private final Duration moment;

    /** Starts within working hours, each given once. The sandbox lists a year, enough for ten runs of 500. */
    static final class Starts {
        private final LocalDate first = LocalDate.now(ZONE).plusWeeks(1).with(TemporalAdjusters.next(DayOfWeek.MONDAY));
        private int given;

        /** Half an hour. */
        synchronized String next() {
            return at(given++);
        }

        /** An hour. */
        synchronized String nextLong() {
            given += given % 2;
            given += 2;
            return at(given - 2);
        }

        private String at(int half) {
            int day = half / 16;
            LocalDate date = first.plusDays(day / 5 * 7L + day % 5);
            if (date.isAfter(LocalDate.now(ZONE).plusDays(360))) {
                throw new IllegalStateException("The year has no more starts: run fewer tests at a time, with -Dtest=BookingFaultsTest#…");
            }
            return date.atTime(9 + half % 16 / 2, half % 2 * 30).atZone(ZONE).toInstant().toString();
        }
    }

    /** @param moment how long callers wait before they ask again */
    Rush(SandboxExtension joined, String name, Starts starts, int bookings, Duration moment) {
        this.moment = moment;
        this.joined = joined;
        this.booker = new Booker(joined);
        this.name = name;
        this.starts = starts;
        this.deliveriesBefore = deliveries();
        joined.hub().getJson("/api/event-types?limit=100").path("items").forEach(type -> eventTypes.put(type.path("slug").asText(), type.path("id").asLong()));
        for (int i = 0; i < bookings; i++) {
            callers.add(caller(i));
        }
    }

    private Calling caller(int i) {
        return switch (i % 8) {
            case 3 -> new Calling(Booker.PLAIN, callers.get(i - 1).body.path("start").asText());
            case 4, 5 -> new Calling(eventTypes.get("whoever-is-free"), starts.next());
            case 6 -> new Calling(eventTypes.get("group-class"), i / 8 % 5 == 0 ? starts.nextLong() : callers.get(i - 8).body.path("start").asText());
            case 7 -> new Calling(eventTypes.get("new-client"), callers.get(0).body.path("start").asText());
            default -> new Calling(Booker.PLAIN, starts.next());
        };
    }

    /** All call, until each has an answer or gives up. */
    void call() {
        ScheduledExecutorService connections = Executors.newScheduledThreadPool(CONNECTIONS);
        CountDownLatch left = new CountDownLatch(callers.size());
        callers.forEach(caller -> connections.execute(() -> ask(caller, connections, left)));
        await().atMost(Duration.ofSeconds(30 + callers.size()).plus(moment.multipliedBy(MOST_TRIES))).until(() -> left.getCount() == 0);
        connections.shutdown();
    }

    private void ask(Calling caller, ScheduledExecutorService connections, CountDownLatch left) {
        boolean isThrough = true;
        try {
            isThrough = isDecided(ask(caller)) || caller.answers.size() == MOST_TRIES;
        } finally {
            if (isThrough) {
                left.countDown();
            } else {
                connections.schedule(() -> ask(caller, connections, left), moment.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private static boolean isDecided(int status) {
        return status == 201 || status == 409 || status == 422;
    }

    private int ask(Calling caller) {
        long began = System.nanoTime();
        int status;
        try {
            HttpResponse<String> answer = booker.book(caller.key, caller.body);
            status = answer.statusCode();
            caller.statuses.add(HubExtension.json(answer).path("status").asText());
            answer.headers().firstValue("Location").ifPresent(caller.locations::add);
        } catch (IllegalStateException connection) {
            status = 0;
        }
        caller.slowest = Math.max(caller.slowest, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        caller.answers.add(status);
        return status;
    }

    /**
     * Waits until the hub has nothing to do any more.
     *
     * @param allWebhooksCome whether each booking is told
     */
    void settle(boolean allWebhooksCome) {
        settle(allWebhooksCome, Duration.ofSeconds(30 + callers.size()));
    }

    void settle(boolean allWebhooksCome, Duration within) {
        await().atMost(within).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            assertThat(open()).as("intents that are being seen to").isEmpty();
            if (allWebhooksCome) {
                assertThat(deliveries() - deliveriesBefore).as("deliveries").isEqualTo(told());
            }
            assertThat(joined.hub().count("pending")).as("deliveries that are not applied").isZero();
        });
    }

    private long deliveries() {
        return joined.hub().getJson("/api/deliveries?limit=1").path("total").asLong();
    }

    /** The round robin's other host has no subscription. */
    private long told() {
        Set<String> emails = callers.stream().map(caller -> caller.email).collect(Collectors.toSet());
        return StreamSupport.stream(joined.sandboxBookings().spliterator(), false)
                .filter(booking -> !booking.path("host").asText().startsWith("jonas-")).flatMap(booking -> booking.path("attendees").findValuesAsText("email").stream())
                .filter(emails::contains).count();
    }

    private List<String> open() {
        return joined.hub().db().sql("SELECT kind || ' ' || status || ' ' || sends FROM booking_intent WHERE next_attempt_at IS NOT NULL").query(String.class).list();
    }

    /** What is known of an intent when all has settled. */
    private record Outcome(String status, String uid, Long appointment) {
    }

    /**
     * Compares, and prints a row of the table.
     *
     * @param hits how often the fault hit, for the table
     */
    void compare(long hits) {
        Map<String, List<JsonNode>> bySeat = new HashMap<>();
        Map<String, List<JsonNode>> byStamp = new HashMap<>();
        Set<String> active = new HashSet<>();
        for (JsonNode booking : joined.sandboxBookings()) {
            if (booking.path("status").asText().equals("accepted")) {
                booking.path("attendees").forEach(attendee -> {
                    bySeat.computeIfAbsent(attendee.path("email").asText(), email -> new ArrayList<>()).add(booking);
                    JsonNode metadata = attendee.has("metadata") ? attendee.path("metadata") : booking.path("metadata");
                    byStamp.computeIfAbsent(metadata.path(Intent.METADATA_KEY).asText(), stamp -> new ArrayList<>()).add(booking);
                });
            }
        }
        Map<String, String> stamps = new HashMap<>();
        Map<String, Outcome> outcomes = new HashMap<>();
        joined.hub().db().sql("SELECT idempotency_key, stamp, status, calcom_booking_uid, appointment_id, reason FROM booking_intent").query((row, n) -> {
            stamps.put(row.getString(1), row.getString(2));
            return outcomes.put(row.getString(1), new Outcome(row.getString(3), row.getString(4), row.getObject(5, Long.class)));
        }).list();
        long atSandbox = 0;
        long doubles = 0;
        long unknown = 0;
        List<String> wrong = new ArrayList<>();
        for (Calling caller : callers) {
            List<JsonNode> booked = bySeat.getOrDefault(caller.email, List.of());
            booked.forEach(booking -> active.add(booking.path("uid").asText()));
            List<JsonNode> stamped = byStamp.getOrDefault(stamps.get(caller.key), List.of());
            Outcome outcome = outcomes.get(caller.key);
            String told = caller.answers + " " + caller.statuses + ", " + booked.size() + " at the sandbox, " + outcome;
            atSandbox += booked.size();
            doubles += Math.max(0, booked.size() - 1);
            if (!booked.equals(stamped)) {
                wrong.add("by the stamp there are " + stamped.size() + ": " + told);
            }
            if (caller.wasTold(201) && booked.size() != 1 || (caller.wasTold(409) || caller.wasTold(422)) && !booked.isEmpty()) {
                wrong.add("told otherwise than it is: " + told);
            }
            if ((caller.wasTold(201) ? 1 : 0) + (caller.wasTold(409) ? 1 : 0) + (caller.wasTold(422) ? 1 : 0) > 1) {
                wrong.add("told this and that: " + told);
            }
            boolean isKnown = outcome != null && outcome.status().equals("done");
            if (isKnown != !booked.isEmpty()) {
                unknown += booked.size();
                wrong.add("what the hub believes is not so: " + told);
            }
            booked.stream().map(booking -> booking.path("uid").asText()).forEach(uid -> {
                JsonNode appointment = joined.hub().getJson("/api/appointments/" + uid);
                if (!appointment.path("status").asText().equals("confirmed") || !appointment.path("uid").asText().equals(uid)
                        || caller.locations.stream().anyMatch(location -> !joined.hub().getJson(location).path("id").equals(appointment.path("id")))) {
                    wrong.add("its appointment is " + appointment + ": " + told);
                }
            });
            if (booked.isEmpty() && outcome != null && outcome.appointment() != null) {
                JsonNode appointment = joined.hub().getJson("/api/appointments/" + outcome.appointment());
                boolean isLeft = outcome.status().equals("manual") && appointment.path("status").asText().equals("manual")
                        && appointment.path("requiresManualBooking").asBoolean() && !appointment.path("manualBookingReason").asText("").isEmpty();
                if (!isLeft && !(outcome.status().equals("refused") && appointment.path("status").asText().equals("rejected"))) {
                    wrong.add("nothing is booked, and its appointment is " + appointment + ": " + told);
                }
            }
            int again = ask(caller);
            if (!(isKnown ? again == 201 : outcome != null && outcome.status().equals("manual") ? again == 202 : again == 409 || again == 422)) {
                wrong.add("asked when all is over: " + told + " " + caller.answers);
            }
            caller.answers.remove(caller.answers.size() - 1);
        }
        System.out.println("\n" + HEAD + "\n" + HEAD.replaceAll(".", "-"));
        System.out.println("%-26s %8d %6d %6d %6d %8d %7d %5d %5d %5d %6d %8d %8d %8d %9d%n".formatted(name, callers.size(), hits,
                count(callers.stream().filter(caller -> caller.answers.get(0) == 201)),
                count(callers.stream().filter(caller -> caller.answers.get(0) != 201 && caller.last() == 201)),
                count(callers.stream().filter(caller -> caller.statuses.contains("pending"))),
                count(callers.stream().filter(caller -> caller.statuses.contains("manual"))), told(409), told(422), told(503),
                callers.stream().mapToInt(caller -> caller.answers.size()).sum(), atSandbox, doubles, unknown, slowest()));
        assertThat(wrong).isEmpty();
        assertThat(confirmed()).as("one confirmed appointment for each booking at the sandbox, and none else").containsExactlyInAnyOrderElementsOf(active);
        assertThat(told(0)).as("answers that did not come").isZero();
        assertThat(told(500) + told(502)).as("answers that say nothing").isZero();
        assertThat(slowest()).as("within the deadline").isLessThan(8_000);
        assertThat(hits).as("hits of the fault").isPositive();
    }

    private List<String> confirmed() {
        return joined.hub().db().sql("""
                SELECT calcom_booking_uid FROM appointment
                WHERE status = 'confirmed' AND merged_into IS NULL AND attendee_emails && :emails::text[]""")
                .param("emails", callers.stream().map(caller -> caller.email).toArray(String[]::new)).query(String.class).list();
    }

    private long slowest() {
        return callers.stream().mapToLong(caller -> caller.slowest).max().orElse(0);
    }

    private long told(int status) {
        return count(callers.stream().filter(caller -> caller.wasTold(status)));
    }

    private static long count(Stream<?> some) {
        return some.count();
    }
}
