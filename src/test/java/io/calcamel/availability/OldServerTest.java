package io.calcamel.availability;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.SandboxExtension;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An old server of one's own, which is asked in API v1: the same answers, by one property. */
class OldServerTest {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension().with("calcom.api-version", "v1").with("event-types.sync.at-start", "true");

    @Test
    void availabilityIsTheSame() {
        LocalDate monday = LocalDate.now().plusWeeks(2).with(TemporalAdjusters.next(DayOfWeek.MONDAY));
        JsonNode answer = BOTH.hub().getJson("/api/availability?eventTypeId=2026361&start=" + monday + "&end=" + monday + "&timeZone=Europe/Berlin");
        JsonNode day = answer.path("slots").path(monday.toString());
        assertThat(day).hasSize(16);
        assertThat(day.path(0).path("start").asText()).startsWith(monday + "T09:00:00+0");
        assertThat(day.path(0).path("end").asText()).as("v1 does not tell it").startsWith(monday + "T09:30:00+0");
        assertThat(BOTH.asked("/v1/slots")).hasSize(1);
        assertThat(BOTH.asked("/v2/slots")).isEmpty();
    }

    @Test
    void healthTellsTheVersion() {
        JsonNode health = BOTH.hub().getJson("/api/calcom/health");
        assertThat(health.path("operational").asBoolean()).isTrue();
        assertThat(health.path("apiVersion").asText()).isEqualTo("v1");
    }
}
