package io.calcamel.availability;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.SandboxExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An old server of one's own, which is asked in API v1: the same answers, by one property. */
class OldServerTest {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension().with("calcom.api-version", "v1").with("event-types.sync.at-start", "true");

    @Test
    void availabilityIsTheSame() {
        JsonNode answer = BOTH.hub().getJson("/api/availability?eventTypeId=2026361&start=2030-01-07&end=2030-01-07&timeZone=Europe/Berlin");
        JsonNode day = answer.path("slots").path("2030-01-07");
        assertThat(day).hasSize(16);
        assertThat(day.path(0).path("start").asText()).isEqualTo("2030-01-07T09:00:00+01:00");
        assertThat(day.path(0).path("end").asText()).as("v1 does not tell it").isEqualTo("2030-01-07T09:30:00+01:00");
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
