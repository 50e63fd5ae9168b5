package io.calcamel.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever a library puts into a message or an exception, no secret and nobody's address is logged. */
class LogMaskTest {

    private static final List<String> SECRETS = List.of("zoe.mueller+x@praxis.example.org", "zoë@müller.example", "4930123456@sms.cal.com", "+49 (30) 123-456", "+4930123456",
            "Bearer abc.def-123", "cal_live_0123456789abcdef", "cal_0123456789abcdef", "calcamel_kT3v9xN2qZ8LrM5wYc1UeHs7JdGfBa0PoXiQt4RnVyE",
            "09ca7e4eaa6e8ae9c7d261167129184883644d07dfba7cbfbc4c8a2e08360d5b", "apiKey=0123-secret");
    private static final List<String> HARMLESS = List.of("2026-11-22T13:30:00.431+01:00", "delivery 4711 of company 12, attempt 3", "8UktfoF6nbdGYUxmJuki77",
            "jdbc:postgresql://db:5432/calcamel", "calcamel_intent", "http://localhost:8080/v2/slots?eventTypeId=2026361&start=2026-12-01", "at java.base@17.0.9/java.lang.Thread.run",
            "company 1 at https://api.cal.com");

    /** The layouts of the log that is delivered, not of the tests'. */
    private static String logged(String appender, String message, Throwable thrown) throws Exception {
        LoggerContext context = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(LogMaskTest.class.getResource("/logback.xml"));
        Logger logger = context.getLogger(appender.equals("calcom") ? "calcom" : Logger.ROOT_LOGGER_NAME);
        byte[] line = ((OutputStreamAppender<ILoggingEvent>) logger.getAppender(appender)).getEncoder()
                .encode(new LoggingEvent("", logger, Level.WARN, message, thrown, null));
        context.stop();
        return new String(line, StandardCharsets.UTF_8);
    }

    @Test
    void secretsAndPeopleAreMaskedInMessagesAndInExceptions() throws Exception {
        String all = String.join(" | ", SECRETS);
        for (String line : List.of(logged("console", "told: " + all, null), logged("calcom", "told: " + all, null),
                logged("console", "failed", new IllegalStateException("outer " + all, new IllegalArgumentException("inner " + all))))) {
            assertThat(line).contains("***");
            SECRETS.forEach(secret -> assertThat(line).doesNotContain(secret.replace("Bearer ", "").replace("apiKey=", "")));
        }
    }

    @Test
    void whatHelpsIsLeft() throws Exception {
        String line = logged("console", String.join(" | ", HARMLESS), null);
        HARMLESS.forEach(text -> assertThat(line).contains(text));
    }
}
