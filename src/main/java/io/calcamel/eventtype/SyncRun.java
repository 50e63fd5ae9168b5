package io.calcamel.eventtype;

import io.calcamel.calcom.CalcomEventType;
import io.calcamel.calcom.Team;
import io.calcamel.eventtype.EventTypeStore.Known;
import io.calcamel.http.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A run under way: what Cal.com has answered, what follows from it, and what was done. In the exchange variable
 * {@code syncRun}; one thread at a time works on it.
 */
final class SyncRun {

    /** How a run ended. */
    enum Status {
        /** All that was asked was answered, and is stored. */
        COMPLETE,
        /** Some was not answered: what was is stored, and nothing is counted as missing. */
        PARTIAL,
        /** Nothing was answered, or it could not be stored. */
        FAILED,
        /** All was answered and is stored, but so much is missing from it that nothing is counted as missing. */
        REFUSED,
        /** The hub ended in the middle of it. */
        INTERRUPTED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int MISSING_TWICE = 2;

    private final long id;
    private final SyncRequest request;
    private final Instant begun;
    private final Map<Long, CalcomEventType> seen = new LinkedHashMap<>();
    private final Set<Long> lists = new LinkedHashSet<>();
    private final Set<Long> emptyLists = new HashSet<>();
    private final Set<Long> askedOneByOne = new LinkedHashSet<>();
    private final Set<Long> notFound = new LinkedHashSet<>();
    private final List<Map<String, Object>> errors = new ArrayList<>();
    private List<Team> teams = List.of();
    private Map<Long, Long> teamsOfWanted = Map.of();
    private Question question;
    private int calls;
    private int unanswered;
    private boolean areAllTeamsListed = true;
    private boolean refused;
    private boolean broken;
    private boolean interrupted;
    private Map<Long, Known> known = Map.of();
    private List<Known> gone = List.of();
    private long created;
    private long updated;
    private long unchanged;
    private long missing;
    private long deactivated;

    /**
     * @param id      of its row
     * @param request what it is asked to do
     * @param begun   when it began, by the database's clock
     */
    SyncRun(long id, SyncRequest request, Instant begun) {
        this.id = id;
        this.request = request;
        this.begun = begun;
    }

    long id() {
        return id;
    }

    SyncRequest request() {
        return request;
    }

    Instant begun() {
        return begun;
    }

    void asking(Question next) {
        question = next;
        calls++;
    }

    Question question() {
        return question;
    }

    /** The teams whose event types are synced, with all that Cal.com listed. */
    void teams(List<Team> listed) {
        teams = listed;
    }

    /** The only team whose event types are synced; of the others nothing is known. */
    void onlyTeam(long id) {
        teams = List.of(new Team(id, null, null));
        areAllTeamsListed = false;
    }

    List<Team> teams() {
        return teams;
    }

    /** Of single event types that are wanted, those that are looked up in the list of their team. */
    void lookedUpInTeams(Map<Long, Long> teamsOf) {
        teamsOfWanted = teamsOf;
    }

    /** A list arrived. Where single event types are wanted, the others in it are nobody's business. */
    void listed(List<CalcomEventType> types) {
        long list = question.id();
        lists.add(list);
        if (types.isEmpty()) {
            emptyLists.add(list);
        }
        types.stream().map(type -> ofList(type, list)).filter(type -> isWanted(type.id())).forEach(type -> seen.put(type.id(), type));
        teamsOfWanted.keySet().stream().filter(seen::containsKey).forEach(askedOneByOne::add);
    }

    /** A team has no list any more. */
    void noList() {
        lists.add(question.id());
    }

    /**
     * What is wanted and was not in the list of its team: it may have left the team, and is asked for alone.
     *
     * @return the questions that are left
     */
    List<Question> stillWanted() {
        List<Question> left = new ArrayList<>();
        teamsOfWanted.forEach((type, team) -> {
            if (!lists.contains(team) || askedOneByOne.contains(type)) {
                return;
            }
            if (emptyLists.contains(team) && !request.force()) {
                unanswered++;
                error(Question.eventType(type), new Problem(409, "empty_answer", "Cal.com lists none, where there were some",
                        "Its team's list is empty. A refused key can look like this.", "Nothing is counted as missing. Where it is right, sync with --force."));
            } else {
                left.add(Question.eventType(type));
            }
        });
        return left;
    }

    private boolean isWanted(long type) {
        return request.isAll() || request.ids().contains(type);
    }

    /** A team's list need not repeat whose it is. */
    private static CalcomEventType ofList(CalcomEventType type, long team) {
        return team == 0 || type.teamId() != null ? type : new CalcomEventType(type.id(), type.title(), type.slug(), type.description(),
                type.length(), type.locations(), type.bookingFields(), team, type.schedulingType(), type.parentId(), type.hidden(), type.document());
    }

    /** A single event type arrived. */
    void received(CalcomEventType type) {
        askedOneByOne.add(type.id());
        seen.put(type.id(), type);
    }

    /** Cal.com says that it has no such event type. */
    void notFound() {
        askedOneByOne.add(question.id());
        notFound.add(question.id());
        error(question, new Problem(404, "event_type_not_found", "Cal.com has no such event type", null, "Check the id; GET /api/event-types lists what there is."));
    }

    /** What was asked was not answered. */
    void failed(Problem problem) {
        unanswered++;
        error(question, problem);
    }

    /** Notes what went wrong; {@code about} may be null. */
    void error(Question about, Problem problem) {
        Map<String, Object> error = about == null ? new LinkedHashMap<>() : about.toJson();
        problem.toJson().forEach((name, value) -> {
            if (List.of("code", "title", "detail", "hint").contains(name)) {
                error.put(name, value);
            }
        });
        errors.add(error);
    }

    /** What arrived could not be stored. */
    void broken() {
        broken = true;
    }

    /** The hub stops. */
    void interrupted() {
        interrupted = true;
    }

    /**
     * Compares what arrived with what is known.
     *
     * @param nowKnown what is known, by id
     * @return what is new or changed
     */
    List<ChangedPage.Change> changes(Map<Long, Known> nowKnown) {
        known = nowKnown;
        List<ChangedPage.Change> changes = new ArrayList<>();
        for (CalcomEventType type : seen.values()) {
            Known before = known.get(type.id());
            byte[] hash = ContentHash.of(type);
            if (before != null && before.active() && before.missingInSyncs() == 0 && Arrays.equals(before.hash(), hash)) {
                unchanged++;
            } else {
                changes.add(new ChangedPage.Change(type, hash, before == null));
            }
        }
        return changes;
    }

    void stored(ChangedPage page) {
        created += page.created();
        updated += page.changes().size() - page.created();
    }

    /**
     * Finds what Cal.com no longer has. Nothing in a branch's sync, which sees too little of each list; nothing where anything was not answered: an event type may have moved to the list
     * that is lacking.
     *
     * @param maxShrink of a hundred, how many of a list's may be missing at once
     * @return the ids to count as missing
     */
    List<Long> findMissing(int maxShrink) {
        if (unanswered > 0) {
            return List.of();
        }
        List<Known> candidates = new ArrayList<>();
        if (request.isAll()) {
            Map<Long, List<Known>> byList = known.values().stream().filter(one -> one.active() && one.earlier())
                    .collect(Collectors.groupingBy(one -> one.teamId() == null ? 0 : one.teamId()));
            byList.forEach((list, active) -> candidates.addAll(missingOf(list, active, maxShrink)));
        } else if (request.scope() == SyncRequest.Scope.IDS) {
            notFound.stream().map(known::get).filter(one -> one != null && one.active()).forEach(candidates::add);
        }
        gone = refused ? List.of() : candidates;
        return gone.stream().map(Known::id).sorted().toList();
    }

    private List<Known> missingOf(long list, List<Known> active, int maxShrink) {
        List<Known> lacking = active.stream().filter(one -> !seen.containsKey(one.id())).toList();
        if (lacking.isEmpty() || !wasAnswered(list)) {
            return List.of();
        }
        Question about = list == 0 ? Question.PERSONAL : Question.team(list);
        if (emptyLists.contains(list) || teams.isEmpty() && list != 0) {
            refuse(about, "empty_answer", "Cal.com lists none, where there were some",
                    "Of " + active.size() + " active ones it lists none. A refused key can look like this.",
                    "Nothing is counted as missing. Where it is right, sync their ids: sync-event-types --ids " + ids(lacking) + ".");
            return List.of();
        }
        long fresh = lacking.stream().filter(one -> !one.accepted()).count();
        if (fresh * 100 > (long) maxShrink * active.size() && !request.force()) {
            refuse(about, "too_many_missing", "Too many are missing at once",
                    "Of " + active.size() + " active ones " + fresh + " are missing, more than " + maxShrink + " %: " + ids(lacking) + ".",
                    "Nothing is counted as missing. Where it is right, sync with --force.");
            return List.of();
        }
        return lacking;
    }

    /** A team that is gone from the list of teams has no list that could be asked for. */
    private boolean wasAnswered(long list) {
        return lists.contains(list) || list != 0 && areAllTeamsListed && teams.stream().noneMatch(team -> team.id() == list);
    }

    private void refuse(Question about, String code, String title, String detail, String hint) {
        refused = true;
        error(about, new Problem(409, code, title, detail, hint));
    }

    private static String ids(List<Known> some) {
        int most = 20;
        return some.stream().limit(most).map(one -> String.valueOf(one.id())).collect(Collectors.joining(",")) + (some.size() > most ? ",…" : "");
    }

    /** They are counted. */
    void marked() {
        deactivated = gone.stream().filter(one -> one.missingInSyncs() + 1 >= MISSING_TWICE).count();
        missing = gone.size() - deactivated;
    }

    Status status() {
        if (interrupted) {
            return Status.INTERRUPTED;
        }
        if (broken || unanswered > 0 && lists.isEmpty() && askedOneByOne.isEmpty()) {
            return Status.FAILED;
        }
        return unanswered > 0 ? Status.PARTIAL : refused ? Status.REFUSED : Status.COMPLETE;
    }

    int calls() {
        return calls;
    }

    int seen() {
        return seen.size();
    }

    List<Map<String, Object>> errors() {
        return errors;
    }

    /** The lists that arrived and are stored, to tell when an event type was last compared. */
    Collection<Long> comparedLists() {
        return broken || !request.isAll() ? Set.of() : lists;
    }

    Collection<Long> comparedIds() {
        return broken ? Set.of() : askedOneByOne;
    }

    /** Everything that happened, by number. */
    Map<String, Object> counts() {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("seen", (long) seen.size());
        counts.put("created", created);
        counts.put("updated", updated);
        counts.put("unchanged", unchanged);
        counts.put("missing", missing);
        counts.put("deactivated", deactivated);
        counts.put("calls", (long) calls);
        return counts;
    }
}
