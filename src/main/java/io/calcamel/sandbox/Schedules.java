package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.KEY;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;

/** {@code /v2/schedules}, in the form of 2024-06-11 and in the old one. */
final class Schedules {

    private static final String[] DAYS = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    private static final String TIME = "([01]\\d|2[0-3]):[0-5]\\d";

    private static final Rules HOURS = Rules.rules()
            .field("days").eachOneOf("isIn", (Object[]) DAYS)
            .field("startTime").matches(TIME, "startTime must be a valid time format HH:MM")
            .field("endTime").matches(TIME, "endTime must be a valid time format HH:MM");

    private static final Rules OVERRIDE = Rules.rules()
            .field("date").must("isIso8601", "date must be a valid ISO 8601 date string", Check::isDate)
            .field("startTime").matches(TIME, "startTime must be a valid time format HH:MM")
            .field("endTime").matches(TIME, "endTime must be a valid time format HH:MM");

    private static final Rules NEW = Rules.rules()
            .field("name").string()
            .field("timeZone").zone()
            .optional("availability").array().eachInside(HOURS)
            .field("isDefault").bool()
            .optional("overrides").array().eachInside(OVERRIDE);

    private static final Rules CHANGES = Rules.rules()
            .optional("name").string()
            .optional("timeZone").zone()
            .optional("availability").array().eachInside(HOURS)
            .optional("isDefault").bool()
            .optional("overrides").array().eachInside(OVERRIDE);

    private static final Rules OLD_NEW = Rules.rules()
            .field("name").string()
            .field("timeZone").zone()
            .optional("availabilities").array()
            .field("isDefault").bool();

    private final World world;

    Schedules(World world) {
        this.world = world;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/v2/schedules", Versions.NEW_SCHEDULES, KEY, call -> Answer.created(view(create(call, NEW))));
        routes.add("GET", "/v2/schedules", Versions.NEW_SCHEDULES, KEY, call -> Answer.ok(own(call).stream().map(this::view).toList()));
        routes.add("GET", "/v2/schedules/default", Versions.NEW_SCHEDULES, KEY, call -> Answer.ok(standard(call) == null ? null : view(standard(call))));
        routes.add("GET", "/v2/schedules/{id}", Versions.NEW_SCHEDULES, KEY, call -> Answer.ok(view(find(call))));
        routes.add("PATCH", "/v2/schedules/{id}", Versions.NEW_SCHEDULES, KEY, call -> Answer.ok(view(change(call))));
        routes.add("DELETE", "/v2/schedules/{id}", Versions.NEW_SCHEDULES, KEY, this::delete);

        routes.add("POST", "/v2/schedules", Versions.OLD_SCHEDULES, KEY, call -> Answer.created(oldView(create(call, OLD_NEW))));
        routes.add("GET", "/v2/schedules", Versions.OLD_SCHEDULES, KEY, call -> Answer.ok(own(call).stream().map(this::oldView).toList()));
        routes.add("GET", "/v2/schedules/default", Versions.OLD_SCHEDULES, KEY,
                call -> Answer.ok(standard(call) == null ? null : oldView(standard(call))));
        routes.add("GET", "/v2/schedules/{id}", Versions.OLD_SCHEDULES, KEY, call -> Answer.ok(oldView(find(call))));
        routes.add("DELETE", "/v2/schedules/{id}", Versions.OLD_SCHEDULES, KEY, this::delete);
    }

    private Schedule create(Call call, Rules rules) {
        ObjectNode given = rules.checkLeniently(call.body());
        Account account = call.caller();
        Schedule schedule = world.add(new Schedule(world.nextId(301), account.id, Json.text(given, "name"), Json.text(given, "timeZone")));
        apply(given, schedule, account);
        return schedule;
    }

    private static void apply(ObjectNode given, Schedule schedule, Account account) {
        schedule.name = given.path("name").asText(schedule.name);
        schedule.timeZone = given.path("timeZone").asText(schedule.timeZone);
        if (given.hasNonNull("availability")) {
            schedule.availability(given.get("availability"));
        }
        if (given.hasNonNull("overrides")) {
            schedule.overrides(given.get("overrides"));
        }
        if (given.path("isDefault").asBoolean()) {
            account.defaultScheduleId = schedule.id;
        }
    }

    private List<Schedule> own(Call call) {
        return world.schedules.values().stream().filter(schedule -> schedule.ownerId == call.caller().id).toList();
    }

    private Schedule standard(Call call) {
        return world.schedules.get(call.caller().defaultScheduleId);
    }

    private Schedule find(Call call) {
        int id = call.id("id");
        Schedule schedule = world.schedules.get(id);
        if (schedule == null) {
            throw Refusal.notFound("Schedule with ID=" + id + " does not exist.");
        }
        checkOwner(call, schedule);
        return schedule;
    }

    private static void checkOwner(Call call, Schedule schedule) {
        if (schedule.ownerId != call.caller().id) {
            throw Refusal.forbidden("User with ID=" + call.caller().id + " does not own schedule with ID=" + schedule.id);
        }
    }

    private Schedule change(Call call) {
        ObjectNode given = CHANGES.checkLeniently(call.body());
        Schedule schedule = find(call);
        apply(given, schedule, call.caller());
        return schedule;
    }

    private Answer delete(Call call) {
        int id = call.id("id");
        Schedule schedule = world.schedules.get(id);
        if (schedule == null) {
            throw Refusal.badRequest("Schedule with ID=" + id + " does not exist.");
        }
        checkOwner(call, schedule);
        world.schedules.remove(id);
        if (Integer.valueOf(id).equals(call.caller().defaultScheduleId)) {
            call.caller().defaultScheduleId = null;
        }
        return Answer.done();
    }

    private ObjectNode view(Schedule schedule) {
        return schedule.view(isDefault(schedule));
    }

    private boolean isDefault(Schedule schedule) {
        return Integer.valueOf(schedule.id).equals(world.accounts.get(schedule.ownerId).defaultScheduleId);
    }

    /** The form of 2024-04-15: close to the tables of the database. */
    private ObjectNode oldView(Schedule schedule) {
        int owner = schedule.ownerId;
        ArrayNode workingHours = Json.array();
        ArrayNode rows = Json.array();
        ArrayNode week = Json.array(Json.array(), Json.array(), Json.array(), Json.array(), Json.array(), Json.array(), Json.array());
        ArrayNode overrides = Json.array();
        String today = LocalDate.ofInstant(world.now(), ZoneOffset.UTC).toString();
        for (JsonNode hours : schedule.availability()) {
            String start = Json.text(hours, "startTime");
            String end = Json.text(hours, "endTime");
            ArrayNode days = Json.array();
            hours.path("days").forEach(day -> days.add((List.of(DAYS).indexOf(day.textValue()) + 1) % 7));
            workingHours.add(Json.object("days", days, "startTime", minutes(start), "endTime", minutes(end), "userId", owner));
            rows.add(row(schedule, days, start, end, null));
            days.forEach(day -> ((ArrayNode) week.get(day.asInt())).add(range(today, start, end)));
        }
        for (JsonNode override : schedule.overrides()) {
            String date = Json.text(override, "date");
            String start = Json.text(override, "startTime");
            String end = Json.text(override, "endTime");
            rows.add(row(schedule, Json.array(), start, end, date + "T00:00:00.000Z"));
            overrides.add(Json.object("ranges", Json.array(range(date, start, end))));
        }
        long count = world.schedules.values().stream().filter(other -> other.ownerId == owner).count();
        return Json.object("id", schedule.id, "name", schedule.name, "isManaged", false, "workingHours", workingHours, "schedule", rows,
                "availability", week, "timeZone", schedule.timeZone, "isDefault", isDefault(schedule), "dateOverrides", overrides,
                "readOnly", false, "isLastSchedule", count == 1, "userId", owner);
    }

    private static int minutes(String time) {
        return LocalTime.parse(time).toSecondOfDay() / 60;
    }

    private static ObjectNode row(Schedule schedule, ArrayNode days, String start, String end, String date) {
        return Json.object("id", schedule.id, "userId", schedule.ownerId, "eventTypeId", null, "days", days,
                "startTime", "1970-01-01T" + start + ":00.000Z", "endTime", "1970-01-01T" + end + ":00.000Z", "date", date,
                "scheduleId", schedule.id);
    }

    private static ObjectNode range(String date, String start, String end) {
        return Json.object("start", date + "T" + start + ":00.000Z", "end", date + "T" + end + ":00.000Z");
    }
}
