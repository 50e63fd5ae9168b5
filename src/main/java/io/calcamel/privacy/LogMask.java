package io.calcamel.privacy;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The last net under everything that is logged, exceptions of libraries too: masks what looks like a key, a token, a signature, an
 * e-mail address or a phone number. The word {@code masked} of the patterns in logback.xml. What we log ourselves has none of it.
 */
public final class LogMask extends CompositeConverter<ILoggingEvent> {

    private static final String MASK = "***";

    private record Rule(Pattern pattern, String replacement) {
    }

    /** A number needs its plus: without it, it could be an id or a time. */
    private static final List<Rule> RULES = List.of(
            new Rule(Pattern.compile("(?i)\\b(Bearer\\s+|apiKey=)[^\\s\"',;&]+"), "$1" + MASK),
            new Rule(Pattern.compile("\\bcal_(?:[a-z]+_)*[A-Za-z0-9]{8,}"), "cal_" + MASK),
            new Rule(Pattern.compile("\\bcalcamel_[A-Za-z0-9_-]{43}"), "calcamel_" + MASK),
            new Rule(Pattern.compile("(?i)(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])"), MASK),
            new Rule(Pattern.compile("[\\p{L}\\p{N}._%+'-]+@[\\p{L}\\p{N}.-]+\\.\\p{L}{2,}"), MASK),
            new Rule(Pattern.compile("\\+\\d[\\d ()/.\\u00a0-]{6,}\\d"), MASK));

    @Override
    protected String transform(ILoggingEvent event, String text) {
        return masked(text);
    }

    static String masked(String text) {
        String masked = text;
        for (Rule rule : RULES) {
            masked = rule.pattern().matcher(masked).replaceAll(rule.replacement());
        }
        return masked;
    }
}
