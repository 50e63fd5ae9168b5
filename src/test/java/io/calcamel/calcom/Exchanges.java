package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;

/** Reads any exchange with the part of the client that is for its endpoint, also those that no route asks yet. */
final class Exchanges {

    private static final Pattern V1 = Pattern.compile("^(/api)?/v1/.*");

    private Exchanges() {
    }

    /**
     * @return which of our words, such as {@code slots 12}
     * @throws CalcomException where it was refused, or has another form than its endpoint's
     */
    static String words(String method, String pathAndQuery, boolean hasKey, JsonNode asked, CalcomAnswer answer) {
        String path = pathAndQuery.replaceFirst("\\?.*", "").replaceFirst("^/api/", "/");
        if (!answer.isSuccess()) {
            throw ErrorDecoder.decode(new ErrorDecoder.Asked(method, path, hasKey, asked), answer);
        }
        Dialect dialect = V1.matcher(pathAndQuery).matches() ? Dialect.V1 : Dialect.V2;
        String bare = path.replaceFirst("^/v[12]", "");
        if (bare.equals("/me")) {
            return "account " + (dialect.readAccount(answer).id() > 0 ? 1 : 0);
        }
        if (bare.equals("/teams") && method.equals("GET")) {
            return "teams " + dialect.readTeams(answer).size();
        }
        if (bare.matches("(/teams/\\d+)?/event-types") && method.equals("GET")) {
            return "event-types " + dialect.readEventTypes(answer).size();
        }
        if (bare.matches("(/teams/\\d+)?/event-types(/\\d+)?") && !method.equals("DELETE")) {
            return "event-type " + dialect.readEventType(answer).length() + " min";
        }
        if (bare.equals("/slots")) {
            return "slots " + dialect.readSlots(answer).size();
        }
        if (bare.equals("/bookings") && method.equals("GET")) {
            BookingsPage page = dialect.readBookingsPage(answer, new BookingsQuery(null, null, null, null, null, 100, 0));
            return "bookings " + page.items().size() + (page.hasNextPage() ? " and more" : "");
        }
        if (isBookings(method, bare)) {
            List<CalcomBooking> bookings = dialect.readBookings(answer);
            return "bookings " + bookings.size();
        }
        if (bare.startsWith("/schedules") && !method.equals("DELETE")) {
            return "schedules " + schedules(Shape.data(answer));
        }
        if (bare.matches("(/event-types/\\d+)?/webhooks") && method.equals("GET")) {
            return "subscriptions " + dialect.readSubscriptions(answer).size();
        }
        if (bare.matches("(/event-types/\\d+)?/webhooks(/[^/]+)?") && !method.equals("DELETE")) {
            return "subscription for " + dialect.readSubscription(answer).triggers().size();
        }
        if (answer.isJson() && answer.status() != 204) {
            if (answer.body().path("status").asText().equals("success")) {
                return "done";
            }
            throw Shape.of(answer).unexpected("has no status success");
        }
        return "done";
    }

    private static boolean isBookings(String method, String path) {
        return path.equals("/bookings") && !method.equals("OPTIONS")
                || path.matches("/bookings/by-seat/[^/]+|/bookings/[^/]+(/(reschedule|cancel|confirm|decline))?") && !path.endsWith("/by-seat");
    }

    /** Version 2024-06-11; the one before it has workingHours and schedule. */
    private static int schedules(Shape data) {
        List<Shape> all = data.node().isArray() ? data.list(schedule -> schedule) : List.of(data);
        all.forEach(schedule -> {
            if (schedule.object().node().has("workingHours") || !schedule.node().has("overrides")) {
                throw schedule.unexpected("is not in the format of 2024-06-11");
            }
        });
        return all.size();
    }
}
