package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import io.calcamel.SandboxExtension;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** What the database does not take is logged without what it was. */
class BookingStoreTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient();

    private static final Booker BOOKER = new Booker(JOINED);

    @Test
    void aRefusedRowIsNotLogged() {
        Logger logger = (Logger) LoggerFactory.getLogger(BookingWork.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        String email = Booker.email();
        String start = BOOKER.freeStart(Booker.PLAIN);
        JOINED.hub().db().sql("ALTER TABLE appointment ADD CONSTRAINT none CHECK (status <> 'confirmed') NOT VALID").update();
        try {
            JOINED.faults("{\"webhooks-dropped\": true}");
            BOOKER.post("/api/bookings", Booker.body(Booker.PLAIN, start, email), Map.of("X-Deadline-Ms", "2000"));
            await().until(() -> !log.list.isEmpty());
        } finally {
            JOINED.hub().db().sql("ALTER TABLE appointment DROP CONSTRAINT none").update();
            logger.detachAppender(log);
        }
        StringBuilder logged = new StringBuilder();
        for (ILoggingEvent event : List.copyOf(log.list)) {
            logged.append(event.getFormattedMessage());
            for (IThrowableProxy cause = event.getThrowableProxy(); cause != null; cause = cause.getCause()) {
                logged.append(cause.getMessage());
            }
        }
        assertThat(logged.toString()).doesNotContain(email);
    }

    /** As many as a month leaves, read every hour. */
    @Test
    void whatIsForgottenIsFoundThroughTheIndex() {
        List<String> plan = JOINED.hub().hub().database().transaction().execute(transaction -> {
            JOINED.hub().db().sql("SET LOCAL enable_seqscan = off").update();
            return JOINED.hub().db().sql("""
                    EXPLAIN SELECT id FROM booking_intent WHERE status IN ('done', 'refused', 'started') AND next_attempt_at IS NULL
                       
                        AND updated_at < now() - make_interval(secs => 5) ORDER BY updated_at LIMIT 10000""").query(String.class).list();
        });
        assertThat(String.join("\n", plan)).contains("booking_intent_old");
    }
}
