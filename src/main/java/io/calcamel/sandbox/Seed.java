package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What an account has from the start: one event type of each kind that a client has to cope with. */
final class Seed {

    private static final int FIRST_ACCOUNT = 1001;
    private static final int FIRST_SCHEDULE = 80_001;
    private static final int FIRST_TEAM = 12_345;
    static final int FIRST_EVENT_TYPE = 2_026_361;
    private static final int PHONE_ONLY = 2004;
    private static final int PAID = 2900;

    private final World world;
    private final boolean teams;
    private final int eventTypes;

    /** @param eventTypes how many plain event types an account that is made for a key has; 0 for one of every kind */
    Seed(World world, boolean teams, int eventTypes) {
        this.world = world;
        this.teams = teams;
        this.eventTypes = eventTypes;
    }

    /** An account for a key that was never seen. */
    Account account() {
        if (eventTypes == 0) {
            return account(null, null, null);
        }
        Account account = accountWithHours(null, null, null);
        for (int i = 1; i <= eventTypes; i++) {
            world.add(new EventType(world.nextId(FIRST_EVENT_TYPE), account.id, null, "Event type " + i, "event-type-" + i, 30));
        }
        return account;
    }

    /**
     * An account with event types of every kind.
     *
     * @param username null for one that is made up
     */
    Account account(String username, String name, String email) {
        Account account = accountWithHours(username, name, email);
        addEventTypes(account);
        if (teams) {
            addTeam(account);
        }
        return account;
    }

    private Account accountWithHours(String username, String name, String email) {
        if (world.accounts.size() >= World.MOST_ACCOUNTS) {
            throw Refusal.full("accounts", World.MOST_ACCOUNTS);
        }
        int id = world.nextId(FIRST_ACCOUNT);
        Account account = add(new Account(id, username == null ? "host-" + id : username, name == null ? "Host " + id : name,
                email == null ? "host-" + id + "@sandbox.example" : email));
        giveHours(account, "Working hours");
        return account;
    }

    /** An account with nothing, as one has it that nobody has used. */
    Account emptyAccount(int id, String username, String name, String email, String timeZone) {
        Account account = add(new Account(id, username, name, email));
        account.timeZone = timeZone;
        return account;
    }

    private Account add(Account account) {
        world.accounts.put(account.id, account);
        world.accountsByName.put(account.username, account);
        return account;
    }

    private void giveHours(Account account, String name) {
        Schedule schedule = world.add(new Schedule(world.nextId(FIRST_SCHEDULE), account.id, name, account.timeZone));
        account.defaultScheduleId = schedule.id;
    }

    /** The API refuses to make these two, yet an account may have them. */
    void whatTheApiCannotMake(Account account) {
        EventType phoneOnly = new EventType(PHONE_ONLY, account.id, null, "Phone only", "phone-only", 30);
        makePhoneOnly(phoneOnly);
        world.add(phoneOnly);
        EventType paid = new EventType(PAID, account.id, null, "Paid", "paid", 30);
        makePaid(paid);
        world.add(paid);
    }

    private EventType add(Account owner, String title, String slug, int length, String options) {
        EventType eventType = new EventType(world.nextId(FIRST_EVENT_TYPE), owner.id, null, title, slug, length);
        EventTypeInput.apply(read(options), eventType);
        return world.add(eventType);
    }

    private static ObjectNode read(String json) {
        try {
            return (ObjectNode) Json.read(json.replace('\'', '"').getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void addEventTypes(Account owner) {
        add(owner, "Consultation", "30min-consultation", 30, "{}");
        add(owner, "New client", "new-client", 45, """
                {'bookingFields': [
                  {'type': 'text', 'slug': 'company', 'label': 'Company', 'required': true, 'placeholder': 'Name of your company'},
                  {'type': 'select', 'slug': 'size', 'label': 'How many are you?', 'required': true, 'options': ['1-9', '10-99', '100 or more']},
                  {'type': 'textarea', 'slug': 'request', 'label': 'What is it about?', 'required': false},
                  {'type': 'number', 'slug': 'budget', 'label': 'Budget', 'required': false},
                  {'type': 'boolean', 'slug': 'terms', 'label': 'I accept the terms', 'required': true}],
                 'locations': [{'type': 'address', 'address': 'Marktplatz 3, 20095 Hamburg', 'public': true}, {'type': 'attendeePhone'}]}""");
        EventType phoneOnly = add(owner, "Call back", "call-back", 15, "{}");
        makePhoneOnly(phoneOnly);
        add(owner, "Weekly lesson", "weekly-lesson", 60, "{'recurrence': {'interval': 1, 'occurrences': 4, 'frequency': 'weekly'}}");
        add(owner, "Group class", "group-class", 60, """
                {'seats': {'seatsPerTimeSlot': 4, 'showAttendeeInfo': true, 'showAvailabilityCount': true},
                 'locations': [{'type': 'address', 'address': 'Marktplatz 3, 20095 Hamburg', 'public': true}]}""");
        add(owner, "On request", "on-request", 30, "{'confirmationPolicy': {'type': 'always', 'blockUnconfirmedBookingsInBooker': true}}");
        add(owner, "Short or long", "short-or-long", 30, "{'lengthInMinutesOptions': [15, 30, 60]}");
        makePaid(add(owner, "Paid session", "paid-session", 60, "{}"));
    }

    private static void makePhoneOnly(EventType eventType) {
        EventTypeInput.apply(read("""
                {'locations': [{'type': 'attendeePhone'}],
                 'bookingFields': [{'type': 'email', 'required': false, 'hidden': true, 'label': 'Email'},
                  {'type': 'phone', 'slug': 'attendeePhoneNumber', 'required': true, 'hidden': false, 'label': 'Phone'}]}"""), eventType);
    }

    private static void makePaid(EventType eventType) {
        eventType.options.put("price", 5000).put("currency", "eur");
        EventTypeInput.apply(read("{'locations': [{'type': 'link', 'link': 'https://meet.sandbox.example/room', 'public': true}]}"), eventType);
    }

    private void addTeam(Account owner) {
        int id = world.nextId(FIRST_TEAM);
        Team team = new Team(id, "Demo team", id == FIRST_TEAM ? "demo-team" : "team-" + id);
        Account colleague = add(new Account(world.nextId(FIRST_ACCOUNT), "colleague-" + id, "Jonas Brandt", "jonas-" + id + "@sandbox.example"));
        giveHours(colleague, "Working hours");
        team.memberIds.add(owner.id);
        team.memberIds.add(colleague.id);
        world.teams.put(team.id, team);
        addTeamEventType(team, "Whoever is free", "whoever-is-free", "roundRobin");
        addTeamEventType(team, "All of us", "all-of-us", "collective");
        EventType parent = addTeamEventType(team, "Managed", "managed", "managed");
        parent.hostIds.clear();
        EventType child = new EventType(world.nextId(FIRST_EVENT_TYPE), owner.id, null, "Managed", "managed", 30);
        child.parentId = parent.id;
        world.add(child);
        makePhoneOnly(addTeamEventType(team, "Phone only", "phone-only", "roundRobin"));
    }

    private EventType addTeamEventType(Team team, String title, String slug, String schedulingType) {
        EventType eventType = new EventType(world.nextId(FIRST_EVENT_TYPE), null, team.id, title, slug, 30);
        eventType.schedulingType = schedulingType;
        eventType.hostIds.addAll(team.memberIds);
        return world.add(eventType);
    }
}
