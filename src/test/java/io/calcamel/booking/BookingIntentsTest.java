package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.calcamel.HubExtension;
import io.calcamel.booking.Begun.Outcome;
import io.calcamel.booking.Intent.Kind;
import io.calcamel.booking.Intent.Status;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That an intent is carried out once, on a real PostgreSQL. */
class BookingIntentsTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension();

    private static final Instant START = Instant.parse("2030-01-07T09:00:00Z");
    private static final Reply TAKEN = new Reply(409, json("code", "slot_taken"));

    private BookingIntents intents;
    private BookingIntents hasty;
    private long appointment;

    @BeforeEach
    void start() {
        intents = new BookingIntents(HUB.db(), Duration.ofMinutes(1));
        hasty = new BookingIntents(HUB.db(), Duration.ZERO);
        appointment = HUB.db().sql("""
                INSERT INTO appointment (company_id, status, calcom_booking_uid, calcom_reschedule_uid, calcom_cancel_uid, document)
                VALUES (1, 'confirmed', 'u', 'u', 'u', '{}') RETURNING id""").query(Long.class).single();
    }

    @AfterEach
    void settle() {
        HUB.db().sql("UPDATE booking_intent SET next_attempt_at = NULL").update();
    }

    private static JsonNode json(String field, String value) {
        return JsonNodeFactory.instance.objectNode().put(field, value);
    }

    private static IntentKey key() {
        return IntentKey.given(UUID.randomUUID().toString());
    }

    private static IntentKey derived(String email) {
        return IntentKey.derived(1, 7, START, email, null);
    }

    private Begun begin(IntentKey key) {
        return intents.begin(1, key, Kind.BOOK, json("start", "10:00"));
    }

    private Reply made() {
        return new Reply(201, json("name", "Zoë \u0000 \ud83d"));
    }

    @Test
    void theSameKeyGetsTheSameAnswer() {
        IntentKey key = key();
        Begun first = begin(key);
        assertThat(first.outcome()).isEqualTo(Outcome.NEW);
        assertThat(first.intent().status()).isEqualTo(Status.STARTED);
        assertThat(first.intent().stamp()).hasSize(20).matches("[\\w-]+");
        assertThat(begin(key)).usingRecursiveComparison().ignoringFields("intent.readAt").isEqualTo(new Begun(Outcome.IN_PROGRESS, first.intent()));

        assertThat(intents.sent(first.intent())).isTrue();
        assertThat(intents.sent(first.intent())).as("Cal.com is asked once").isFalse();
        assertThat(intents.done(first.intent(), "uid-1", appointment, made())).isTrue();
        assertThat(intents.done(first.intent(), "uid-2", appointment, TAKEN)).isFalse();

        Begun again = begin(key);
        assertThat(again.outcome()).isEqualTo(Outcome.ANSWERED);
        assertThat(again.intent().reply()).isEqualTo(made());
        assertThat(again.intent().calcomBookingUid()).isEqualTo("uid-1");
        assertThat(again.intent().appointmentId()).isEqualTo(appointment);
        assertThat(again.intent().stamp()).isEqualTo(first.intent().stamp());
    }

    @Test
    void whoeverWasOvertakenChoosesNoOtherEventType() {
        IntentKey key = key();
        Intent first = intents.begin(1, key, Kind.BOOK, json("start", "10:00"), List.of(7L, 8L, 9L)).intent();
        Intent chosen = intents.chosen(first, 8).orElseThrow();
        assertThat(chosen.chosenEventTypeId()).isEqualTo(8);
        assertThat(intents.sent(chosen)).isTrue();
        HUB.db().sql("UPDATE booking_intent SET next_attempt_at = now() WHERE id = :id").param("id", first.id()).update();
        Intent taken = intents.claim(1).get(0);
        assertThat(taken.chosenEventTypeId()).as("it may be booked with this one").isEqualTo(8);
        assertThat(taken.status()).isEqualTo(Status.PENDING);

        intents.refusedWithChosen(chosen);
        assertThat(intents.chosen(chosen, 7)).isEmpty();
        assertThat(intents.find(first.id())).usingRecursiveComparison().ignoringFields("readAt").isEqualTo(taken);

        intents.refusedWithChosen(taken);
        Intent next = intents.chosen(taken, 9).orElseThrow();
        assertThat(next.eventTypeIds()).containsExactly(9L, 8L, 7L);
        assertThat(next.refusedEventTypeIds()).containsExactly(8L);
        assertThat(next.sends()).as("Cal.com was not asked of this one").isZero();
        assertThat(next.status()).isEqualTo(Status.STARTED);
        assertThat(intents.done(next, "uid-8", appointment, made())).isTrue();
        assertThat(intents.chosen(next, 7)).as("it is booked").isEmpty();
    }

    @Test
    void aRefusalIsAnAnswerToo() {
        IntentKey key = key();
        Intent intent = begin(key).intent();
        assertThat(intents.refused(intent, TAKEN)).isTrue();
        assertThat(begin(key).intent().reply()).isEqualTo(TAKEN);
        assertThat(intents.sent(intent)).isFalse();
        assertThat(intents.refused(intent, made())).isFalse();
    }

    @Test
    void aKeyIsForOneRequestOfOneCompany() {
        IntentKey key = key();
        JsonNode request = JsonNodeFactory.instance.objectNode().put("a", 1).put("b", 2);
        Intent first = intents.begin(1, key, Kind.CANCEL, request).intent();
        assertThat(intents.begin(1, key, Kind.CANCEL, JsonNodeFactory.instance.objectNode().put("b", 2).put("a", 1)))
                .as("the order of fields means nothing").usingRecursiveComparison().ignoringFields("intent.readAt").isEqualTo(new Begun(Outcome.IN_PROGRESS, first));
        assertThat(intents.begin(1, key, Kind.CANCEL, json("a", "1")).outcome()).isEqualTo(Outcome.MISMATCH);
        assertThat(intents.begin(1, key, Kind.CONFIRM, request).outcome()).isEqualTo(Outcome.MISMATCH);

        HUB.db().sql("INSERT INTO company (id, slug, name) VALUES (77, 'other', 'Other') ON CONFLICT DO NOTHING").update();
        assertThat(intents.begin(77, key, Kind.CANCEL, json("a", "1")).outcome()).isEqualTo(Outcome.NEW);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 256})
    void aKeyThatCanNotBeKeptIsRefused(int length) {
        assertThatThrownBy(() -> IntentKey.given("k".repeat(length))).isInstanceOf(Problem.class).hasMessageContaining("Idempotency-Key");
        assertThat(begin(IntentKey.given(UUID.randomUUID() + "ü".repeat(219))).outcome()).isEqualTo(Outcome.NEW);
    }

    @Test
    void ofFiftyCallersAtOnceOneActsAndAllGetItsAnswer() throws Exception {
        IntentKey key = key();
        BookingIntents otherNode = new BookingIntents(HUB.db(), Duration.ofMinutes(1));
        AtomicInteger acted = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(50);
        ExecutorService callers = Executors.newFixedThreadPool(50);
        try {
            List<Future<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                BookingIntents node = i % 2 == 0 ? intents : otherNode;
                replies.add(callers.submit(() -> {
                    go.await();
                    Begun mine = node.begin(1, key, Kind.BOOK, json("start", "10:00"));
                    begun.countDown();
                    if (mine.outcome() == Outcome.NEW) {
                        acted.incrementAndGet();
                        node.sent(mine.intent());
                        // All others have come while it is under way.
                        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
                        node.done(mine.intent(), "uid-1", appointment, made());
                    }
                    return node.await(mine.intent(), Instant.now().plusSeconds(20)).reply();
                }));
            }
            go.countDown();
            for (Future<Reply> reply : replies) {
                assertThat(reply.get()).isEqualTo(made());
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(acted).hasValue(1);
    }

    @Test
    void whoeverWaitsGoesWhenTheTimeIsUpOrNobodyKnows() throws Exception {
        Intent intent = begin(key()).intent();
        Instant from = Instant.now();
        assertThat(intents.await(intent, from.plusMillis(150)).status()).isEqualTo(Status.STARTED);
        assertThat(Duration.between(from, Instant.now())).isBetween(Duration.ofMillis(100), Duration.ofSeconds(5));
        intents.sent(intent);
        intents.pending(intent, Duration.ofMinutes(1));
        assertThat(intents.await(intent, Instant.now().plusSeconds(60)).status()).isEqualTo(Status.PENDING);
    }

    @Test
    void whatWasNeverSentIsTakenOverAndItsFirstOwnerStopped() {
        IntentKey key = key();
        Intent first = hasty.begin(1, key, Kind.BOOK, json("start", "10:00")).intent();
        assertThat(intents.begin(1, key, Kind.BOOK, json("start", "11:00")).outcome()).isEqualTo(Outcome.MISMATCH);
        Begun second = begin(key);
        assertThat(second.outcome()).isEqualTo(Outcome.NEW);
        assertThat(second.intent().id()).isEqualTo(first.id());
        assertThat(second.intent().stamp()).isEqualTo(first.stamp());

        assertThat(intents.sent(first)).isFalse();
        assertThat(intents.refused(first, TAKEN)).isFalse();
        assertThat(intents.sent(second.intent())).isTrue();
    }

    @Test
    void whatWasSentIsNeverBegunAgainButLookedAt() {
        IntentKey key = key();
        Intent killed = hasty.begin(1, key, Kind.BOOK, json("start", "10:00")).intent();
        hasty.sent(killed);
        assertThat(begin(key).outcome()).isEqualTo(Outcome.IN_PROGRESS);

        Intent claimed = claimed(killed);
        assertThat(claimed.status()).isEqualTo(Status.PENDING);
        assertThat(claimed.attempt()).isEqualTo(2);
        assertThat(intents.claim(10)).as("it is in hand").isEmpty();
        assertThat(intents.pending(killed, Duration.ZERO)).isFalse();
        assertThat(intents.refused(killed, TAKEN)).isFalse();

        assertThat(intents.pending(claimed, Duration.ZERO)).isTrue();
        Intent again = claimed(killed);
        assertThat(intents.sent(again)).as("whoever has looked may send it again").isTrue();
        assertThat(intents.done(killed, "uid-1", appointment, made())).as("the first one's answer came late, and is true").isTrue();
        assertThat(intents.refused(again, TAKEN)).isFalse();
        assertThat(begin(key).intent().reply()).isEqualTo(made());
    }

    private Intent claimed(Intent intent) {
        List<Intent> claimed = intents.claim(10);
        assertThat(claimed).extracting(Intent::id).containsExactly(intent.id());
        return claimed.get(0);
    }

    @Test
    void withoutAKeyThePersonTheEventTypeAndTheStartAreTheKey() {
        IntentKey key = derived("zoe@example.org");
        assertThat(derived(" Zoe@Example.org ")).isEqualTo(key);
        assertThat(derived("zoe2@example.org")).isNotEqualTo(key);
        assertThat(IntentKey.derived(1, 8, START, "zoe@example.org", null)).isNotEqualTo(key);
        assertThat(IntentKey.derived(2, 7, START, "zoe@example.org", null)).isNotEqualTo(key);
        assertThat(IntentKey.derived(1, 7, START.plusSeconds(1), "zoe@example.org", null)).isNotEqualTo(key);
        assertThat(IntentKey.derived(1, 7, START, null, "0049 151 123-456")).isEqualTo(IntentKey.derived(1, 7, START, null, "+49151123456"));
        assertThat(key.text()).doesNotContain("zoe");
    }

    @Test
    void withoutAKeyTheSameBookingIsARepetitionForAWhile() {
        IntentKey key = derived("repeat@example.org");
        Intent first = begin(key).intent();
        assertThat(intents.begin(1, key, Kind.BOOK, json("notes", "other words")).outcome()).as("nobody gave a key to mismatch").isEqualTo(Outcome.IN_PROGRESS);
        intents.sent(first);
        intents.done(first, "uid-1", appointment, made());
        assertThat(begin(key).outcome()).isEqualTo(Outcome.ANSWERED);

        HUB.db().sql("UPDATE booking_intent SET updated_at = now() - interval '11 minutes' WHERE id = :id").param("id", first.id()).update();
        Begun later = begin(key);
        assertThat(later.outcome()).isEqualTo(Outcome.NEW);
        assertThat(later.intent().id()).isNotEqualTo(first.id());
        assertThat(intents.find(first.id()).reply()).as("nothing is forgotten").isEqualTo(made());
    }

    @Test
    void withoutAKeyWhatWasCancelledCanBeBookedAgain() {
        IntentKey key = derived("again@example.org");
        IntentKey own = key();
        for (IntentKey each : List.of(key, own)) {
            Intent intent = begin(each).intent();
            intents.sent(intent);
            intents.done(intent, "uid-1", appointment, made());
        }
        intents.letGo(appointment);
        assertThat(begin(key).outcome()).isEqualTo(Outcome.NEW);
        assertThat(begin(own).outcome()).as("a caller's key stays").isEqualTo(Outcome.ANSWERED);
    }

    @Test
    void withoutAKeyARefusalIsNotRepeated() {
        IntentKey key = derived("refused@example.org");
        Intent first = begin(key).intent();
        intents.refused(first, TAKEN);
        Begun second = begin(key);
        assertThat(second.outcome()).isEqualTo(Outcome.NEW);
        assertThat(second.intent().stamp()).isNotEqualTo(first.stamp());
        assertThat(begin(key)).usingRecursiveComparison().ignoringFields("intent.readAt").isEqualTo(new Begun(Outcome.IN_PROGRESS, second.intent()));
    }

    /** Of the one who gives it up and the one who tells that it is seen to, one comes first. */
    @Test
    void whatWasAcceptedIsNotForgone() {
        Intent told = begin(key()).intent();
        assertThat(intents.accept(told.id())).isTrue();
        assertThat(intents.forgoUnlessAccepted(told)).isFalse();
        assertThat(intents.isAccepted(told.id())).isTrue();
        Intent dropped = begin(key()).intent();
        assertThat(intents.forgoUnlessAccepted(dropped)).isTrue();
        assertThat(intents.accept(dropped.id())).isFalse();
    }

    @Test
    void nobodyWaitsForWhatWasForgone() throws InterruptedException {
        Intent intent = begin(key()).intent();
        intents.forgo(intent);
        Instant before = Instant.now();
        intents.await(intent, before.plusSeconds(30));
        assertThat(before).isAfter(Instant.now().minusSeconds(10));
    }
}
