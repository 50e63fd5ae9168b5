package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a text may be: a date, a time zone, an address. As strict, and as lenient, as Cal.com's validators. */
final class Check {

    private static final Pattern ISO_DATE = Pattern.compile(
            "[+-]?\\d{4}(-\\d{2}(-\\d{2}([T ]\\d{2}(:?\\d{2}(:?\\d{2}([.,]\\d+)?)?)?(Z|[+-]\\d{2}(:?\\d{2})?)?)?)?)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern EMAIL = Pattern.compile("[\\p{L}\\p{N}.!#$%&'*+/=?^_`{|}~-]+@[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*\\.)+[\\p{L}]{2,}");
    private static final Pattern HOST = Pattern.compile("(?:[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}_-]*[\\p{L}\\p{N}])?\\.)+\\p{L}{2,}|\\d{1,3}(?:\\.\\d{1,3}){3}");

    /** Intl of JavaScript knows zones whatever their case; Java insists on the exact one. */
    private static final Map<String, ZoneId> ZONES = ZoneId.getAvailableZoneIds().stream()
            .filter(id -> !id.startsWith("SystemV/"))
            .collect(Collectors.toMap(id -> id.toLowerCase(Locale.ROOT), ZoneId::of, (one, other) -> one));

    private Check() {
    }

    static Optional<ZoneId> zone(JsonNode value) {
        return value != null && value.isTextual() ? zone(value.textValue()) : Optional.empty();
    }

    static Optional<ZoneId> zone(String id) {
        return Optional.ofNullable(ZONES.get(id.toLowerCase(Locale.ROOT)));
    }

    static boolean isDate(JsonNode value) {
        return value.isTextual() && ISO_DATE.matcher(value.textValue()).matches() && instant(value.textValue()).isPresent();
    }

    /** @return the instant that the text names, read as UTC where it has no offset; empty if it names none */
    static Optional<Instant> instant(String text) {
        String iso = text.trim().replace(' ', 'T').replace(',', '.');
        try {
            if (iso.length() <= 10) {
                String date = iso.length() == 4 ? iso + "-01-01" : iso.length() == 7 ? iso + "-01" : iso;
                return Optional.of(LocalDate.parse(date).atStartOfDay(ZoneOffset.UTC).toInstant());
            }
            String time = iso.substring(10);
            int offset = Math.max(time.indexOf('Z'), Math.max(time.lastIndexOf('+'), time.lastIndexOf('-')));
            if (offset < 0) {
                return Optional.of(LocalDateTime.parse(withMinutes(iso)).toInstant(ZoneOffset.UTC));
            }
            String zone = time.substring(offset);
            if (zone.matches("[+-]\\d{4}")) {
                zone = zone.substring(0, 3) + ":" + zone.substring(3);
            }
            return Optional.of(OffsetDateTime.parse(withMinutes(iso.substring(0, 10 + offset)) + zone).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String withMinutes(String local) {
        return local.length() == 13 ? local + ":00" : local;
    }

    static boolean isEmail(String text) {
        return EMAIL.matcher(text).matches() && !text.contains("..");
    }

    /** An address of the web; {@code localhost} is none, as for Cal.com. */
    static boolean isUrl(String text) {
        String url = text.contains("://") ? text : "http://" + text;
        try {
            URI uri = new URI(url.replaceAll("[^\\x21-\\x7e]", "x"));
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()) || "ftp".equals(uri.getScheme()))
                    && uri.getHost() != null && HOST.matcher(uri.getHost()).matches();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    static boolean isPhoneNumber(String text) {
        return text.matches("\\+[1-9][0-9 ()-]{6,20}");
    }

    static boolean isInteger(JsonNode value) {
        return value.isIntegralNumber() || value.isFloatingPointNumber() && value.doubleValue() == Math.rint(value.doubleValue());
    }
}
