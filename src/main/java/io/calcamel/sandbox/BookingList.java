package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** {@code GET /v2/bookings}: filters, order and pages (Cal.com API v2, bookings). */
final class BookingList {

    private static final List<String> STATUSES = List.of("upcoming", "recurring", "past", "cancelled", "unconfirmed");
    private static final List<String> DATES =
            List.of("afterStart", "beforeEnd", "afterCreatedAt", "beforeCreatedAt", "afterUpdatedAt", "beforeUpdatedAt");
    private static final List<String> NUMBERS = List.of("take", "skip", "limit", "eventTypeId", "teamId");
    private static final int DEFAULT_TAKE = 100;
    private static final int DEFAULT_LIMIT = 50;

    private static final Rules FILTER = filter();

    private static Rules filter() {
        Rules rules = Rules.rules()
                .optional("status")
                .must("isEnum", "Invalid status. Allowed are upcoming, recurring, past, cancelled, unconfirmed",
                        Rules.everyItem(item -> STATUSES.contains(item.asText())))
                .must("arrayNotEmpty", "status cannot be empty.", value -> !value.isEmpty())
                .optional("attendeeEmail").string()
                .optional("attendeeName").string()
                .optional("bookingUid").string()
                .optional("eventTypeIds").must("isNumber", "each value in $ must be a number conforming to the specified constraints",
                        Rules.everyItem(BookingList::isNumber)).array()
                .optional("eventTypeId").must("isNumber", "$ must be a number conforming to the specified constraints", BookingList::isNumber)
                .optional("teamsIds").must("isNumber", "each value in $ must be a number conforming to the specified constraints",
                        Rules.everyItem(BookingList::isNumber)).array()
                .optional("teamId").must("isNumber", "$ must be a number conforming to the specified constraints", BookingList::isNumber);
        for (String date : DATES) {
            rules.optional(date).must("isIso8601", "$ must be a valid ISO 8601 date.", Check::isDate);
        }
        for (String order : List.of("sortStart", "sortEnd", "sortCreated", "sortUpdatedAt")) {
            rules.optional(order).must("isEnum", "$ must be either \"asc\" or \"desc\".", value -> List.of("asc", "desc").contains(value.asText()));
        }
        return rules.optional("take").max(250).min(1).must("isNumber", "$ must be a number conforming to the specified constraints", BookingList::isNumber)
                .optional("skip").min(0).must("isNumber", "$ must be a number conforming to the specified constraints", BookingList::isNumber)
                .optional("limit").max(100).min(1).must("isNumber", "$ must be a number conforming to the specified constraints", BookingList::isNumber)
                .optional("cursor").string();
    }

    private static boolean isNumber(JsonNode value) {
        return value.isNumber() && !Double.isNaN(value.doubleValue());
    }

    private final World world;
    private final BookingView view;

    BookingList(World world, BookingView view) {
        this.world = world;
        this.view = view;
    }

    Answer list(Call call) {
        ObjectNode query = Json.object();
        call.query().forEach((name, values) -> query.set(name, value(name, values)));
        ObjectNode filter = FILTER.checkLeniently(query);
        checkEventTypes(filter);
        List<Booking> found = find(filter, call.caller(), call.now());
        if (Versions.isPagedByCursor(call)) {
            return pageByCursor(filter, found, call);
        }
        int take = filter.path("take").asInt(DEFAULT_TAKE);
        int skip = filter.path("skip").asInt();
        List<ObjectNode> page = found.stream().skip(skip).limit(take).map(booking -> view.view(booking, true)).toList();
        return Answer.json(200, Json.object("status", "success", "data", page, "pagination", pagination(found.size(), page.size(), take, skip)));
    }

    /** Event types that are named have to be there; those of others do, which finds nothing. */
    private void checkEventTypes(ObjectNode filter) {
        JsonNode named = filter.has("eventTypeIds") ? filter.get("eventTypeIds") : filter.has("eventTypeId") ? Json.array(filter.get("eventTypeId"))
                : Json.array();
        for (JsonNode id : named) {
            if (world.eventType(id.asInt()) != null) {
                return;
            }
        }
        if (!named.isEmpty()) {
            throw Refusal.trpc(400, "The requested event-types do not exist.");
        }
    }

    private static JsonNode value(String name, List<String> values) {
        if (name.equals("status")) {
            return Json.array(values.stream().flatMap(value -> Arrays.stream(value.split(","))).map(String::trim).toList());
        }
        if (name.equals("eventTypeIds") || name.equals("teamsIds")) {
            return Json.array(values.stream().flatMap(value -> Arrays.stream(value.split(","))).map(value -> Query.number(value.trim())).toList());
        }
        return NUMBERS.contains(name) ? Query.number(values.get(0)) : Json.node(values.get(0));
    }

    static ObjectNode pagination(int total, int returned, int take, int skip) {
        int pages = (total + take - 1) / take;
        int current = Math.max(1, Math.min(skip / take + 1, pages));
        return Json.object("returnedItems", returned, "totalItems", total, "itemsPerPage", take,
                "remainingItems", Math.max(0, total - skip - returned), "currentPage", current, "totalPages", pages,
                "hasNextPage", skip + returned < total, "hasPreviousPage", skip > 0);
    }

    private Answer pageByCursor(ObjectNode filter, List<Booking> found, Call call) {
        if (filter.path("status").size() > 1) {
            throw Refusal.badRequest("Only one status can be provided.");
        }
        int limit = filter.path("limit").asInt(DEFAULT_LIMIT);
        int from = Query.number(filter.path("cursor").asText("0")).asInt();
        List<ObjectNode> page = found.stream().skip(from).limit(limit).map(booking -> view.view(booking, true)).toList();
        boolean more = from + page.size() < found.size();
        return Answer.json(200, Json.object("status", "success", "data", page,
                "pagination", Json.object("nextCursor", more ? Integer.toString(from + page.size()) : null, "hasMore", more)));
    }

    List<Booking> find(ObjectNode filter, Account caller, Instant now) {
        Stream<Booking> found = world.bookings().stream().filter(booking -> concerns(booking, caller));
        List<String> statuses = filter.has("status") ? Bookings.texts(filter.get("status")) : List.of();
        if (!statuses.isEmpty()) {
            found = found.filter(booking -> statuses.stream().anyMatch(status -> is(booking, status, now)));
        }
        String email = Json.text(filter, "attendeeEmail");
        String name = Json.text(filter, "attendeeName");
        String uid = Json.text(filter, "bookingUid");
        List<String> types = Bookings.texts(filter.has("eventTypeIds") ? filter.get("eventTypeIds")
                : filter.has("eventTypeId") ? Json.array(filter.get("eventTypeId")) : null);
        List<String> teams = Bookings.texts(filter.has("teamsIds") ? filter.get("teamsIds")
                : filter.has("teamId") ? Json.array(filter.get("teamId")) : null);
        found = found.filter(booking -> email == null || booking.attendees.stream().anyMatch(attendee -> attendee.email.equals(email.trim())))
                .filter(booking -> name == null || booking.attendees.stream().anyMatch(attendee -> attendee.name.equals(name.trim())))
                .filter(booking -> uid == null || booking.uid.equals(uid.trim()))
                .filter(booking -> types == null || types.contains(Integer.toString(booking.eventTypeId)))
                .filter(booking -> teams == null || teams.contains(team(booking)));
        found = since(found, filter, "afterStart", booking -> booking.start);
        found = until(found, filter, "beforeEnd", booking -> booking.end);
        found = since(found, filter, "afterCreatedAt", booking -> booking.createdAt);
        found = until(found, filter, "beforeCreatedAt", booking -> booking.createdAt);
        found = since(found, filter, "afterUpdatedAt", booking -> booking.updatedAt);
        found = until(found, filter, "beforeUpdatedAt", booking -> booking.updatedAt);
        List<Booking> all = new ArrayList<>(found.toList());
        all.sort(order(filter, statuses));
        return all;
    }

    /** The bookings that an account hosts or attends, and those of its teams. */
    private boolean concerns(Booking booking, Account caller) {
        if (booking.host == caller || booking.attendees.stream().anyMatch(attendee -> attendee.email.equals(caller.email))) {
            return true;
        }
        EventType eventType = world.eventType(booking.eventTypeId);
        Team team = eventType == null || !eventType.isTeam() ? null : world.teams.get(eventType.teamId);
        return team != null && team.memberIds.get(0) == caller.id;
    }

    private String team(Booking booking) {
        EventType eventType = world.eventType(booking.eventTypeId);
        return eventType == null || !eventType.isTeam() ? "" : eventType.teamId.toString();
    }

    private static boolean is(Booking booking, String status, Instant now) {
        boolean ahead = !booking.end.isBefore(now);
        return switch (status) {
            case "upcoming" -> ahead && (booking.seriesUid == null ? booking.isActive() : booking.status == Booking.Status.ACCEPTED);
            case "recurring" -> ahead && booking.seriesUid != null && booking.isActive();
            case "past" -> !booking.end.isAfter(now) && booking.isActive();
            case "cancelled" -> !booking.isActive();
            default -> ahead && booking.status == Booking.Status.PENDING;
        };
    }

    private static Stream<Booking> since(Stream<Booking> bookings, ObjectNode filter, String name, Function<Booking, Instant> time) {
        if (!filter.has(name)) {
            return bookings;
        }
        Instant first = Check.instant(Json.text(filter, name)).orElseThrow();
        return bookings.filter(booking -> !time.apply(booking).isBefore(first));
    }

    private static Stream<Booking> until(Stream<Booking> bookings, ObjectNode filter, String name, Function<Booking, Instant> time) {
        if (!filter.has(name)) {
            return bookings;
        }
        Instant last = Check.instant(Json.text(filter, name)).orElseThrow();
        return bookings.filter(booking -> !time.apply(booking).isAfter(last));
    }

    private static Comparator<Booking> order(ObjectNode filter, List<String> statuses) {
        Comparator<Booking> order = Comparator.comparing(booking -> booking.start);
        boolean descending = statuses.size() == 1 && List.of("past", "cancelled").contains(statuses.get(0));
        if (filter.has("sortStart")) {
            descending = "desc".equals(filter.path("sortStart").asText());
        } else if (filter.has("sortEnd")) {
            order = Comparator.comparing(booking -> booking.end);
            descending = "desc".equals(filter.path("sortEnd").asText());
        } else if (filter.has("sortCreated")) {
            order = Comparator.comparing(booking -> booking.createdAt);
            descending = "desc".equals(filter.path("sortCreated").asText());
        } else if (filter.has("sortUpdatedAt")) {
            order = Comparator.comparing(booking -> booking.updatedAt);
            descending = "desc".equals(filter.path("sortUpdatedAt").asText());
        }
        order = order.thenComparingInt(booking -> booking.id);
        return descending ? order.reversed() : order;
    }
}
