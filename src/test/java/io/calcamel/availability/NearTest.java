package io.calcamel.availability;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.SandboxExtension;
import io.calcamel.http.Problem;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What somebody hears who wishes a start: whether it is free, and what is near it. Cal.com is the sandbox. */
class NearTest {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension().with("event-types.sync.at-start", "true");

    private static final long CONSULTATION = 2026361;
    private static final int COMPANY = 1;
    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

    private static LocalDate monday = LocalDate.now(ZONE).plusWeeks(1).with(TemporalAdjusters.next(DayOfWeek.MONDAY));

    @BeforeEach
    void everyTestHasAMondayOfItsOwn() {
        monday = monday.plusWeeks(2);
    }

    @AfterEach
    void mend() {
        BOTH.faults("{}");
    }

    private static Instant at(LocalDate day, String time) {
        return day.atTime(LocalTime.parse(time)).atZone(ZONE).toInstant();
    }

    private static Instant at(String time) {
        return at(monday, time);
    }

    private static String offer(LocalDate day, String time) {
        return Answer.local(at(day, time), ZONE);
    }

    private static List<Near> near(Instant... starts) {
        return near(new Wish(CONSULTATION, List.of(starts), null, ZONE));
    }

    @SuppressWarnings("unchecked")
    private static List<Near> near(Wish wish) {
        return ask(wish).getMessage().getBody(List.class);
    }

    private static Exchange ask(Wish wish) {
        return BOTH.hub().hub().context().createProducerTemplate().request("direct:availability-near", exchange -> {
            exchange.setVariable("companyId", COMPANY);
            exchange.setVariable("deadline", Instant.now().plusSeconds(10));
            exchange.getMessage().setBody(wish);
        });
    }

    private static List<String> starts(Near near) {
        return near.alternatives().stream().map(Offer::start).toList();
    }

    private static JsonNode book(Instant start) {
        return BOTH.askAsBooker("POST", "/bookings", "2024-08-13", "{\"eventTypeId\":" + CONSULTATION + ",\"start\":\"" + start
                + "\",\"attendee\":{\"name\":\"Zoë\",\"email\":\"zoe@example.org\",\"timeZone\":\"Europe/Berlin\"}}");
    }

    private static int asked() {
        return BOTH.asked("/v2/slots").size();
    }

    private static Instant parameter(String query, String name) {
        return Instant.parse(URLDecoder.decode(query, StandardCharsets.UTF_8).replaceFirst(".*\\b" + name + "=([^&]*).*", "$1"));
    }

    @Test
    void whatIsFreeIsSaidSoAndTheNearestAreBesideIt() {
        List<Near> near = near(at("10:00"));
        assertThat(near).hasSize(1);
        assertThat(near.get(0).start()).isEqualTo(at("10:00"));
        assertThat(near.get(0).isFree()).isTrue();
        assertThat(near.get(0).alternatives()).containsExactly(new Offer(offer(monday, "10:30"), offer(monday, "11:00")),
                new Offer(offer(monday, "09:30"), offer(monday, "10:00")), new Offer(offer(monday, "11:00"), offer(monday, "11:30")));
    }

    @Test
    void whatIsTakenIsNotFreeThoughTheCacheMaySayOtherwise() {
        String path = "/api/availability?eventTypeId=" + CONSULTATION + "&start=" + monday + "&end=" + monday + "&timeZone=Europe/Berlin";
        BOTH.hub().get(path);
        book(at("10:00"));
        List<Near> near = near(at("10:00"), at("03:00"));
        assertThat(near.get(0).isFree()).isFalse();
        assertThat(starts(near.get(0))).containsExactly(offer(monday, "10:30"), offer(monday, "09:30"), offer(monday, "11:00"));
        assertThat(near.get(1).isFree()).as("outside the hours").isFalse();
        assertThat(starts(near.get(1))).containsExactly(offer(monday, "09:00"), offer(monday, "09:30"), offer(monday, "10:30"));
    }

    @Test
    void aSeriesOfTenWeeksIsThreeCallsAndHasNoAlternativesAmongItself() {
        Instant[] weekly = IntStream.range(0, 10).mapToObj(week -> at(monday.plusWeeks(week), "10:00")).toArray(Instant[]::new);
        book(weekly[9]);
        int before = asked();
        List<Near> near = near(weekly);
        assertThat(asked() - before).isEqualTo(3);
        assertThat(near).extracting(Near::start).containsExactly(weekly);
        assertThat(near).extracting(Near::isFree).containsExactly(true, true, true, true, true, true, true, true, true, false);
        assertThat(near).allSatisfy(one -> assertThat(one.alternatives()).hasSize(3));
        assertThat(starts(near.get(9))).first().isEqualTo(offer(monday.plusWeeks(9), "10:30"));
        BOTH.asked("/v2/slots").forEach(call -> assertThat(Duration.between(parameter(call.query(), "start"), parameter(call.query(), "end")))
                .as("31 days, one of which may have 25 hours").isLessThanOrEqualTo(Duration.ofDays(31).plusHours(1)));

        List<Near> daily = near(at("10:00"), at("10:30"), at("11:00"));
        assertThat(starts(daily.get(1))).containsExactly(offer(monday, "11:30"), offer(monday, "09:30"), offer(monday, "12:00"));
    }

    @Test
    void farApartStartsAreCallsOfTheirOwn() {
        int before = asked();
        near(at("10:00"), at(monday.plusWeeks(6), "10:00"));
        assertThat(asked() - before).isEqualTo(2);
    }

    @Test
    void theNearestMayBeOnAnotherDay() {
        LocalDate friday = monday.plusDays(4);
        assertThat(starts(near(at(friday.plusDays(1), "10:00")).get(0))).as("a Saturday").containsExactly(offer(friday, "16:30"), offer(friday, "16:00"),
                offer(friday, "15:30"));
        LocalDate sunday = monday.plusDays(6);
        assertThat(starts(near(at(sunday, "10:00")).get(0))).as("no further back than a day").containsExactly(offer(monday.plusDays(7), "09:00"),
                offer(monday.plusDays(7), "09:30"), offer(monday.plusDays(7), "10:00"));
    }

    @Test
    void thePastIsNeitherAskedForNorOffered() {
        int before = asked();
        Near past = near(Instant.now().minus(30, ChronoUnit.DAYS)).get(0);
        assertThat(asked()).isEqualTo(before);
        assertThat(past.isFree()).isFalse();
        assertThat(past.alternatives()).isEmpty();
        Near recent = near(Instant.now().minus(1, ChronoUnit.DAYS)).get(0);
        assertThat(recent.isFree()).isFalse();
        assertThat(recent.alternatives()).hasSize(3).allSatisfy(offer ->
                assertThat(OffsetDateTime.parse(offer.start()).toInstant()).isAfter(Instant.now()));
        assertThat(near(new Instant[0])).isEmpty();
    }

    @Test
    void whatSomebodyElseIsBookingIsNoAlternativeButAWishIsNotHinderedByItsOwnBooking() {
        Availability availability = BOTH.hub().hub().context().getRegistry().lookupByNameAndType("availability", Availability.class);
        availability.holdBack(COMPANY, CONSULTATION, at("10:00"), at("10:30"));
        availability.holdBack(COMPANY, CONSULTATION, at("10:30"), at("11:00"));
        Near near = near(at("10:00")).get(0);
        assertThat(near.isFree()).isTrue();
        assertThat(starts(near)).containsExactly(offer(monday, "09:30"), offer(monday, "11:00"), offer(monday, "09:00"));
    }

    @Test
    void onlyWhenAllIsEmptyEverythingIsAskedOnceMore() {
        int before = asked();
        BOTH.faults("{\"empty-slots\":1}");
        assertThat(near(at("10:00")).get(0).isFree()).isTrue();
        assertThat(asked() - before).isEqualTo(2);
        BOTH.faults("{\"empty-slots\":1}");
        near(at("10:00"), at(monday.plusWeeks(6), "10:00"));
        assertThat(asked() - before).as("one of two was not").isEqualTo(4);
        BOTH.faults("{\"empty-slots\":true}");
        Near none = near(at("10:00")).get(0);
        assertThat(none.isFree()).isFalse();
        assertThat(none.alternatives()).isEmpty();
        assertThat(asked() - before).as("and then it is believed").isEqualTo(6);
    }

    @Test
    void anotherDurationAndAnotherZoneAreTheWishs() {
        long shortOrLong = 2026367;
        Near near = near(new Wish(shortOrLong, List.of(at("10:00")), 60, ZoneId.of("America/New_York"))).get(0);
        assertThat(near.isFree()).isTrue();
        Offer first = near.alternatives().get(0);
        assertThat(first.start()).matches("\\d{4}-\\d\\d-\\d\\dT0[45]:\\d\\d:00-0[45]:00");
        assertThat(Duration.between(OffsetDateTime.parse(first.start()), OffsetDateTime.parse(first.end()))).hasMinutes(60);
    }

    @Test
    void whatCantBeBookedAndWhatFailsIsAProblem() {
        assertThat(ask(new Wish(999, List.of(at("10:00")), null, ZONE)).getException()).isInstanceOfSatisfying(Problem.class,
                problem -> assertThat(problem.code()).isEqualTo("event_type_not_found"));
        BOTH.faults("{\"500\":true}");
        assertThat(ask(new Wish(CONSULTATION, List.of(at("10:00")), null, ZONE)).getException()).isInstanceOfSatisfying(Problem.class,
                problem -> assertThat(problem.code()).isEqualTo("unavailable"));
    }
}
