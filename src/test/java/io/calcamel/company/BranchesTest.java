package io.calcamel.company;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Branches as an administrator keeps them, and what follows from their rules. */
class BranchesTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension();

    private static final String ADMIN = "demo-admin-token";

    private static int other;

    @BeforeAll
    static void anotherCompany() {
        other = HUB.db().sql("INSERT INTO company (slug, name) VALUES ('other', 'Other') RETURNING id").query(Integer.class).single();
    }

    @BeforeEach
    void someEventTypes() {
        HUB.db().sql("TRUNCATE branch, branch_event_type, event_type").update();
        eventType(1, 11, "First visit", "berlin-first-visit", null);
        eventType(1, 12, "Check-up", "berlin-check-up", 7L);
        eventType(1, 13, "First visit", "hamburg-first-visit", 7L);
        eventType(other, 21, "First visit", "berlin-first-visit", null);
    }

    private static void eventType(int company, long id, String title, String slug, Long team) {
        HUB.db().sql("""
                INSERT INTO event_type (company_id, calcom_event_type_id, title, slug, description, length, locations, booking_fields, team_id, hidden,
                    content_hash, document)
                VALUES (:company, :id, :title, :slug, '', 30, '[]', '[]', :team, false, '', '{}')""")
                .param("company", company).param("id", id).param("title", title).param("slug", slug).param("team", team, java.sql.Types.BIGINT).update();
    }

    private static HttpResponse<String> call(String token, String method, String path, String body) {
        return HUB.send(HttpRequest.newBuilder(HUB.uri(path)).header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    private static JsonNode answer(int status, String method, String path, String body) {
        HttpResponse<String> answer = call(ADMIN, method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return HubExtension.json(answer);
    }

    private static JsonNode create(String more) {
        return answer(201, "POST", "/api/branches", "{\"slug\":\"berlin\",\"name\":\"Berlin\"" + more + "}");
    }

    private static JsonNode change(String body) {
        return answer(200, "PATCH", "/api/branches/berlin", body);
    }

    private static List<String> offered(JsonNode branch) {
        List<String> offered = new ArrayList<>();
        branch.path("eventTypes").forEach(type -> offered.add(type.path("id").asText() + " " + type.path("by").asText()));
        return offered;
    }

    private static String code(JsonNode problem) {
        return problem.path("code").asText();
    }

    @Test
    void aBranchIsCreatedSeenChangedAndDeleted() {
        JsonNode created = create("");
        assertThat(created.path("company").asText()).isEqualTo("default");
        assertThat(offered(created)).isEmpty();
        String id = created.path("id").asText();
        for (String path : List.of(id, "berlin", id + "?company=1", "berlin?company=default")) {
            assertThat(answer(200, "GET", "/api/branches/" + path, "")).isEqualTo(created);
        }
        for (String path : List.of("hamburg", "999999", "99999999999999999999", id + "?company=other", "berlin?company=other", "BERLIN")) {
            assertThat(code(answer(404, "GET", "/api/branches/" + path, ""))).isEqualTo("branch_not_found");
        }
        JsonNode changed = change("{\"slug\":\"mitte\",\"name\":\" Berlin-Mitte \"}");
        assertThat(changed.path("slug").asText() + " " + changed.path("name").asText()).isEqualTo("mitte Berlin-Mitte");
        assertThat(answer(200, "DELETE", "/api/branches/mitte", "")).isEqualTo(changed);
        assertThat(answer(200, "GET", "/api/branches", "").path("total").asInt()).isZero();
    }

    @Test
    void aSlugIsUniqueInItsCompany() {
        create("");
        assertThat(code(answer(409, "POST", "/api/branches", "{\"slug\":\"berlin\",\"name\":\"Again\"}"))).isEqualTo("branch_exists");
        JsonNode theirs = create(",\"company\":\"other\"");
        answer(201, "POST", "/api/branches", "{\"slug\":\"hamburg\",\"name\":\"Hamburg\",\"company\":1}");
        assertThat(code(answer(409, "PATCH", "/api/branches/hamburg", "{\"slug\":\"berlin\"}"))).isEqualTo("branch_exists");
        assertThat(answer(200, "GET", "/api/branches/berlin?company=other", "")).isEqualTo(theirs);

        assertThat(answer(200, "GET", "/api/branches?company=default", "").path("items").findValuesAsText("slug")).containsExactly("berlin", "hamburg");
        List<String> slugs = new ArrayList<>();
        for (String next = "/api/branches?limit=1"; next != null;) {
            JsonNode page = answer(200, "GET", next, "");
            assertThat(page.path("total").asInt()).isEqualTo(3);
            page.path("items").forEach(branch -> slugs.add(branch.path("company").asText() + "/" + branch.path("slug").asText()));
            next = page.path("next").textValue();
        }
        assertThat(slugs).containsExactly("default/berlin", "other/berlin", "default/hamburg");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"name\":\"a\"} | slug", "{\"slug\":\"Berlin\",\"name\":\"a\"} | slug", "{\"slug\":\"12\",\"name\":\"a\"} | slug",
        "{\"slug\":\"a b\",\"name\":\"a\"} | slug", "{\"slug\":\"a\\n\",\"name\":\"a\"} | slug", "{\"slug\":5,\"name\":\"a\"} | slug",
        "{\"slug\":\"a\"} | name", "{\"slug\":\"a\",\"name\":\" \"} | name", "{\"slug\":\"a\",\"name\":\"\\u0000\"} | name",
        "{\"slug\":\"a\",\"name\":\"a\",\"slugPattern\":\"\"} | slugPattern", "{\"slug\":\"a\",\"name\":\"a\",\"slugPattern\":7} | slugPattern",
        "{\"slug\":\"a\",\"name\":\"a\",\"teamId\":\"x\"} | teamId", "{\"slug\":\"a\",\"name\":\"a\",\"teamId\":0} | teamId",
        "{\"slug\":\"a\",\"name\":\"a\",\"eventTypes\":7} | eventTypes", "{\"slug\":\"a\",\"name\":\"a\",\"eventTypes\":[0]} | eventTypes",
        "{\"slug\":\"a\",\"name\":\"a\",\"team\":7} | team", "{\"slug\":\"a\",\"name\":\"a\",\"company\":{}} | company"})
    void aFieldThatCantBeUsedIsNamed(String body, String field) {
        JsonNode problem = answer(400, "POST", "/api/branches", body);
        assertThat(code(problem)).isEqualTo("bad_parameter");
        assertThat(problem.path("detail").asText()).startsWith("Parameter '" + field + "' ");
        assertThat(answer(200, "GET", "/api/branches", "").path("total").asInt()).isZero();
    }

    @Test
    void onlySyncedEventTypesOfTheCompanyCanBeNamed() {
        JsonNode problem = answer(404, "POST", "/api/branches", "{\"slug\":\"berlin\",\"name\":\"Berlin\",\"eventTypes\":[11,21,99]}");
        assertThat(code(problem)).isEqualTo("event_type_not_found");
        assertThat(problem.path("detail").asText()).contains("21, 99").doesNotContain("11");
        assertThat(answer(200, "GET", "/api/branches", "").path("total").asInt()).as("nothing is created").isZero();
        assertThat(offered(create(",\"eventTypes\":[12,11,12]"))).containsExactly("11 explicit", "12 explicit");
        assertThat(HUB.getJson("/api/event-types/12").path("branches").path(0).asText()).isEqualTo("berlin");
        assertThat(offered(change("{\"name\":\"Mitte\"}"))).as("not named").hasSize(2);
        assertThat(offered(change("{\"eventTypes\":[13]}"))).containsExactly("13 explicit");
        assertThat(offered(change("{\"eventTypes\":[]}"))).isEmpty();
    }

    @Test
    void whatTheRuleBringsChangesWithItAndWhatIsNamedStays() {
        assertThat(offered(create(",\"slugPattern\":\"berlin-*\",\"eventTypes\":[12]"))).containsExactly("11 rule", "12 explicit");
        assertThat(offered(change("{\"slugPattern\":\"*-first-*\"}"))).containsExactly("11 rule", "12 explicit", "13 rule");
        assertThat(offered(change("{\"teamId\":7}"))).as("both are met").containsExactly("12 explicit", "13 rule");
        assertThat(offered(change("{\"eventTypes\":[]}"))).containsExactly("13 rule");
        assertThat(offered(change("{\"slugPattern\":null}"))).as("what was named is there by the rule now").containsExactly("12 rule", "13 rule");
        List<Map<String, Object>> before = versions();
        assertThat(offered(change("{\"name\":\"Mitte\"}"))).hasSize(2);
        assertThat(versions()).as("what did not change is not written").isEqualTo(before);
        assertThat(offered(change("{\"eventTypes\":[13]}"))).containsExactly("12 rule", "13 explicit");
        assertThat(offered(change("{\"teamId\":null}"))).containsExactly("13 explicit");
    }

    private static List<Map<String, Object>> versions() {
        return HUB.db().sql("SELECT xmin::text, xmax::text, ctid::text FROM branch_event_type ORDER BY calcom_event_type_id").query().listOfRows();
    }

    @Test
    void aPatternMatchesWhatItSays() {
        create("");
        Arbitrary<String> slugs = Arbitraries.strings().withChars("ab-_%\\.^$[(*?").ofMinLength(0).ofMaxLength(6);
        JqwikSession.run(() -> {
            List<String> all = slugs.list().ofSize(60).sample();
            for (int i = 0; i < all.size(); i++) {
                eventType(1, 1000 + i, "t", all.get(i), null);
            }
            slugs.filter(pattern -> !pattern.isEmpty()).list().ofSize(60).sample().forEach(pattern -> {
                List<String> expected = new ArrayList<>();
                for (int i = 0; i < all.size(); i++) {
                    if (matches(pattern, all.get(i))) {
                        expected.add((1000 + i) + " rule");
                    }
                }
                String body = "{\"slugPattern\":\"" + pattern.replace("\\", "\\\\") + "\"}";
                assertThat(offered(change(body))).as(pattern + " of " + all).filteredOn(type -> type.length() > 8).isEqualTo(expected);
            });
        });
    }

    /** A star takes nothing, or one character and stays; everything else is itself. */
    private static boolean matches(String pattern, String text) {
        if (pattern.isEmpty()) {
            return text.isEmpty();
        }
        return pattern.charAt(0) == '*' ? matches(pattern.substring(1), text) || !text.isEmpty() && matches(pattern, text.substring(1))
                : !text.isEmpty() && pattern.charAt(0) == text.charAt(0) && matches(pattern.substring(1), text.substring(1));
    }

    @Test
    void anotherCompanysTokenFindsNeitherBranchNorEventType() {
        JsonNode ours = create(",\"slugPattern\":\"*\"");
        String theirs = answer(201, "POST", "/api/tokens", "{\"name\":\"phone\",\"company\":\"other\"}").path("token").asText();
        for (String branch : List.of("berlin", ours.path("id").asText())) {
            String ask = "/api/availability?start=2030-01-07&end=2030-01-07&branch=" + branch;
            for (String more : List.of("&name=First%20visit", "&eventTypeId=11", "&eventTypeId=21")) {
                assertThat(code(HubExtension.json(call(theirs, "GET", ask + more, "")))).as(more).isEqualTo("branch_not_found");
            }
            for (String what : List.of("\"name\":\"First visit\"", "\"eventTypeId\":21")) {
                String body = "{\"branch\":\"" + branch + "\"," + what + ",\"start\":\"2030-01-07T10:00:00Z\","
                        + "\"attendee\":{\"name\":\"Zoë\",\"email\":\"zoe@example.org\"}}";
                assertThat(code(HubExtension.json(call(theirs, "POST", "/api/bookings", body)))).as(body).isEqualTo("branch_not_found");
            }
        }
        assertThat(code(HubExtension.json(call(theirs, "GET", "/api/branches", "")))).isEqualTo("unauthorized");
        assertThat(offered(ours)).as("nor does a rule bring theirs").containsExactly("11 rule", "12 rule", "13 rule");

        create(",\"company\":\"other\",\"slugPattern\":\"*\"");
        String ask = "/api/availability?start=2030-01-07&end=2030-01-07&branch=berlin";
        assertThat(code(HubExtension.json(call(theirs, "GET", ask + "&eventTypeId=11", "")))).isEqualTo("event_type_not_found");
        JsonNode problem = HubExtension.json(call(theirs, "GET", ask + "&name=check-up", ""));
        assertThat(code(problem)).isEqualTo("event_type_not_found");
        assertThat(problem.path("hint").asText()).isEqualTo("It has: 'First visit'.");
    }

    /** Some name event types, others change the rule, all of the same branch: nobody is told of a fault, and the rule is true in the end. */
    @Test
    void manyChangeABranchAtOnce() {
        for (int i = 0; i < 60; i++) {
            eventType(1, 500 + i, "Course", "course-" + i, null);
        }
        create("");
        String named = IntStream.range(500, 560).mapToObj(String::valueOf).collect(Collectors.joining(",", "[", "]"));
        List<String> changes = List.of("{\"slugPattern\":\"course-*\"}", "{\"eventTypes\":" + named + "}", "{\"slugPattern\":null}", "{\"eventTypes\":[]}");
        List<HttpResponse<String>> answers = IntStream.range(0, 160).mapToObj(i -> i).toList().parallelStream()
                .map(i -> call(ADMIN, "PATCH", "/api/branches/berlin", changes.get(i % 4))).toList();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200));
        assertThat(offered(change("{\"slugPattern\":\"*-1\",\"eventTypes\":[]}"))).containsExactly("501 rule");
    }

    @Test
    void aNameMustNotMeanTooMany() {
        for (int i = 0; i < 21; i++) {
            eventType(1, 500 + i, " Course ", "course-" + i, null);
        }
        create(",\"slugPattern\":\"course-*\"");
        JsonNode problem = HubExtension.json(HUB.get("/api/availability?start=2030-01-07&end=2030-01-07&branch=berlin&name=course"));
        assertThat(code(problem)).isEqualTo("bad_parameter");
        assertThat(problem.path("detail").asText()).contains("21 event types");
        HUB.db().sql("UPDATE event_type SET is_active = false").update();
        JsonNode none = HubExtension.json(HUB.get("/api/availability?start=2030-01-07&end=2030-01-07&branch=berlin&name=course"));
        assertThat(code(none) + ": " + none.path("hint").asText()).isEqualTo("event_type_not_found: It has: none that can be booked.");
        assertThat(answer(200, "GET", "/api/branches/berlin", "").path("eventTypes")).as("they stay mapped").hasSize(21);
    }
}
