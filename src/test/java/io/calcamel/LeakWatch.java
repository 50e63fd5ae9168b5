package io.calcamel;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.calcamel.sandbox.Sandbox;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/**
 * Looks for the secrets, addresses and phone numbers of all tests where none belongs: in what hubs log (at INFO and above, as they do
 * when they are used, and before logback.xml masks it), in the errors that they answer, and in the names and labels of their metrics. {@link LeakExtension} fails the
 * test class in which one was found.
 */
public final class LeakWatch extends AppenderBase<ILoggingEvent> {

    /** Any e-mail address, any phone number with its country, any key of Cal.com or token of ours, and what tests call secret. */
    private static final Pattern SECRET = Pattern.compile("(?i)" + Stream.of(HubExtension.SECRET, HubExtension.TOKEN, HubExtension.ADMIN_TOKEN, "master-key-of-the-tests",
            "cal_key_of_the_test", Sandbox.DEMO_KEY, "demo-webhook-secret", "demo-api-token", "Zoë Müller", "zzseed", "15112345678").map(Pattern::quote).collect(Collectors.joining("|"))
            + "|cal_(live|test)_\\w+|whsec_\\w+|calcamel_[a-z0-9_-]{20,}|[\\w.+-]+(@|%40)[\\w-]+(\\.[\\w-]+)*\\.[a-z]{2,}|(\\+|%2B)[1-9]\\d{8,}");
    private static final Pattern LOG_LINE = Pattern.compile("^(\\d\\d:\\d\\d:\\d\\d\\.\\d{3} |\\t|Caused by: |\\w+(\\.\\w+)+: ).*", Pattern.MULTILINE);
    private static final int MOST = 20;
    private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
        look("the log, " + event.getLoggerName(), event.getFormattedMessage());
        if (event.getThrowableProxy() != null) {
            look("the log, a stack trace of " + event.getLoggerName(), ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    }

    /** What a hub of its own process has written, without what it greets the one with who has started it. */
    static void lookAtOutput(String output) {
        LOG_LINE.matcher(output).results().forEach(line -> look("the log of a process", line.group()));
    }

    static void lookAtMetrics(CamelContext context) {
        MeterRegistry registry = context == null ? null : context.getRegistry().findSingleByType(MeterRegistry.class);
        if (registry != null) {
            registry.getMeters().forEach(meter -> look("a metric", meter.getId().toString()));
        }
    }

    /** Keeps what is found, until it is asked for. */
    static void look(String where, String text) {
        Matcher secret = SECRET.matcher(text);
        if (secret.find() && FOUND.size() < MOST) {
            FOUND.add("'" + secret.group() + "' in " + where + ": " + text.substring(Math.max(0, secret.start() - 200), Math.min(text.length(), secret.end() + 200)));
        }
    }

    /** What was found since this was asked last. */
    static List<String> found() {
        List<String> found = new ArrayList<>();
        for (String one = FOUND.poll(); one != null; one = FOUND.poll()) {
            found.add(one);
        }
        return found;
    }
}
