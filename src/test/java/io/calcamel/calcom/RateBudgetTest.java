package io.calcamel.calcom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one API key may ask, and who goes first. */
class RateBudgetTest {

    private static final Duration NOT_AT_ALL = Duration.ZERO;
    private static final Duration LONG = Duration.ofSeconds(10);

    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        callers.shutdownNow();
    }

    private static Calcom.Budget budget(int perMinute, int perSecond) {
        return new Calcom.Budget(perMinute, perSecond, 30, 100, Duration.ofSeconds(60));
    }

    @Property(tries = 300)
    void inNoMinuteAndNoSecondAreThereMoreCallsThanAllowed(@ForAll @IntRange(min = 1, max = 20) int perMinute, @ForAll @IntRange(min = 1, max = 5) int perSecond,
            @ForAll @Size(min = 1, max = 400) List<@IntRange(min = 0, max = 3000) Integer> waits) throws InterruptedException {
        AtomicLong clock = new AtomicLong(-5_000_000_000L);
        RateBudget budget = new RateBudget(budget(perMinute, perSecond), clock::get);
        List<Long> calls = new ArrayList<>();
        for (int i = 0; i < waits.size(); i++) {
            clock.addAndGet(waits.get(i) * 1_000_000L);
            if (budget.take(i % 3 == 0 ? Lane.BACKGROUND : Lane.LIVE, NOT_AT_ALL)) {
                calls.add(clock.get());
            }
        }
        assertThat(most(calls, Duration.ofSeconds(60))).isLessThanOrEqualTo(perMinute);
        assertThat(most(calls, Duration.ofSeconds(1))).isLessThanOrEqualTo(perSecond);
        assertThat(calls).isNotEmpty();
    }

    /** The most calls that lie in any window of this length. */
    private static int most(List<Long> calls, Duration window) {
        int most = 0;
        for (int first = 0; first < calls.size(); first++) {
            int last = first;
            while (last < calls.size() && calls.get(last) - calls.get(first) < window.toNanos()) {
                last++;
            }
            most = Math.max(most, last - first);
        }
        return most;
    }

    @Test
    void steadyLiveCallsDoNotStarveABackgroundOne() throws InterruptedException {
        RateBudget budget = new RateBudget(budget(100, 2), System::nanoTime);
        assertThat(budget.take(Lane.LIVE, LONG)).isTrue();
        CompletableFuture<Void> background = take(budget, Lane.BACKGROUND, Collections.synchronizedList(new ArrayList<>()));
        await().pollInterval(Duration.ofMillis(700)).atMost(LONG).until(() -> budget.take(Lane.LIVE, LONG) && background.isDone());
    }

    @Test
    void aCallWaitsForItsTurnAndNoLonger() throws InterruptedException {
        RateBudget budget = new RateBudget(budget(100, 2), System::nanoTime);
        long begin = System.nanoTime();
        for (int i = 0; i < 3; i++) {
            assertThat(budget.take(Lane.LIVE, LONG)).isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(1000), Duration.ofMillis(1900));
        assertThat(budget.take(Lane.LIVE, LONG)).isTrue();
        begin = System.nanoTime();
        assertThat(budget.take(Lane.LIVE, Duration.ofMillis(50))).as("a wait that would be too long is not begun").isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(40));
    }

    @Test
    void liveCallsGoBeforeBackgroundOnes() {
        RateBudget budget = new RateBudget(budget(1000, 2), System::nanoTime);
        List<Lane> order = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(take(budget, Lane.BACKGROUND, order));
        }
        await().until(() -> budget.state().waiting() == 2);
        for (int i = 0; i < 2; i++) {
            all.add(take(budget, Lane.LIVE, order));
        }
        all.forEach(CompletableFuture::join);
        assertThat(order).containsExactly(Lane.BACKGROUND, Lane.LIVE, Lane.LIVE, Lane.BACKGROUND, Lane.BACKGROUND);
    }

    private CompletableFuture<Void> take(RateBudget budget, Lane lane, List<Lane> order) {
        return CompletableFuture.runAsync(() -> {
            try {
                if (budget.take(lane, LONG)) {
                    order.add(lane);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, callers);
    }

    @Test
    void backgroundCallsLeaveAShareToLiveOnes() throws InterruptedException {
        AtomicLong clock = new AtomicLong();
        RateBudget budget = new RateBudget(budget(10, 100), clock::get);
        int background = 0;
        while (budget.take(Lane.BACKGROUND, NOT_AT_ALL)) {
            background++;
        }
        assertThat(background).isEqualTo(7);
        int live = 0;
        while (budget.take(Lane.LIVE, NOT_AT_ALL)) {
            live++;
        }
        assertThat(live).isEqualTo(3);
    }

    @Test
    void whatCalcomSaysOfTheKeyIsBelieved() throws InterruptedException {
        AtomicLong clock = new AtomicLong();
        RateBudget budget = new RateBudget(budget(100, 100), clock::get);
        budget.take(Lane.LIVE, NOT_AT_ALL);
        budget.learn(2, Duration.ofSeconds(30));
        assertThat(budget.take(Lane.LIVE, NOT_AT_ALL)).isTrue();
        assertThat(budget.take(Lane.LIVE, NOT_AT_ALL)).isTrue();
        assertThat(budget.take(Lane.LIVE, NOT_AT_ALL)).as("others have used the rest").isFalse();
        clock.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(budget.take(Lane.LIVE, NOT_AT_ALL)).isTrue();
    }

    @Test
    void after429NobodyAsksUntilTheReset() throws InterruptedException {
        AtomicLong clock = new AtomicLong();
        RateBudget budget = new RateBudget(budget(100, 100), clock::get);
        budget.backOff(Duration.ofSeconds(20));
        assertThat(budget.take(Lane.LIVE, NOT_AT_ALL)).isFalse();
        clock.addAndGet(Duration.ofSeconds(20).toNanos());
        assertThat(budget.take(Lane.LIVE, NOT_AT_ALL)).isTrue();
        budget.backOff(null);
        clock.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(budget.take(Lane.LIVE, NOT_AT_ALL)).as("a minute, where Cal.com does not say").isFalse();
    }

    @Test
    void moreThanMayWaitAreRefusedAtOnce() throws InterruptedException {
        RateBudget budget = new RateBudget(new Calcom.Budget(1, 1, 0, 2, Duration.ofSeconds(60)), System::nanoTime);
        assertThat(budget.take(Lane.LIVE, NOT_AT_ALL)).isTrue();
        Duration tooLong = Duration.ofMinutes(2);
        for (int i = 0; i < 2; i++) {
            callers.submit(() -> budget.take(Lane.LIVE, tooLong));
        }
        await().until(() -> budget.state().waiting() == 2);
        assertThat(budget.take(Lane.LIVE, tooLong)).isFalse();
    }

    @Test
    void aBudgetIsForgottenWhenNobodyNeedsItAnyMore() {
        AtomicLong clock = new AtomicLong();
        RateBudgets budgets = new RateBudgets(new Calcom.Budget(1, 1, 0, 10, Duration.ofSeconds(60)), LONG, LONG, clock::get);
        RateBudget silent = budgets.of(via("cal_silent"));
        silent.backOff(Duration.ofMinutes(25));
        RateBudget awaited = budgets.of(via("cal_awaited"));
        awaited.backOff(Duration.ofMinutes(30));
        callers.submit(() -> awaited.take(Lane.LIVE, Duration.ofMinutes(31)));
        await().until(() -> awaited.state().waiting() == 1);
        budgets.of(via("cal_left"));
        RateBudget used = budgets.of(via("cal_used"));

        later(clock, 11);
        assertThat(budgets.of(via("cal_used"))).as("unused until now").isNotSameAs(used);
        assertThat(budgets.size()).as("but for those that are left").isEqualTo(3);
        later(clock, 11);
        assertThat(budgets.of(via("cal_silent"))).as("silent for three minutes more").isSameAs(silent);
        later(clock, 11);
        assertThat(budgets.of(via("cal_awaited"))).isSameAs(awaited);
        later(clock, 11);
        budgets.of(via("cal_used"));
        assertThat(budgets.size()).as("it, and the one that somebody waits for").isEqualTo(2);
    }

    private static void later(AtomicLong clock, int minutes) {
        clock.addAndGet(Duration.ofMinutes(minutes).toNanos());
    }

    private static Connection via(String key) {
        return Connection.of(1, "https://api.cal.com/v2", key, ApiVersion.V2);
    }
}
