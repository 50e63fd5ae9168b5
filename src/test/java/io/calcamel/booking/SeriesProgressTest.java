package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.availability.Near;
import io.calcamel.availability.Offer;
import io.calcamel.booking.Series.Date;
import io.calcamel.booking.Series.State;
import io.calcamel.http.Problem;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How far a series is, and what comes next. */
class SeriesProgressTest {

    private static final Instant START = Instant.parse("2030-01-07T09:00:00Z");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static Series series(String interval, int count) {
        return Series.of(null, recurrence(interval, count).starts(START, BERLIN));
    }

    private static Recurrence recurrence(String interval, int count) {
        return Recurrence.read(JsonNodeFactory.instance.objectNode().put("count", count).put("interval", interval));
    }

    /** Cal.com adds a month to the date before: after the 28th of February it never comes back to the 31st. */
    @ParameterizedTest
    @CsvSource({"2030-01-28T09:00:00Z, monthly, monthly, true", "2030-01-29T09:00:00Z, monthly, monthly, false", "2030-01-28T23:30:00Z, monthly, monthly, false",
            "2030-01-31T23:30:00Z, monthly, monthly, false", "2030-01-31T09:00:00Z, weekly, weekly, true", "2030-01-07T09:00:00Z, daily, daily, false"})
    void calcomMakesTheSameDates(Instant first, String interval, String frequency, boolean isSo) {
        ObjectNode calcoms = JsonNodeFactory.instance.objectNode().put("interval", 1).put("occurrences", 12).put("frequency", frequency);
        assertThat(recurrence(interval, 3).isAs(calcoms, first, BERLIN)).isEqualTo(isSo);
    }

    @ParameterizedTest
    @CsvSource({"daily, 52, 22", "weekly, 52, 4", "biweekly, 30, 3", "monthly, 30, 3", "monthly, 2, 2"})
    void aLongSeriesIsCheckedInPortions(String interval, int count, int most) {
        Series series = series(interval, count);
        int portions = 0;
        for (; !series.unchecked().isEmpty(); portions++) {
            assertThat(series.portion()).hasSizeBetween(1, most);
            series.portion().forEach(Date::checked);
        }
        assertThat(portions).isEqualTo((count + most - 1) / most);
        assertThat(series.next()).isEqualTo("send");
    }

    @Test
    void aBookingAtAnotherStartIsUndone() {
        Series series = series("monthly", 2);
        series.dates().forEach(date -> date.booked(State.BOOKED, "uid-" + date.start(), 1L, 1));
        assertThat(series.next()).isEqualTo("finish");
        series.of(START.plusSeconds(60)).booked(State.BOOKED, "other", 3L, 3);
        series.fails(new Problem(502, "unexpected_format", "Other dates", null, null));
        assertThat(series.dates()).hasSize(2);
        for (int n = 0; n < 3; n++) {
            assertThat(series.next()).isEqualTo("compensate");
            series.undoable().orElseThrow().become(State.UNDONE);
        }
        assertThat(series.next()).isEqualTo("refuse");
    }

    @Test
    void aBookingOfWhichNobodyKnowsTheSeatIsLeftAlone() {
        Series series = series("weekly", 2);
        series.dates().forEach(date -> date.booked(State.BOOKED, "uid", 1L, 1));
        series.dates().get(0).seated(null);
        series.dates().get(1).seated("mine");
        series.fails(new Problem(409, "slot_taken", "Taken", null, null));
        assertThat(series.undoable().orElseThrow().seatUid()).isEqualTo("mine");
        series.undoable().orElseThrow().become(State.UNDONE);
        assertThat(series.next()).isEqualTo("refuse");
    }

    @Test
    void whatNeverLeftWasNotTried() {
        Series series = series("weekly", 2);
        Date date = series.dates().get(0);
        date.sending();
        date.unsent();
        assertThat(date.tries()).isZero();
        assertThat(date.is(State.OPEN)).isTrue();
    }

    @Test
    void whatWasTakenLongAgoIsLookedAtAnewButNotWhatWasCalledOff() {
        Series series = series("weekly", 3);
        series.dates().forEach(Date::checked);
        series.dates().get(0).refused("slot_taken");
        series.dates().get(1).refused(Series.CANCELLED);
        series.forgetChecks();
        assertThat(series.unchecked()).extracting(Date::start).containsExactly(series.dates().get(0).start(), series.dates().get(2).start());
        assertThat(series.dates().get(0).code()).isNull();
    }

    @Test
    void noDateOfTheSeriesIsOfferedInPlaceOfAnother() {
        Series series = series("weekly", 2);
        series.offer(new Near(START, false, List.of(new Offer("2030-01-07T11:00:00+01:00", null), new Offer("2030-01-14T10:00:00+01:00", null))));
        assertThat(series.dates().get(0).alternatives()).hasSize(1);
    }
}
