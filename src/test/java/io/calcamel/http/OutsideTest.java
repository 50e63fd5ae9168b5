package io.calcamel.http;

import static io.calcamel.HubExtension.SECRET;
import static io.calcamel.HubExtension.json;
import static io.calcamel.HubExtension.sign;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.Deliveries;
import io.calcamel.HttpLine;
import io.calcamel.HubExtension;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What comes from outside neither steers a component nor comes back, and every error is problem+json. */
class OutsideTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension();

    /** Message headers that make a Camel component do something else (Camel's documentation of each component). */
    private static final List<String> STEERING = List.of("CamelHttpUri", "CamelHttpPath", "CamelHttpQuery", "CamelHttpRawQuery", "CamelHttpMethod",
            "CamelHttpResponseCode", "CamelHttpResponseText", "CamelSqlQuery", "CamelSqlParameters", "CamelSqlDataSource", "CamelJdbcParameters",
            "CamelJdbcUpdateCount", "CamelRetrieveGeneratedKeys", "CamelFileName", "CamelFilePath", "CamelBeanMethodName", "CamelBeanParameterMapping",
            "CamelCaffeineAction", "CamelCaffeineKey", "CamelToEndpoint", "CamelRecipientListEndpoint", "CamelJacksonUnmarshalType",
            "camelhttpresponsecode", "CAMELHTTPPATH", "company", "companyId", "parameters", "id", "signature", "X-Original-Content-Type");

    private static final Set<String> OURS = Set.of("content-type", "content-length", "transfer-encoding", "www-authenticate", "retry-after", "connection");

    @BeforeAll
    static void oneAppointment() {
        HUB.deliver(Deliveries.created("known", 1).toString());
        await().until(() -> HUB.get("/api/appointments/known").statusCode() == 200);
    }

    static Stream<String> reads() {
        return Stream.of("/api/appointments/known", "/api/appointments/unknown", "/api/appointments", "/api/deliveries");
    }

    @ParameterizedTest
    @MethodSource("reads")
    void headersAndParametersChangeNoAnswerAndDoNotComeBack(String path) {
        HttpResponse<String> plain = HUB.get(path);
        HttpRequest.Builder loaded = HttpRequest.newBuilder(HUB.uri(path + "?" + STEERING.stream().map(name -> name + "=evil-query").collect(Collectors.joining("&"))))
                .header("Authorization", "Bearer " + HubExtension.TOKEN).header("X-Custom", "evil-header").header("Cookie", "a=evil-cookie");
        STEERING.forEach(name -> loaded.header(name, "evil-header"));
        HttpResponse<String> answer = HUB.send(loaded);

        assertThat(answer.statusCode()).isEqualTo(plain.statusCode());
        assertThat(answer.body()).isEqualTo(plain.body());
        assertThatOnlyOurHeadersComeBack(answer);
    }

    @Test
    void atTheWebhookNeitherHeadersNorParametersNorFormFieldsDoAnything() {
        String form = STEERING.stream().map(name -> name + "=" + URLEncoder.encode("404", UTF_8)).collect(Collectors.joining("&"));
        byte[] body = form.getBytes(UTF_8);
        for (String type : List.of("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json")) {
            HttpRequest.Builder loaded = HUB.webhook("/webhooks/calcom?company=nobody&" + form, body).header("X-Cal-Signature-256", sign(SECRET, body))
                    .header("Content-Type", type).header("X-Custom", "evil-header");
            STEERING.forEach(name -> loaded.header(name, "404"));
            HttpResponse<String> answer = HUB.send(loaded);
            assertThat(answer.statusCode()).as(type).isEqualTo(200);
            assertThat(json(answer).path("status").asText()).isEqualTo("accepted");
            assertThatOnlyOurHeadersComeBack(answer);
            byte[] stored = HUB.db().sql("SELECT body FROM delivery WHERE id = :id").param("id", json(answer).path("id").asLong())
                    .query((row, n) -> row.getBytes(1)).single();
            assertThat(stored).isEqualTo(body);
        }
    }

    @Test
    void aRefusalEchoesNothingEither() {
        byte[] body = "evil-body".getBytes(UTF_8);
        HttpRequest.Builder loaded = HUB.webhook("/webhooks/calcom?x=evil-query", body).header("X-Custom", "evil-header");
        STEERING.forEach(name -> loaded.header(name, "evil-header"));
        HttpResponse<String> answer = HUB.send(loaded);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThatOnlyOurHeadersComeBack(answer);
    }

    @Test
    void theLinkToTheNextPageHoldsNothingButItsOwnParameters() {
        HUB.deliver("{\"triggerEvent\":\"PING\"}");
        HUB.deliver("{\"triggerEvent\":\"PING\"}");
        assertThat(HUB.getJson("/api/deliveries?limit=1&trigger=PING&CamelHttpUri=evil&x=evil").path("next").asText())
                .matches("/api/deliveries\\?trigger=PING&limit=1&after=\\d+");
    }

    private static void assertThatOnlyOurHeadersComeBack(HttpResponse<String> answer) {
        Set<String> names = new TreeSet<>(answer.headers().map().keySet());
        names.removeAll(OURS);
        assertThat(names).isEmpty();
        assertThat(answer.headers().map().toString() + answer.body()).doesNotContain("evil");
    }

    @ParameterizedTest
    @MethodSource("reads")
    void theApiIsClosedWithoutTheToken(String path) {
        List<HttpRequest.Builder> requests = new ArrayList<>();
        requests.add(HttpRequest.newBuilder(HUB.uri(path)));
        for (String wrong : List.of("Bearer wrong", "Bearer ", "Bearer", "Basic " + HubExtension.TOKEN, HubExtension.TOKEN, "Bearer " + HubExtension.TOKEN + "x")) {
            requests.add(HttpRequest.newBuilder(HUB.uri(path)).header("Authorization", wrong));
        }
        requests.add(HttpRequest.newBuilder(HUB.uri(path + "?Authorization=Bearer%20" + HubExtension.TOKEN)));
        requests.add(HttpRequest.newBuilder(HUB.uri(path)).header("Authorization", "Bearer " + HubExtension.TOKEN).header("Authorization", "Bearer wrong"));
        for (HttpRequest.Builder request : requests) {
            HttpResponse<String> answer = HUB.send(request);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertProblem(answer, "unauthorized");
            assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nothing", "/api", "/api/appointments/a/b", "/webhooks", "/webhooks/calcom/a/b", "/api/%00", "/%ff"})
    void whereThereIsNothingItIs404(String path) {
        HttpResponse<String> answer = HUB.get(path);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }

    @Test
    void anotherMethodIs405() {
        HttpResponse<String> answer = HUB.send(HttpRequest.newBuilder(HUB.uri("/api/deliveries")).DELETE());
        assertThat(answer.statusCode()).isEqualTo(405);
        assertProblem(answer, "method_not_allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/deliveries?limit=0", "/api/deliveries?limit=501", "/api/deliveries?limit=x", "/api/deliveries?status=done",
            "/api/deliveries?from=yesterday", "/api/deliveries?after=x", "/api/appointments?status=x", "/api/appointments?from=2027-13-01",
            "/api/appointments?requiresManualBooking=maybe", "/api/appointments?after=x", "/api/appointments?after=1_x", "/api/deliveries?limit=99999999999999999999",
            "/api/deliveries?trigger=%00", "/api/appointments?email=%00", "/api/appointments/%00?id=",
            "/api/appointments?from=%2B999999999-12-31T23:59:59Z", "/api/deliveries?to=-999999999-01-01T00:00:00Z"})
    void aParameterThatCantBeUsedIs400AndNamed(String path) {
        HttpResponse<String> answer = HUB.get(path);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertProblem(answer, "bad_parameter");
        assertThat(json(answer).path("detail").asText()).contains("'" + path.replaceAll(".*\\?(.*)=.*", "$1") + "'");
    }

    /** No HTTP client sends them, and Vert.x has a stack trace with the query for each. */
    @ParameterizedTest
    @ValueSource(strings = {"/api/appointments/known?email=%u0041", "/api/appointments/known?email=%", "/api/deliveries?trigger=%2", "/webhooks/calcom/default?x=%zz"})
    void aBrokenQueryIs400(String target) throws IOException {
        HttpLine.Answer answer = raw("GET " + target + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + HubExtension.TOKEN + "\r\n\r\n");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.body()).contains("\"bad_request\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\n{}\r\n0\r\n\r\n", "-2\r\n{}\r\n0\r\n\r\n", "ffffffffffff\r\n{}\r\n"})
    void chunksThatAreNoneMakeNoFault(String chunks) throws IOException {
        Logger door = (Logger) LoggerFactory.getLogger(HttpDoor.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        door.addAppender(log);
        HttpLine.Answer answer = raw("POST /api/deliveries/replay HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
        door.detachAppender(log);
        assertThat(answer.status()).isIn(0, 400);
        assertThat(log.list).isEmpty();
    }

    private static HttpLine.Answer raw(String request) throws IOException {
        try (HttpLine line = new HttpLine(HUB.uri("/").getPort())) {
            return line.ask(request.getBytes(UTF_8), false, true);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"status\":1e99999999999}", "{\"status\":1e-2147483648}", "{\"status\":-1E+99999999999}"})
    void aNumberBeyondAllNumbersIs400(String body) {
        HttpResponse<String> answer = HUB.post("/api/deliveries/replay", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    }

    @Test
    void aDeliveryWithSuchANumberIsInNobodysWay() {
        long id = json(HUB.deliver("{\"triggerEvent\":\"BOOKING_CREATED\",\"payload\":{\"uid\":\"huge\",\"price\":1e99999999999}}")).path("id").asLong();
        await().until(() -> HUB.getJson("/api/deliveries/" + id).path("status").asText().equals("unrecognised"));
        HttpResponse<String> erasure = HUB.post("/api/erasures", "{\"email\":\"nobody-at-all@example.org\",\"dryRun\":true}");
        assertThat(erasure.statusCode()).as(erasure.body()).isEqualTo(200);
    }

    private static void assertProblem(HttpResponse<String> answer, String code) {
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = json(answer);
        assertThat(problem.path("status").asInt()).isEqualTo(answer.statusCode());
        assertThat(problem.path("code").asText()).isEqualTo(code);
        assertThat(problem.path("title").asText()).isNotBlank();
    }
}
