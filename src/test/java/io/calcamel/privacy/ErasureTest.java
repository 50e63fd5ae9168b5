package io.calcamel.privacy;

import static io.calcamel.HubExtension.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who asks to be forgotten is: in every column of every table, and whatever is said of them later. */
class ErasureTest {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension().with("read-back.delay", "100ms").with("read-back.every", "100")
            .with("event-types.sync.at-start", "true");

    private static final HubExtension HUB = BOTH.hub();
    private static final long PLAIN = 2026361;

    private static HttpResponse<String> erase(String body) {
        return HUB.post("/api/erasures", body);
    }

    private static JsonNode erased(String body) {
        HttpResponse<String> answer = erase(body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json(answer);
    }

    private static JsonNode appointment(String uid) {
        return HUB.getJson("/api/appointments/" + uid);
    }

    private static void deliver(ObjectNode delivery) {
        assertThat(HUB.deliver(delivery.toString()).statusCode()).isEqualTo(200);
        awaitApplied();
    }

    private static void awaitApplied() {
        await().until(() -> HUB.count("pending") + HUB.count("failed") == 0);
    }

    /** Every row of every table, bodies as text, in small letters. */
    private static String dump() {
        StringBuilder dump = new StringBuilder();
        for (String table : HUB.db().sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'").query(String.class).list()) {
            HUB.db().sql("SELECT t::text FROM " + table + " t").query(String.class).list().forEach(row -> dump.append(table).append(' ').append(row).append('\n'));
        }
        HUB.db().sql("SELECT id, body FROM delivery").query((row, n) -> row.getLong(1) + " " + new String(row.getBytes(2), StandardCharsets.UTF_8)).list()
                .forEach(body -> dump.append("delivery body ").append(body).append('\n'));
        return dump.toString().toLowerCase(Locale.ROOT);
    }

    private static void assertForgotten(String... identities) {
        String stored = dump();
        for (String identity : identities) {
            int at = stored.indexOf(identity.toLowerCase(Locale.ROOT));
            assertThat(at).as(() -> identity + ": " + stored.substring(Math.max(0, at - 300), Math.min(stored.length(), at + 80))).isNegative();
        }
    }

    private static ObjectNode of(String email, String name, ObjectNode delivery) {
        String text = delivery.toString().replace("zoe@example.org", email).replace("Zoë Müller", name).replace("\"Zoë\"", "\"" + name + "\"");
        try {
            return (ObjectNode) io.calcamel.http.Json.MAPPER.readTree(text);
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatWasBookedHereIsForgottenAndStaysSo() {
        String start = HUB.getJson("/api/availability?eventTypeId=" + PLAIN + "&start=" + LocalDate.now().plusDays(2) + "&end="
                + LocalDate.now().plusDays(30)).at("/slots").elements().next().path(0).path("start").asText();
        HttpResponse<String> booked = HUB.post("/api/bookings", """
                {"eventTypeId":%d,"start":"%s","attendee":{"name":"Erika Zzmuster","email":"Erika.Muster+x@Example.org","phoneNumber":"+49 30 5550123"},
                "responses":{"notes":"call me on 0049 30 555 0123, Zzmuster"},"metadata":{"crm":"Zzmuster-7"}}""".formatted(PLAIN, start));
        assertThat(booked.statusCode()).as(booked.body()).isEqualTo(201);
        String uid = json(booked).path("uid").asText();
        await().until(() -> HUB.getJson("/api/deliveries").path("items").findValuesAsText("bookingUid").contains(uid));
        awaitApplied();
        assertThat(dump()).contains("erika.muster+x@example.org", "zzmuster", "5550123");

        JsonNode dry = erased("{\"email\":\"erika.muster+x@example.ORG\",\"dryRun\":true}");
        assertThat(dry.path("appointments").asInt()).isEqualTo(1);
        assertThat(dry.path("id").isNull() && dry.path("deliveries").asInt() >= 1 && dry.path("intents").asInt() == 1).as(dry.toString()).isTrue();
        assertThat(dump()).contains("erika.muster+x@example.org");

        JsonNode done = erased("{\"email\":\"erika.muster+x@example.ORG\"}");
        assertThat(done.path("appointments").asInt()).as(done.toString()).isEqualTo(1);
        assertThat(done.path("intents").asInt()).isEqualTo(1);
        String[] identities = {"erika.muster", "zzmuster", "5550123", "555 0123"};
        assertForgotten(identities);
        JsonNode appointment = appointment(uid);
        assertThat(appointment.path("status").asText()).isEqualTo("confirmed");
        assertThat(appointment.path("start").asText()).isNotEmpty();
        assertThat(appointment.path("attendee").path("name").isNull() && appointment.path("attendee").path("email").isNull()).as(appointment.toString()).isTrue();

        // The sandbox still knows all: a read-back, a replay and a late delivery tell it once more.
        HUB.post("/api/deliveries/replay", "{\"from\":\"2020-01-01\"}");
        awaitApplied();
        HUB.db().sql("UPDATE booking SET read_back_reason = 'test', read_back_due_at = now(), read_back_at = NULL WHERE uid = :uid").param("uid", uid).update();
        await().until(() -> HUB.db().sql("SELECT read_back_at IS NOT NULL FROM booking WHERE uid = :uid").param("uid", uid).query(Boolean.class).single());
        BOTH.ask("POST", "/bookings/" + uid + "/cancel", "2024-08-13", "{\"cancellationReason\":\"Zzmuster is ill\"}");
        await().until(() -> appointment(uid).path("status").asText().equals("cancelled"));
        awaitApplied();
        await().until(() -> HUB.db().sql("SELECT count(*) FROM booking WHERE read_back_due_at IS NOT NULL").query(Long.class).single() == 0);
        assertForgotten(identities);

        assertThat(HUB.getJson("/api/erasures").toString()).contains("\"askedBy\":\"token of the environment\"").doesNotContain("erika");
    }

    @Test
    void ofAChainAllBookingsForgetAndOnesThatComeLater() {
        deliver(of("anna@zzchain.example", "Anna Zzchain", Deliveries.created("chain-a", 1)));
        deliver(of("anna@zzchain.example", "Anna Zzchain", Deliveries.rescheduled("chain-b", "chain-a", 2, "2027-01-12")));
        erased("{\"email\":\"ANNA@zzchain.example\"}");
        assertForgotten("zzchain");
        deliver(of("anna@zzchain.example", "Anna Zzchain", Deliveries.rescheduled("chain-c", "chain-b", 3, "2027-01-13")));
        deliver(Deliveries.noShow("chain-c", 4, "anna@zzchain.example", true));
        deliver(of("anna@zzchain.example", "Anna Zzchain", Deliveries.meeting("MEETING_ENDED", "chain-c")));
        deliver(of("anna@zzchain.example", "Anna Zzchain", Deliveries.cancelled("chain-c", 6)));
        assertForgotten("zzchain");
        JsonNode appointment = appointment("chain-a");
        assertThat(appointment.path("uids")).hasSize(3);
        assertThat(appointment.path("status").asText()).isEqualTo("cancelled");
        assertThat(appointment.path("start").asText()).isEqualTo("2027-01-11T10:00:00Z");
        assertThat(appointment.path("host").asText()).isEqualTo("lena@example.com");
        assertThat(appointment.at("/attendee/noShow").asBoolean()).isTrue();
    }

    @Test
    void ofASeatedBookingOnlyThatOneIs() {
        deliver(of("berta@zzseat.example", "Berta Zzseat", Deliveries.seatTaken("seats-1", "seat-b", "berta@zzseat.example", 1)));
        deliver(of("carl@example.net", "Carl Kept", Deliveries.seatTaken("seats-1", "seat-c", "carl@example.net", 2)));
        erased("{\"email\":\"berta@zzseat.example\"}");
        assertForgotten("zzseat");
        deliver(of("berta@zzseat.example", "Berta Zzseat", Deliveries.seatCancelled("seats-1", "berta@zzseat.example", 3)));
        assertForgotten("zzseat");
        JsonNode attendees = appointment("seats-1").path("attendees");
        assertThat(attendees.findValuesAsText("email")).containsExactlyInAnyOrder("null", "carl@example.net");
        assertThat(attendees.findValuesAsText("name")).contains("Carl Kept");
        for (JsonNode attendee : attendees) {
            assertThat(attendee.path("status").asText()).isEqualTo(attendee.path("seatUid").asText().equals("seat-b") ? "cancelled" : "active");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"phoneNumber\":\"0049 (151) 2345-678\"}", "{\"email\":\"491512345678@sms.cal.com\"}"})
    void byPhoneAndItsAddressTheSamePersonIsMeant(String body) {
        deliver(of("x", "Dora Zzphone", Deliveries.with(Deliveries.created("phone-1", 1), payload -> payload.withArray("attendees").removeAll()
                .addObject().put("email", "491512345678@sms.cal.com").put("name", "Dora Zzphone").put("phoneNumber", "+49 151 2345678"))));
        assertThat(appointment("phone-1").at("/attendee/name").asText()).as("erased before, in the second round").isIn("Dora Zzphone", "null");
        erased(body);
        assertForgotten("zzphone", "491512345678", "151 2345678");
    }

    @Test
    void aDeliveryThatWaitsIsForgottenBeforeItIsApplied() {
        HUB.db().sql("INSERT INTO delivery (company_id, trigger_event, booking_uid, body, body_hash, has_created_at, status, next_attempt_at)"
                + " VALUES (1, 'BOOKING_CREATED', 'late-1', :body, '\\x01', true, 'failed', now() + interval '1 day')")
                .param("body", of("emil@zzlate.example", "Emil Zzlate", Deliveries.created("late-1", 1)).toString().getBytes(StandardCharsets.UTF_8)).update();
        erased("{\"email\":\"emil@zzlate.example\"}");
        assertForgotten("zzlate");
        HUB.db().sql("UPDATE delivery SET next_attempt_at = now() WHERE booking_uid = 'late-1'").update();
        await().until(() -> HUB.get("/api/appointments/late-1").statusCode() == 200);
        deliver(of("emil@zzlate.example", "Emil Zzlate", Deliveries.confirmed("late-1", 5)));
        assertForgotten("zzlate");
        assertThat(appointment("late-1").path("start").asText()).isEqualTo("2027-01-11T10:00:00Z");
    }

    @Test
    void whatIsNoBookingIsForgottenToo() {
        deliver(Deliveries.nested("FORM_SUBMITTED", 1, io.calcamel.http.Json.MAPPER.createObjectNode().put("formId", "f").put("answer", "write to <Fritz@zzform.example>.")));
        byte[] noJson = "who=Fritz@zzform.example&why=zzform".getBytes(StandardCharsets.UTF_8);
        assertThat(HUB.deliver(noJson, "text/plain").statusCode()).isEqualTo(200);
        awaitApplied();
        assertThat(erased("{\"email\":\"fritz@zzform.example\"}").path("deliveries").asInt()).isEqualTo(2);
        assertForgotten("zzform");
    }

    @Test
    void whatIsStillToBeBookedIsLeftAndCountedUntilItIsCalledOff() {
        long id = HUB.db().sql("""
                INSERT INTO appointment (company_id, status, start_at, attendee_emails, requires_manual_booking, document) VALUES (1, 'manual', now() + interval '9 days',
                    '{ida@zzopen.example}', true, '{"uid":null,"status":"manual","title":"t","attendee":{"name":"Ida","email":"ida@zzopen.example"},"attendees":[{"name":"Ida",
                    "email":"ida@zzopen.example"}],"responses":{"notes":"zzopen"},"metadata":{"calcamel_intent":"stamp-open","crm":"zzopen"}}') RETURNING id""").query(Long.class).single();
        HUB.db().sql("""
                INSERT INTO booking_intent (company_id, idempotency_key, derived, kind, request_hash, request, stamp, status, appointment_id, appointment_ids)
                VALUES (1, 'ida@zzopen.example-1', false, 'book', '\\x00', '{"eventTypeId":1,"attendee":{"name":"Ida","email":"ida@zzopen.example"},"responses":{"notes":"zzopen"}}',
                    'stamp-open', 'manual', :id, ARRAY[:id])""").param("id", id).update();
        JsonNode open = erased("{\"email\":\"ida@zzopen.example\"}");
        assertThat(open.path("open").asInt()).as(open.toString()).isEqualTo(2);
        assertThat(appointment(String.valueOf(id)).at("/attendee/email").asText()).isEqualTo("ida@zzopen.example");
        HttpResponse<String> cancelled = HUB.post("/api/bookings/" + id + "/cancel", "{}");
        assertThat(cancelled.statusCode()).as(cancelled.body()).isEqualTo(200);
        JsonNode done = erased("{\"email\":\"ida@zzopen.example\"}");
        assertThat(done.path("open").asInt()).as(done.toString()).isZero();
        assertForgotten("zzopen");
        assertThat(appointment(String.valueOf(id)).path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void anothersDataAndAnotherCompanysStay() {
        deliver(of("gerd@zzgerd.example", "Gerd Zzgerd", Deliveries.created("gerd-1", 1)));
        deliver(of("not.gerd@zzgerd.example", "Other Zzother", Deliveries.created("gerd-2", 1)));
        assertThat(HUB.administer("POST", "/api/companies", "{\"slug\":\"other-one\"}").statusCode()).isEqualTo(201);
        JsonNode elsewhere = json(HUB.administer("POST", "/api/erasures", "{\"company\":\"other-one\",\"email\":\"gerd@zzgerd.example\"}"));
        assertThat(elsewhere.path("appointments").asInt() + elsewhere.path("deliveries").asInt()).as(elsewhere.toString()).isZero();
        assertThat(elsewhere.path("askedBy").asText()).isEqualTo("administrator");
        assertThat(appointment("gerd-1").at("/attendee/email").asText()).isEqualTo("gerd@zzgerd.example");
        assertThat(erase("{\"company\":\"other-one\",\"email\":\"gerd@zzgerd.example\"}").statusCode()).isEqualTo(403);
        erased("{\"email\":\"gerd@zzgerd.example\"}");
        assertThat(appointment("gerd-1").at("/attendee/email").isNull()).isTrue();
        assertThat(appointment("gerd-2").at("/attendee/name").asText()).isEqualTo("Other Zzother");
        String token = json(HUB.administer("POST", "/api/tokens", "{\"name\":\"CRM\",\"company\":\"other-one\"}")).path("token").asText();
        JsonNode theirs = json(HUB.send(HttpRequest.newBuilder(HUB.uri("/api/erasures")).header("Authorization", "Bearer " + token)));
        assertThat(theirs.path("total").asInt()).isEqualTo(1);
        HUB.send(HttpRequest.newBuilder(HUB.uri("/api/erasures")).header("Authorization", "Bearer " + token).POST(HttpRequest.BodyPublishers.ofString("{\"email\":\"a@b.example\"}")));
        theirs = json(HUB.administer("GET", "/api/erasures?company=other-one", null));
        assertThat(theirs.path("items").findValuesAsText("askedBy")).containsExactly("token CRM", "administrator");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"email\":\"a@b.example\",\"phoneNumber\":\"+4930123456\"}", "{\"email\":\"nobody\"}", "{\"email\":7}", "{\"phoneNumber\":\"123\"}",
            "{\"phoneNumber\":\"a@b\"}", "{\"email\":\"a@b.example\",\"dryRun\":\"yes\"}", "{\"e-mail\":\"a@b.example\"}"})
    void whatCantBeMeantIsRefused(String body) {
        assertThat(erase(body).statusCode()).isEqualTo(400);
        assertThat(HUB.db().sql("SELECT count(*) FROM erasure WHERE ended_at IS NULL").query(Long.class).single()).isZero();
    }

    @Test
    void thePseudonymsStayWhenTheMasterKeyIsRotated() {
        erased("{\"email\":\"henri@zzkey.example\"}");
        String before = HUB.getJson("/api/erasures?limit=1").at("/items/0/person").asText();
        String old = "master-key-of-the-tests-0123456789";
        io.calcamel.company.Vault rotating = new io.calcamel.company.Vault("another-master-key-0123456789-0123," + old);
        assertThat(read(rotating).of("henri@zzkey.example")).isEqualTo(before);
        assertThat(read(new io.calcamel.company.Vault("another-master-key-0123456789-0123")).of("henri@zzkey.example")).isEqualTo(before);
        read(new io.calcamel.company.Vault(old + ",another-master-key-0123456789-0123"));
        assertThat(List.of(before)).allMatch(person -> person.matches("[0-9a-f]{32}"));
    }

    private static Pseudonyms read(io.calcamel.company.Vault vault) {
        Pseudonyms pseudonyms = new Pseudonyms(HUB.db(), vault);
        pseudonyms.read();
        return pseudonyms;
    }
}
