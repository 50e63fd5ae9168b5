package io.calcamel.fault;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Values that nobody should send, and somebody will. All are ISO 8859-1, one character a byte, so that UTF-8 can be broken. */
final class Odd {

    /** In every key, token, secret, name, address and number that is sent, and in nothing else. */
    static final String SEED = "zzseed";
    static final String PHONE_SEED = "15112399887";
    static final String API_TOKEN = "zzseed-api-token-0123456789";
    static final String ADMIN_TOKEN = "zzseed-admin-token-0123456789";
    static final String WEBHOOK_SECRET = "zzseed-webhook-secret";
    static final String MASTER_KEY = "zzseed-master-key-0123456789-0123456789";
    static final String KEY = "cal_live_zzseed_key";

    /** What a log, an error or a metric must not repeat. */
    static final List<String> PRIVATE = List.of("zoe.zzseed@example.org", "Zoe Zzseed", "+4915112399887", "0049 (151) 123 998 87", "Zzseedweg 7, 10115 Berlin",
            "cal_live_zzseed_pasted", "Bearer zzseed-pasted", "zzseed's notes\nin two lines");

    private static final List<String> TEXTS = List.of("", " ", "0", "-1", "null", "undefined", "true", "NaN", "a\\u0000b", "\\u0000", "\\ud800", "x\\udfffy", "\\ud83c\\udf75", "\\u202e\\u0007",
            "\u00c3\u00a4", "\u00c3\u0028", "\u00ff\u00fe", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00f8\u0088\u0080\u0080\u0080", "\\r\\nSet-Cookie: a=b", "\\n\\tat io.calcamel.Forged.line(Forged.java:1)",
            "${body}", "${bean:company}", "{{master.key}}", "#{1+1}", "%s%n%x", "../../etc/passwd", "file:///etc/passwd", "' OR 1=1 --", "\\\\x00", "<!DOCTYPE a>", "[]", "{}",
            "+999999999-12-31T23:59:59Z", "-999999999-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "0000-01-01T00:00:00Z", "2027-02-30T10:00:00Z", "2027-02-29", "9999-12-31", "10000-01-01",
            "2027-01-01T24:00:00Z", "2027-01-01T23:59:60Z", "2027-01-01T10:00:00+19:00", "2027-01-01T10:00:00.123456789123Z", "2027-01-01T10:00", "2027-W01-1", "294277-01-01T00:00:00Z",
            "-4714-01-01T00:00:00Z", "1e9", "2147483648", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "00000000000000000001", "1_000", "0x10", "\u00d9\u00a1\u00d9\u00a2",
            "Europe/Atlantis", "europe/berlin", "GMT+25", "UTC+99:99", "Etc/GMT+14", "+18:00", "Z", "SystemV/PST8", "LMT", "de-DE-u-co-phonebk", "xx-XX-XX", "a@b", "@", "a@b@c.d", "\\\"a b\\\"@example.org",
            "+", "+0", "++49", "+4930", "911", "+49 30 123456;ext=99999999999", "tel:+4930123456", "http://", "http://[::1", "http://127.0.0.1:0/v2", "http://127.0.0.1:99999", "ftp://127.0.0.1/",
            "javascript:alert(1)", "attendeePhone", "integrations:daily");
    private static final List<String> NUMBERS = List.of("0", "-0", "-0.0", "-1", "1", "2", "0.5", "1.0", "1e2", "2147483647", "2147483648", "-2147483649", "9007199254740993", "9223372036854775807",
            "9223372036854775808", "-9223372036854775809", "1e400", "-1e400", "1e-400", "1e2147483647", "1e-2147483648", "1e999999999", "4e99999", "0.1e1", "1E+2");
    private static final List<String> NO_JSON = List.of("NaN", "Infinity", "-", "01", "+1", ".5", "1.", "1e", "0x1", "'a'", "undefined", "\"", "\"\\u12\"", "\"\\x\"", "\"\u0000\"", "\"a\nb\"", "tru", "{", "[", "]", "}", ",",
            "/* a */ 1", "1e99999999999");

    private final Random random;

    Odd(Random random) {
        this.random = random;
    }

    <T> T of(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    boolean in(int outOf) {
        return random.nextInt(outOf) == 0;
    }

    /** Any JSON value, and now and then something that is none. */
    String value() {
        return switch (random.nextInt(20)) {
            case 0 -> "null";
            case 1 -> of(List.of("true", "false"));
            case 2, 3, 4, 5 -> number();
            case 6 -> of(List.of("[]", "{}", "[null]", "[[]]", "{\"\":null}", "[{}]", "{\"a\":{\"a\":{}}}", "[\"a\",1,null,{}]"));
            case 7 -> "[" + value() + "," + value() + "]";
            case 8 -> "{\"" + name() + "\":" + value() + "}";
            case 9 -> deep(20 + random.nextInt(1_500));
            case 10 -> in(10) ? deep(10_000) : of(NO_JSON);
            default -> "\"" + text() + "\"";
        };
    }

    private String number() {
        return in(12) ? (in(2) ? "-" : "") + "9".repeat(400 + random.nextInt(2_000)) + (in(2) ? "." + "7".repeat(400) : "") : of(NUMBERS);
    }

    String deep(int levels) {
        String close = in(4) ? "" : "]".repeat(levels);
        return in(2) ? "[".repeat(levels) + close : "{\"a\":".repeat(levels) + "1" + (in(4) ? "" : "}".repeat(levels));
    }

    /** Text as it stands in JSON, without its quotation marks. */
    String text() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> of(PRIVATE).replace("\n", "\\n");
            case 3 -> of(List.of("a", "\\u0000", "\\ud800", "7", " ", "\u00c3\u00bc", "<", "(a+)+", "-")).repeat(1 << random.nextInt(in(40) ? 17 : 12));
            case 4 -> bytes(1 + random.nextInt(30)).replaceAll("[\"\\\\\\x00-\\x1f]", "?");
            default -> of(TEXTS);
        };
    }

    String name() {
        return of(List.of("", "a", "uid", "name", "start", "\\u0000", "\\ud800", "__proto__", "email", "value", "a.b", "${body}", "CamelHttpUri", "\u00c3\u00a4", "k".repeat(1 << random.nextInt(12))));
    }

    /** Text of a path or a query, as it is sent. */
    String inUrl() {
        return switch (random.nextInt(8)) {
            case 0 -> of(List.of("%00", "%ZZ", "%", "%2", "%2F", "%2f%2e%2e", "..", ".", "%C0%80", "%FF", "%ED%A0%80", "%u0041", "a%20b", "a+b", ";a=b", "~", "%25%30%30", "*", "%0d%0aX:%20y", "\u00e4", "{id}", "$1", "\\"));
            case 1 -> String.valueOf(random.nextLong());
            case 2 -> "9".repeat(1 + random.nextInt(300));
            default -> encoded(text().replaceAll("\\\\u([0-9a-f]{4})", "?"));
        };
    }

    private static String encoded(String bytes) {
        StringBuilder encoded = new StringBuilder();
        for (char c : bytes.substring(0, Math.min(bytes.length(), 1_200)).toCharArray()) {
            encoded.append(c > ' ' && c < 0x7f && "%&=#?+/\"<>{}|\\^`[]".indexOf(c) < 0 ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return encoded.toString();
    }

    /** The value of a header, most of them such as HTTP lets pass. */
    String inHeader() {
        return switch (random.nextInt(10)) {
            case 0 -> of(PRIVATE).replace("\n", " ");
            case 1 -> of(List.of("", " ", "\t", "a\u00e4b", "\u00ff\u00fe", "\"", ",", ";;;", "a\u0001b", "a\u0000b", "a\u007fb"));
            case 2 -> "h".repeat(1 << random.nextInt(14));
            case 3 -> String.valueOf(random.nextLong());
            default -> of(TEXTS).replaceAll("\\\\[rnt]", " ");
        };
    }

    String bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
