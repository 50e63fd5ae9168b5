package io.calcamel.availability;

import io.calcamel.http.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The same question about several event types: each is put to the cache by itself, and all are waited for together. Of one
 * exchange, and so of one thread.
 */
final class AnySearch {

    private final String branch;
    private final String name;
    private final List<Question> questions;
    private final List<Asked> asked = new ArrayList<>();

    private record Asked(Question question, CachedAvailability.Asked answer) {
    }

    /**
     * What became of a question.
     *
     * @param reply   null where there is none
     * @param problem why not
     */
    record Told(Question question, CachedAvailability.Reply reply, Problem problem) {
    }

    /**
     * @param branch    slug of the branch that is asked for; null for none
     * @param name      what the event types are called there
     * @param questions the question about each of them
     */
    AnySearch(String branch, String name, List<Question> questions) {
        this.branch = branch;
        this.name = name;
        this.questions = questions;
    }

    String branch() {
        return branch;
    }

    String name() {
        return name;
    }

    List<Question> questions() {
        return questions;
    }

    void put(Question question, CachedAvailability held) {
        asked.add(new Asked(question, held.begin(question.maxAge())));
    }

    /** Waits for all, so long in all. */
    List<Told> await(Duration patience, Clock clock) throws InterruptedException {
        Instant until = clock.instant().plus(patience);
        List<Told> told = new ArrayList<>();
        for (Asked one : asked) {
            Duration left = Duration.between(clock.instant(), until);
            told.add(await(one, left.isNegative() ? Duration.ZERO : left));
        }
        return told;
    }

    private static Told await(Asked one, Duration patience) throws InterruptedException {
        try {
            return new Told(one.question(), one.answer().await(patience), null);
        } catch (Problem problem) {
            return new Told(one.question(), null, problem);
        }
    }
}
