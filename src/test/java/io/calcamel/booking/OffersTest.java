package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.SandboxExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How often a start that was offered is refused when it is taken up: thirty callers and somebody outside who books once a
 * minute, for ten minutes. The ten minutes are compressed into {@code -Doffers.seconds} (10), so that bookings follow each
 * other faster than in real life; Cal.com's own delays are not: the sandbox answers a booking after
 * {@code -Doffers.answer} milliseconds (150), and lists slots from a cache of two seconds as Cal.com does. How long callers
 * think is {@code -Doffers.think}, milliseconds separated by commas (0). {@code -Doffers.held=1ms} holds nothing back. See
 * {@code bench/offers.sh}.
 */
class OffersTest {

    private static final int CALLERS = 30;
    private static final int MINUTES = 10;
    private static final int DAYS = 60;
    private static final double MOST_REFUSED = 2.0;
    private static final int SECONDS = Integer.getInteger("offers.seconds", 10);
    private static final int ANSWER = Integer.getInteger("offers.answer", 150);
    private static final String HELD = System.getProperty("offers.held", "30s");
    private static final long MINUTE = SECONDS * 1000L / MINUTES;

    @RegisterExtension
    static final SandboxExtension JOINED = new SandboxExtension().with("event-types.sync.at-start", "true").with("availability.held-back", HELD);

    private static final Booker BOOKER = new Booker(JOINED);
    private static int run;

    private record Taken(String start, int status) {
    }

    private final ConcurrentLinkedQueue<Taken> taken = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(CALLERS + 1);
    private LocalDate first;
    private Instant end;

    static List<Integer> thinking() {
        return List.of(System.getProperty("offers.think", "0").split(",")).stream().map(Integer::valueOf).toList();
    }

    @BeforeEach
    void someTimeThatNobodyHasBooked() {
        first = LocalDate.now().plusDays(3 + (long) DAYS * run++ % 300);
        JOINED.faults("{\"slow\": {\"match\": \"POST /v2/bookings$\", \"ms\": " + ANSWER + "}, \"slots-cached\": 2000}");
    }

    @ParameterizedTest
    @MethodSource("thinking")
    void whatIsOfferedCanMostlyBeBooked(int think) {
        end = Instant.now().plusSeconds(SECONDS);
        for (int i = 0; i < CALLERS; i++) {
            threads.schedule(() -> call(think), ThreadLocalRandom.current().nextLong(MINUTE), TimeUnit.MILLISECONDS);
        }
        threads.scheduleAtFixedRate(this::bookOutside, MINUTE / 2, MINUTE, TimeUnit.MILLISECONDS);
        await().pollDelay(Duration.ofSeconds(SECONDS)).atMost(Duration.ofSeconds(SECONDS + 1L)).until(() -> Instant.now().isAfter(end));
        threads.shutdown();
        await().atMost(Duration.ofSeconds(30)).until(threads::isTerminated);

        Map<Instant, String> whose = new HashMap<>();
        JOINED.sandboxBookings().forEach(booking -> whose.put(Instant.parse(booking.path("start").asText()), booking.path("attendees").path(0).path("email").asText()));
        long booked = taken.stream().filter(one -> one.status() == 201).count();
        List<Taken> refused = taken.stream().filter(one -> one.status() == 409).toList();
        long outside = refused.stream().filter(one -> whose.getOrDefault(Instant.parse(one.start()), "").startsWith("outside")).count();
        double percent = 100.0 * refused.size() / Math.max(1, booked + refused.size());
        System.out.printf("%nOffers: think %5d ms, held back %4s, ten minutes in %d s, answers after %d ms: %d taken up, %d booked, %d refused = %.1f %%"
                + " (%d outside, %d another caller), %d other%n%n", think, HELD, SECONDS, ANSWER, taken.size(), booked, refused.size(), percent, outside,
                refused.size() - outside, taken.size() - booked - refused.size());
        assertThat(whose.values()).as("booked outside").filteredOn(email -> email.startsWith("outside")).hasSizeGreaterThan(MINUTES / 2);
        assertThat(booked).as("booked").isGreaterThan(CALLERS * MINUTES / 3);
        assertThat(taken).as("neither booked nor refused").allMatch(one -> one.status() == 201 || one.status() == 409);
        if (HELD.equals("30s") && think == 0) {
            assertThat(percent).as("refused of what was offered").isLessThanOrEqualTo(MOST_REFUSED);
        }
    }

    /** Asks for a day or a week, picks a start, thinks, books, and calls again a minute later. */
    private void call(int think) {
        if (Instant.now().isAfter(end)) {
            return;
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        LocalDate from = first.plusDays(random.nextInt(DAYS - 7));
        LocalDate to = random.nextBoolean() ? from : from.plusDays(6);
        List<String> starts = new ArrayList<>();
        JsonNode slots = JOINED.hub().getJson("/api/availability?eventTypeId=" + Booker.PLAIN + "&start=" + from + "&end=" + to).path("slots");
        slots.forEach(day -> day.forEach(slot -> starts.add(slot.path("start").asText())));
        if (starts.isEmpty()) {
            // A Sunday: another day.
            threads.schedule(() -> call(think), 1, TimeUnit.MILLISECONDS);
            return;
        }
        String start = starts.get(random.nextInt(starts.size()));
        if (think == 0) {
            book(start, think);
        } else {
            threads.schedule(() -> book(start, think), think, TimeUnit.MILLISECONDS);
        }
    }

    private void book(String start, int think) {
        taken.add(new Taken(start, BOOKER.book(UUID.randomUUID().toString(), Booker.body(Booker.PLAIN, start, Booker.email())).statusCode()));
        if (Instant.now().isBefore(end)) {
            threads.schedule(() -> call(think), MINUTE / 2 + ThreadLocalRandom.current().nextLong(MINUTE), TimeUnit.MILLISECONDS);
        }
    }

    private void bookOutside() {
        JsonNode days = JOINED.askAsBooker("GET", "/slots?eventTypeId=" + Booker.PLAIN + "&start=" + first + "&end=" + first.plusDays(DAYS), "2024-09-04", null);
        List<String> starts = days.findValuesAsText("start");
        for (int i = 0; i < 5; i++) {
            try {
                JOINED.askAsBooker("POST", "/bookings", "2024-08-13", "{\"eventTypeId\":" + Booker.PLAIN + ",\"start\":\""
                        + OffsetDateTime.parse(starts.get(ThreadLocalRandom.current().nextInt(starts.size()))).toInstant()
                        + "\",\"attendee\":{\"name\":\"Jo\",\"email\":\"outside-" + UUID.randomUUID() + "@example.org\",\"timeZone\":\"Europe/Berlin\"}}");
                return;
            } catch (IllegalStateException taken) {
                // Somebody was faster; another start.
                continue;
            }
        }
    }
}
