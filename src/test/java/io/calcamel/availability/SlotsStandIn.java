package io.calcamel.availability;

import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;

/**
 * Cal.com's slots for a host who is always free: a start each half hour from start to end, both read as UTC, where an
 * end at 00:00:00Z is stretched to the end of its day (API v2, slots 2024-09-04, recorded).
 */
final class SlotsStandIn implements ResponseDefinitionTransformerV2 {

    @Override
    public String getName() {
        return "slots";
    }

    @Override
    public boolean applyGlobally() {
        return false;
    }

    @Override
    public ResponseDefinition transform(ServeEvent event) {
        Request request = event.getRequest();
        Instant from = Instant.parse(request.queryParameter("start").firstValue());
        Instant to = Instant.parse(request.queryParameter("end").firstValue());
        if (to.equals(to.truncatedTo(ChronoUnit.DAYS))) {
            to = to.plus(1, ChronoUnit.DAYS).minusSeconds(1);
        }
        Map<String, StringBuilder> days = new TreeMap<>();
        Instant first = from.truncatedTo(ChronoUnit.HOURS);
        for (Instant start = first; !start.isAfter(to); start = start.plus(30, ChronoUnit.MINUTES)) {
            if (!start.isBefore(from)) {
                StringBuilder day = days.computeIfAbsent(start.atZone(ZoneOffset.UTC).toLocalDate().toString(), name -> new StringBuilder());
                day.append(day.isEmpty() ? "" : ",").append("{\"start\":\"").append(start).append("\",\"end\":\"")
                        .append(start.plus(30, ChronoUnit.MINUTES)).append("\"}");
            }
        }
        StringBuilder data = new StringBuilder();
        days.forEach((day, slots) -> data.append(data.isEmpty() ? "" : ",").append('"').append(day).append("\":[").append(slots).append(']'));
        return ResponseDefinitionBuilder.like(event.getResponseDefinition()).withStatus(200).withHeader("Content-Type", "application/json")
                .withBody("{\"status\":\"success\",\"data\":{" + data + "}}").build();
    }
}
