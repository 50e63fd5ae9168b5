package io.calcamel.calcom;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.calcamel.SandboxExtension;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Booking at an old server, which is asked in API v1. */
class CalcomBookingsV1Test {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension().with("calcom.api-version", "v1");

    private static Exchange call(String route, Object words) {
        return BOTH.hub().hub().context().createProducerTemplate().request("direct:" + route, exchange -> {
            exchange.getMessage().setBody(words);
            exchange.setVariable("companyId", 1);
        });
    }

    @Test
    void booksOnceAndSaysWhatIsTaken() {
        long type = BOTH.ask("POST", "/event-types", "2024-06-14", "{\"title\":\"Old\",\"slug\":\"old\",\"lengthInMinutes\":30,"
                + "\"locations\":[{\"type\":\"integration\",\"integration\":\"cal-video\"}]}").path("id").asLong();
        NewBooking wanted = new NewBooking(type, Instant.parse("2030-01-07T09:00:00Z"),
                new NewBooking.Attendee("Zoë", "zoe@example.org", "+4915112345678", "Europe/Berlin", "de"),
                JsonNodeFactory.instance.objectNode().put("notes", "Second floor"), Map.of("crmLeadId", "L-7781"),
                JsonNodeFactory.instance.objectNode().put("type", "integration").put("integration", "cal-video"), 30, null);

        Exchange made = call("calcom-booking-create", wanted);
        assertThat(made.getException()).isNull();
        CalcomBooking booking = (CalcomBooking) made.getMessage().getBody(List.class).get(0);
        assertThat(booking.status()).isEqualTo("accepted");
        assertThat(booking.start()).isEqualTo(wanted.start());
        assertThat(booking.end()).isEqualTo(Instant.parse("2030-01-07T09:30:00Z"));
        assertThat(booking.eventTypeId()).isEqualTo(type);
        assertThat(booking.location()).isEqualTo("integrations:daily");
        assertThat(booking.metadata().path("crmLeadId").asText()).isEqualTo("L-7781");
        assertThat(booking.responses().path("notes").asText()).isEqualTo("Second floor");
        assertThat(booking.attendees()).containsExactly(
                new CalcomBooking.Attendee("Zoë", "zoe@example.org", "+4915112345678", "Europe/Berlin", "de", false, null, null));

        assertThat(call("calcom-booking-create", wanted).getException()).extracting("error").isEqualTo(CalcomError.SLOT_TAKEN);
        assertThat(BOTH.asked("/v1/bookings")).hasSize(2);
        assertThat(call("calcom-booking-cancel", new BookingCancellation(booking.uid(), "ill", null, false)).getException())
                .extracting("error").isEqualTo(CalcomError.UNSUPPORTED);
    }
}
