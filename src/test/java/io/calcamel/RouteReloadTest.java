package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** An engineer edits a route while the hub runs. */
class RouteReloadTest {

    private static final Path ROUTES = copyOfRoutes();
    private static final Path FILE = ROUTES.resolve("events/booking-cancelled.camel.yaml");
    private static final AtomicInteger COUNT = new AtomicInteger();

    @RegisterExtension
    static final HubExtension HUB = new HubExtension().with("routes.dir", ROUTES.toString()).with("routes.reload.dev", "true");

    private final ListAppender<ILoggingEvent> said = new ListAppender<>();

    @BeforeAll
    static void addWhatEditsUse() {
        HUB.db().sql("CREATE TABLE told (uid text)").update();
    }

    @BeforeEach
    void listen() {
        said.start();
        ((Logger) LoggerFactory.getLogger(RouteReload.class)).addAppender(said);
    }

    @AfterEach
    void mend() throws IOException {
        ((Logger) LoggerFactory.getLogger(RouteReload.class)).detachAppender(said);
        Files.writeString(FILE, original());
        await().until(RouteReloadTest::aCancellationIsApplied);
    }

    @Test
    void aSavedStepIsLiveAndWorksInTheTransactionOfTheDelivery() throws IOException {
        Files.writeString(FILE, original() + """
                        - to:
                            uri: sql
                            parameters:
                              query: INSERT INTO told VALUES (:#${variable.bookingUid})
                """);
        await().until(() -> {
            aCancellationIsApplied();
            return HUB.db().sql("SELECT count(*) FROM told").query(Long.class).single() > 0;
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "- bean:               | - beam:                 | 11 | Unknown node id: beam.",
            "ref: appointments     | ref: apointments        | 11 | there is no bean 'apointments'.",
            "method: cancel        | method: cancle          | 11 | bean 'appointments' has no method 'cancle'",
            "uri: direct           | uri: dirext             | 7  | No endpoint could be found for: dirext",
            "name: appointment-ch  | name: '{{nowhere}}'#    | 14 | Property with key [nowhere] not found"})
    void aBrokenEditIsReportedWithItsLineAndTheOldRouteGoesOn(String before, String after, int line, String cause) throws IOException {
        Files.writeString(FILE, original().replace(before.strip(), after.strip()));
        ILoggingEvent report = firstReport();
        assertThat(report.getFormattedMessage()).startsWith(FILE + ", line " + line + ": ").contains(cause)
                .endsWith("The route goes on as it was before the edit.").doesNotContain("\n");
        assertThat(report.getThrowableProxy()).isNull();
        assertThat(aCancellationIsApplied()).isTrue();
    }

    @Test
    void brokenYamlIsReportedWithItsLineAndTheOldRouteGoesOn() throws IOException {
        Files.writeString(FILE, original().replace("        - bean:", "       - bean:"));
        ILoggingEvent report = firstReport();
        assertThat(report.getFormattedMessage()).startsWith(FILE + ", line 14: expected <block end>");
        assertThat(aCancellationIsApplied()).isTrue();
    }

    @Test
    void aNewRouteIsLiveOnceSaved() throws IOException {
        Files.writeString(ROUTES.resolve("custom/hello-say.camel.yaml"), """
                - route:
                    id: hello-say
                    description: Somebody asks for a greeting
                    routeConfigurationId: http-errors
                    from:
                      uri: platform-http
                      parameters:
                        path: /hello
                      steps:
                        - setBody:
                            expression:
                              constant:
                                expression: hello
                """);
        await().until(() -> HUB.get("/hello").body().equals("hello"));
    }

    private ILoggingEvent firstReport() {
        return await().until(() -> List.copyOf(said.list).stream().filter(event -> !event.getFormattedMessage().contains("is empty")).findFirst().orElse(null),
                event -> event != null);
    }

    private static boolean aCancellationIsApplied() {
        String uid = "reload-" + COUNT.incrementAndGet();
        HUB.deliver(Deliveries.cancelled(uid, COUNT.get()).toString());
        return await().until(() -> HUB.db().sql("SELECT status FROM delivery WHERE booking_uid = :uid").param("uid", uid).query(String.class).single(),
                status -> List.of("applied", "dead").contains(status)).equals("applied");
    }

    private static String original() throws IOException {
        return Files.readString(Path.of("routes/events/booking-cancelled.camel.yaml"));
    }

    private static Path copyOfRoutes() {
        try {
            Path folder = Files.createTempDirectory("routes").toRealPath();
            HubProcess.copy(Path.of("routes"), folder.resolve("routes"));
            return folder.resolve("routes");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
